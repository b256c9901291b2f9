/** The guard of nodes/proxy as it is printed, in force on a real API server that has no nodes: whoever is let through is told so. */
import { expect } from 'chai';

import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { applyYaml, askNode, createDebugger, grant, REFUSED, waitForAnswer } from './guarded-cluster.ts';
import { printGuards } from './printed-guards.ts';

const LET_THROUGH = /^404 nodes "nowhere" not found$/;

describe('the guard of nodes/proxy, in force', () => {
  const cluster = useControlPlane({ own: {} });
  let ada: ApiClient;

  before('somebody who may use the proxy of nodes, and the guard', async function () {
    this.timeout(120_000);
    ada = await createDebugger(cluster(), 'ada');
    expect(await askNode(ada, '/exec/a/b/c')).to.match(LET_THROUGH);
    await applyYaml(cluster(), printGuards({}, 'deny'));
    await waitForAnswer(() => askNode(ada, '/exec/a/b/c'), REFUSED);
  });

  const paths = ['/exec/a/b/c', '/%65xec/a/b/c', '//exec/a/b/c', '/run/a/b/c', '/attach/a/b/c', '/portForward/a/b'];
  for (const path of [...paths, '/cri/exec/t', '/pods/%2e%2e/exec/a/b/c', '/./exec/a/b/c']) {
    it(`refuses ${path}`, async () => {
      expect(await askNode(ada, path)).to.match(REFUSED);
    });
  }

  for (const path of ['/pods', '/metrics', '/healthz', '/containerLogs/a/b/c', '/stats/summary', '/runningpods/', '']) {
    it(`lets to "${path}"`, async () => {
      expect(await askNode(ada, path)).to.match(LET_THROUGH);
    });
  }

  it('knows the node, whatever port and protocol of it are named', async () => {
    const nora = await createDebugger(cluster(), 'nora');
    const proxy = { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['connect-privileged'] };
    await grant(cluster(), 'nora', [{ ...proxy, resourceNames: ['nowhere', 'other:10250', 'https:other:10250'] }]);
    await waitForAnswer(() => askNode(nora, '/exec/a/b/c'), LET_THROUGH);
    for (const form of ['nowhere:10250', 'https:nowhere:10250', 'http:nowhere:', ':nowhere:10255']) {
      expect(await askNode(nora, '/exec/a/b/c', form), form).to.equal('404 nodes "nowhere" not found');
      expect(await askNode(ada, '/exec/a/b/c', form), form).to.match(
        /^403 .*: the path \/exec\/a\/b\/c of node "nowhere" leads into its pods: it takes the verb connect-privileged on nodes\/proxy$/,
      );
    }
    for (const form of ['other', 'other:10250', 'https:other:10250']) {
      expect(await askNode(nora, '/exec/a/b/c', form), form).to.match(REFUSED);
    }
  });

  it('lets through who is of system:masters', async () => {
    expect(await askNode(cluster().client, '/exec/a/b/c')).to.match(LET_THROUGH);
  });

  it('lets through the members of a break-glass group where there is one, and nobody else', async () => {
    const olga = await createDebugger(cluster(), 'olga', ['oncall']);
    await applyYaml(cluster(), printGuards({ breakGlassGroups: ['oncall'] }, 'deny'));
    await waitForAnswer(() => askNode(cluster().client, '/exec/a/b/c'), /^403 .*: only a break-glass group may$/);
    expect(await askNode(olga, '/exec/a/b/c')).to.match(LET_THROUGH);
    expect(await askNode(ada, '/exec/a/b/c')).to.match(REFUSED);
  });

  it('records with the mode audit, and refuses nothing', async () => {
    const bindings = cluster().client.resource('admissionregistration.k8s.io/v1', 'validatingadmissionpolicybindings');
    bodyOf('delete', await bindings.delete('merlon-exec-guard-nodes-proxy-deny'));
    await applyYaml(cluster(), printGuards({}, 'audit'));
    await waitForAnswer(() => askNode(ada, '/exec/a/b/c'), LET_THROUGH);
    await waitForAnswer(async () => {
      const from = await cluster().readAuditPosition();
      expect(await askNode(ada, '/exec/a/b/c')).to.match(LET_THROUGH);
      const events = await cluster().readAudit({ from, resource: 'nodes/proxy' });
      return JSON.stringify(events.map(({ annotations }) => annotations));
    }, /merlon-exec-guard-nodes-proxy-audit.*leads into its pods/);
  });
});
