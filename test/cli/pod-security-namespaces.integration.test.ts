/** `merlon pod-security --namespaces` on a real API server, with all rights and with few. */
import { expect } from 'chai';

import { levelSpecs } from '../e2e/advised-level.ts';
import { deployment } from '../e2e/manifests.ts';
import { useControlPlane } from '../support/integration.ts';
import { runMerlon } from './merlon-process.ts';

describe('merlon pod-security --namespaces', () => {
  const cluster = useControlPlane();
  const version = () => `v1.${Math.min(cluster().minor, 37)}`;

  before('a namespace that could enforce more, and one that does', async () => {
    const { client } = cluster();
    await client.createNamespace('levels-open');
    await client.create(deployment('levels-open', 'web', levelSpecs.baseline));
    await client.createNamespace('levels-done', { 'pod-security.kubernetes.io/enforce': 'baseline' });
    await client.create(deployment('levels-done', 'web', levelSpecs.baseline));
  });

  async function run(args: readonly string[], kubeconfig = cluster().adminKubeconfig) {
    return runMerlon(['pod-security', '--namespaces', '--kubeconfig', kubeconfig, ...args]);
  }

  it('prints a line for each namespace, and exits with 1 where one could enforce more', async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).to.match(/^NAMESPACE +ENFORCED +READY FOR +WHY, AND THE CHANGE$/);
    const open = lines.find((line) => line.startsWith('levels-open ')) ?? '';
    expect(open).to.match(/^levels-open +unknown +baseline:v1\.\d+ +every workload passes baseline:/);
    expect(open)
      .to.include('in the way of restricted:')
      .and.include('Deployment "web" (allowPrivilegeEscalation != false');
    expect(open).to.match(
      new RegExp(
        `kubectl label namespace levels-open pod-security\\.kubernetes\\.io/enforce=baseline pod-security\\.kubernetes\\.io/enforce-version=${version()} --overwrite$`,
      ),
    );
    expect(lines.find((line) => line.startsWith('levels-done '))).to.match(
      /^levels-done +baseline +baseline:v1\.\d+ +every/,
    );
  });

  it('exits with 0 where nothing is to be changed', async () => {
    const { code, stdout } = await run(['-n', 'levels-done', '-o', 'json']);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.have.nested.property('namespaces[0].ready', 'baseline');
    expect(JSON.parse(stdout)).not.to.have.nested.property('namespaces[0].command');
  });

  it('tells all that is in the way as JSON', async () => {
    const { stdout } = await run(['-n', 'levels-open', '-o', 'json']);
    const printed = JSON.parse(stdout) as {
      readonly namespaces: readonly object[];
      readonly missing: readonly string[];
    };
    expect(printed.missing).to.deep.equal([]);
    expect(printed.namespaces).to.have.length(1);
    expect(printed.namespaces[0]).to.deep.include({
      namespace: 'levels-open',
      enforced: 'unknown',
      ready: 'baseline',
      readyVersion: version(),
      obstacles: [
        {
          level: 'restricted',
          subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'levels-open', name: 'web' },
          reasons: [
            'allowPrivilegeEscalation != false',
            'unrestricted capabilities',
            'runAsNonRoot != true',
            'seccompProfile',
          ],
        },
      ],
      doubts: [],
    });
  });

  it('says what may not be read, and leaves unknown what that leaves open', async () => {
    const { client } = cluster();
    const rbac = 'rbac.authorization.k8s.io';
    await client.create({
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: { name: 'viewer', namespace: 'levels-open' },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' },
      subjects: [{ apiGroup: rbac, kind: 'User', name: 'levels-viewer' }],
    });
    const kubeconfig = await cluster().kubeconfigFor({ user: 'levels-viewer' });
    const { code, stdout, stderr } = await run(['-n', 'levels-open', '-o', 'json'], kubeconfig);
    expect(code).to.equal(4);
    expect(stderr).to.include(
      'not read: listing mutatingwebhookconfigurations.admissionregistration.k8s.io is forbidden',
    );
    expect(JSON.parse(stdout)).to.have.nested.property('namespaces[0].ready', 'unknown');
    expect(JSON.parse(stdout))
      .to.have.nested.property('namespaces[0].doubts[0]')
      .that.matches(/^no pod of Deployment "web" shows/);
  });

  it('exits with 4 where namespaces may not be listed, and with 3 where there is none of that name', async () => {
    const kubeconfig = await cluster().kubeconfigFor({ user: 'levels-stranger' });
    const stranger = await run([], kubeconfig);
    expect(stranger.code).to.equal(4);
    expect(stranger.stderr).to.include(
      'nothing to advise on: namespaces could not be listed; name one with --namespace',
    );
    const gone = await run(['-n', 'levels-gone']);
    expect(gone.code).to.equal(3);
    expect(gone.stderr).to.equal('nothing to advise on: namespace "levels-gone" does not exist, or is being deleted\n');
  });
});
