/** Mirror pods and nodes on a real API server that does not show its flags, read with the operator's own rights. */
import { readFile } from 'node:fs/promises';

import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import { isObserved } from '../../../src/core/evidence.ts';
import type { Fact, FactName } from '../../../src/core/evidence.ts';
import { collectServer } from '../../../src/evidence/collect-server.ts';
import { withDeclared } from '../../../src/evidence/declared/declared-flags.ts';
import type { DeclaredObjects } from '../../../src/evidence/declared/control-plane-objects.ts';
import { concludeEvidence } from '../../../src/evidence/facts/index.ts';
import { isRead } from '../../../src/evidence/reading.ts';
import { ControlPlaneWatch } from '../../../src/kube/control-plane-watch.ts';
import { readKubeconfig } from '../../../src/kube/kubeconfig.ts';
import { openServerAccess, textGet } from '../../../src/kube/server-access.ts';
import { systemClock } from '../../../src/kube/system-clock.ts';
import { openTransport } from '../../../src/kube/transport.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { readDeclaredObjects } from '../../../src/scan/declared-objects.ts';
import { silentLog } from '../../kube/reflector-fixture.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { Manifest } from '../../support/api-client.ts';
import { useControlPlane } from '../../support/integration.ts';
import { waitUntil } from '../../support/wait-until.ts';

const clientAuthorities = { missing: 'not asked' };
const label = 'node-role.kubernetes.io/control-plane';

describe('objects of the control plane', () => {
  const suite = useControlPlane({
    own: {
      controllerManager: false,
      auditLog: false,
      apiServerFlags: {
        profiling: 'false',
        'audit-log-maxage': '31',
        'enable-admission-plugins': 'NodeRestriction',
        'feature-gates': 'ComponentFlagz=false',
      },
    },
  });
  let transport: Transport;
  let controlPlane: ControlPlaneWatch;

  before('an operator', async () => {
    const { client } = suite();
    await client.createNamespace('merlon');
    await client.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'merlon', namespace: 'merlon' },
    });
    await client.create({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'kube-system' },
    });
    const role = await readFile(new URL('../../../config/rbac/operator.yaml', import.meta.url), 'utf8');
    for (const object of loadAll(role) as readonly Manifest[]) await client.create(object);
    const path = await suite().kubeconfigForServiceAccount('merlon', 'merlon');
    const config = await readKubeconfig({ path, context: undefined, environment: {}, homeFolder: '/nonexistent' });
    transport = openTransport(config, { version: 'test', clock: systemClock, environment: {} });
    controlPlane = new ControlPlaneWatch({ transport, clock: systemClock, random: Math.random, log: silentLog });
    controlPlane.start();
  });
  after('the operator', async () => {
    await controlPlane.stop();
    transport.close();
  });

  async function addNode(name: string, labels: Readonly<Record<string, string>>): Promise<string> {
    const node = await suite().client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } });
    const addresses = [{ type: 'InternalIP', address: '127.0.0.1' }];
    bodyOf('status', await suite().client.resource('v1', 'nodes').patchStatus(name, { addresses }));
    return node.metadata.uid ?? '';
  }

  function podOf(node: string, uid: string, command: readonly string[], name = `kube-apiserver-${node}`): Manifest {
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'kube-system',
        annotations: { 'kubernetes.io/config.mirror': 'a0b1', 'kubernetes.io/config.source': 'file' },
        ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node, uid, controller: true }],
      },
      spec: {
        nodeName: node,
        hostNetwork: true,
        automountServiceAccountToken: false,
        containers: [{ name: 'kube-apiserver', image: 'registry.example/kube-apiserver:v1', command }],
      },
    };
  }

  function ownCommand(): readonly string[] {
    return ['kube-apiserver', ...suite().apiServer.arguments];
  }

  async function factsOf(
    declared: DeclaredObjects,
    ...names: readonly FactName[]
  ): Promise<Readonly<Record<string, string>>> {
    const server = openServerAccess({ transport, anonymous: undefined, handshake: undefined });
    const readings = await collectServer(server, { nonce: 'declared', nowMs: Date.now });
    expect(readings.flags.some(isRead)).to.equal(false);
    const evidence = concludeEvidence(withDeclared(readings, server.instance, [server.instance], declared));
    return Object.fromEntries(
      names.map((name) => {
        const fact = evidence[name] as Fact<unknown> | undefined;
        return [name, isObserved(fact) ? `${String(fact.value)}, ${fact.confidence}, ${fact.source}` : 'unknown'];
      }),
    );
  }

  async function watched(): Promise<DeclaredObjects> {
    return { ...(await controlPlane.read()), clientAuthorities };
  }

  /** Until so many pods and nodes have come by the watch. */
  async function untilWatched(pods: number, nodes: number): Promise<DeclaredObjects> {
    return waitUntil(
      async () => {
        const objects = await watched();
        const isThere = isRead(objects.pods) && isRead(objects.nodes);
        return isThere && objects.pods.read.length === pods && objects.nodes.read.length === nodes && objects;
      },
      { what: `${pods} pods and ${nodes} nodes to be watched` },
    );
  }

  it('tell nothing where there are none', async () => {
    expect(await factsOf(await watched(), 'profiling')).to.deep.equal({ profiling: 'unknown' });
  });

  it('tell of the API server, by the watch and by a list, and no other pod is sent', async () => {
    const { client } = suite();
    const uid = await addNode('a', { [label]: '' });
    await client.create(podOf('a', uid, ownCommand()));
    await client.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'ordinary', namespace: 'kube-system' },
      spec: { containers: [{ name: 'kube-apiserver', image: 'x', command: ['kube-apiserver', '--profiling=true'] }] },
    });
    const source = 'Pod kube-system/kube-apiserver-a';
    const told = {
      auditLogMaxAge: `31, medium, ${source}`,
      extendedTokens: `true, medium, ${source}`,
      profiling: `false, medium, ${source}`,
    };
    const names = Object.keys(told) as FactName[];

    expect(await factsOf(await untilWatched(1, 1), ...names)).to.deep.equal(told);
    const listed = await readDeclaredObjects(transport, textGet(transport), Date.now);
    expect(isRead(listed.pods) && listed.pods.read.map(({ metadata }) => metadata.name)).to.deep.equal([
      'kube-apiserver-a',
    ]);
    expect(await factsOf(listed, ...names)).to.deep.equal(told);
  });

  it('are told of by what kubeadm was told, where nothing surer tells', async () => {
    const { client } = suite();
    const configuration = {
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      apiServer: { extraArgs: [{ name: 'token-auth-file', value: '/tokens.csv' }] },
    };
    await client.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubeadm-config', namespace: 'kube-system' },
      data: { ClusterConfiguration: JSON.stringify(configuration) },
    });
    const { kubeadm } = await waitUntil(
      async () => {
        const objects = await watched();
        return objects.kubeadm !== undefined && objects;
      },
      { what: 'what kubeadm was told to be watched' },
    );
    const none = { pods: { read: [] }, nodes: { read: [] }, clientAuthorities };
    const told = { staticTokenFile: 'true, low, ConfigMap kube-system/kubeadm-config' };

    expect(await factsOf({ ...none, kubeadm }, 'staticTokenFile')).to.deep.equal(told);
    const { kubeadm: listed } = await readDeclaredObjects(transport, textGet(transport), Date.now);
    expect(await factsOf({ ...none, kubeadm: listed }, 'staticTokenFile')).to.deep.equal(told);
  });

  it('cannot be made up by the kubelet of another node', async () => {
    const { client } = suite();
    const uid = await addNode('worker', {});
    const kubelet = await suite().clientFor({ user: 'system:node:worker', groups: ['system:nodes'] });
    const pods = kubelet.resource('v1', 'pods', 'kube-system');

    const labelled = await kubelet.resource('v1', 'nodes').patch('worker', { metadata: { labels: { [label]: '' } } });
    const elsewhere = await pods.create(podOf('a', uid, ownCommand(), 'elsewhere'));
    const here = await pods.create(podOf('worker', uid, [...ownCommand(), '--profiling=true']));

    expect([labelled.status, elsewhere.status, here.status]).to.deep.equal([403, 403, 201]);
    const objects = await untilWatched(2, 1);
    expect(await factsOf(objects, 'profiling')).to.deep.equal({
      profiling: 'false, medium, Pod kube-system/kube-apiserver-a',
    });
    await client.resource('v1', 'pods', 'kube-system').delete('kube-apiserver-worker');
  });

  it('tell nothing any more once the node is no longer of the control plane', async () => {
    await suite()
      .client.resource('v1', 'nodes')
      .patch('a', { metadata: { labels: { [label]: null } } });

    const { nodes } = await waitUntil(
      async () => {
        const objects = await watched();
        return isRead(objects.nodes) && objects.nodes.read.length === 0 && objects;
      },
      { what: 'the node to be gone from the watch' },
    );
    expect(await factsOf({ ...(await watched()), nodes }, 'profiling')).to.deep.equal({ profiling: 'unknown' });
  });

  it('are read with the rights of whoever asks, and the permission is named where they are not enough', async () => {
    const path = await suite().kubeconfigFor({ user: 'mallory', groups: [] });
    const config = await readKubeconfig({ path, context: undefined, environment: {}, homeFolder: '/nonexistent' });
    const stranger = openTransport(config, { version: 'test', clock: systemClock, environment: {} });

    const declared = await readDeclaredObjects(stranger, textGet(stranger), () => 7);
    stranger.close();

    expect(declared).to.deep.equal({
      pods: denied('list', 'pods in kube-system'),
      nodes: denied('list', 'nodes'),
      kubeadm: denied('list', 'ConfigMap kube-system/kubeadm-config'),
      clientAuthorities: denied('get', 'ConfigMap kube-system/extension-apiserver-authentication'),
      openShift: undefined,
      atMs: 7,
    });
  });
});

function denied(verb: 'list' | 'get', what: string): object {
  const doing = verb === 'list' ? 'listing' : 'reading';
  return { missing: `${doing} ${what} is forbidden; grant ${verb} on it`, permission: `${verb} on ${what}` };
}
