import { expect } from 'chai';

import { declareFlags } from '../../src/evidence/declared/declared-flags.ts';
import { isRead } from '../../src/evidence/reading.ts';
import { ControlPlaneWatch } from '../../src/kube/control-plane-watch.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { mirrorPodJson, nodeJson, serveControlPlane } from './control-plane-server.ts';
import type { ControlPlaneAnswers } from './control-plane-server.ts';
import { silentLog } from './reflector-fixture.ts';
import { waitUntil } from '../support/wait-until.ts';
import { closeServers, serveHttp } from './transport-server.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';

const labels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

describe('the watch of the control plane', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await closeServers();
  });

  async function watch(answers: ControlPlaneAnswers) {
    const { transport, ...served } = await serveControlPlane(answers);
    let changes = 0;
    const started = start(transport, new FakeClock(), () => {
      changes += 1;
    });
    return { watch: started, changes: () => changes, ...served };
  }

  function start(transport: Transport, clock: FakeClock, onChanged: () => void = () => undefined): ControlPlaneWatch {
    const started = new ControlPlaneWatch({ transport, clock, random: () => 0.5, log: silentLog, onChanged });
    started.start();
    stops.push(async () => {
      await started.stop();
      transport.close();
    });
    return started;
  }

  /** Of an API server that takes requests and answers none. */
  async function watchSilentServer() {
    const { port } = await serveHttp(() => undefined);
    const config = {
      origin: 'test',
      server: `http://127.0.0.1:${port}`,
      isInsecure: false,
      credentials: [],
      namespace: '',
    };
    const clock = new FakeClock();
    const controlPlane = start(openTransport(config, { version: 'test', clock, environment: {} }), clock);
    return { controlPlane, clock };
  }

  it('follows what nobody but kubelets has no service account for, and nodes by their labels, never listing', async () => {
    const { watch: controlPlane, asked } = await watch({ pods: [], nodes: {} });
    await controlPlane.read();

    const paths = asked.map((one) =>
      one.replace(/&.*?((field|label)Selector=[^&]*).*/, '&$1').replace(/\?.*?(&|$)/, '?'),
    );
    expect(paths.toSorted()).to.deep.equal(
      [
        `/api/v1/namespaces/kube-system/pods?fieldSelector=spec.serviceAccountName=`,
        ...labels.map((label) => `/api/v1/nodes?labelSelector=${label}`),
        `/api/v1/namespaces/kube-system/configmaps?fieldSelector=metadata.name=kubeadm-config`,
      ].toSorted(),
    );
    expect(asked.filter((one) => !one.includes('watch=1'))).to.deep.equal([]);
  });

  it('reads what they declare, a node with both labels once', async () => {
    const nodes = Object.fromEntries(labels.map((label) => [label, [nodeJson]]));
    const { watch: controlPlane } = await watch({ pods: [mirrorPodJson], nodes });

    const read = await controlPlane.read();

    // Where time stands still.
    expect(read.atMs).to.equal(new FakeClock().wallTimeMs());

    expect(isRead(read.nodes) && read.nodes.read).to.have.length(1);
    const [pod, node] = declareFlags('x:1', ['x:1'], read);
    expect(pod).to.have.nested.property('read.source', 'Pod kube-system/kube-apiserver-a');
    expect(node).to.have.nested.property('read.source', 'annotation k3s.io/node-args of node a');
    expect(JSON.stringify(read)).not.to.match(/of-another-program|left out|node-env/);
  });

  it('names the permission that is missing', async () => {
    const { watch: controlPlane } = await watch({ pods: [mirrorPodJson], nodes: {}, forbidden: /(nodes|configmaps)$/ });

    const { pods, nodes, kubeadm } = await controlPlane.read();

    expect(isRead(pods)).to.equal(true);
    expect(kubeadm).to.deep.equal({
      missing:
        "listing and watching ConfigMap kube-system/kubeadm-config is forbidden; grant it to Merlon's service account",
      permission: 'list and watch on ConfigMap kube-system/kubeadm-config',
    });
    expect(nodes).to.deep.equal({
      missing: "listing and watching nodes is forbidden; grant it to Merlon's service account",
      permission: 'list and watch on nodes',
    });
  });

  it('lets nobody wait who asks for what is not answered, once it is stopped', async () => {
    const { controlPlane, clock } = await watchSilentServer();

    const reading = controlPlane.read();
    await controlPlane.stop();

    expect(await reading).to.have.nested.property('pods.missing');
    expect(clock.timers).to.equal(0);
  });

  it('does without what is not answered, after a while', async () => {
    const { controlPlane, clock } = await watchSilentServer();

    const reading = controlPlane.read();
    await clock.advance(5_000);

    const notRead = { missing: 'pods in kube-system: not read, as the API server does not answer' };
    expect(await reading).to.deep.equal({
      atMs: clock.wallTimeMs(),
      pods: notRead,
      nodes: { missing: 'nodes: not read, as the API server does not answer' },
      kubeadm: { missing: 'ConfigMap kube-system/kubeadm-config: not read, as the API server does not answer' },
    });
  });

  describe('tells', () => {
    const [label = ''] = labels;
    const kubeadm = {
      metadata: { name: 'kubeadm-config', namespace: 'kube-system', uid: 'uid-of-map', resourceVersion: '6' },
      data: { ClusterConfiguration: 'apiVersion: kubeadm.k8s.io/v1beta4\n', ClusterStatus: 'left out' },
    };
    const changedPod = { ...mirrorPodJson, status: { hostIP: '10.0.0.6' } };
    const changedNode = {
      ...nodeJson,
      metadata: { ...nodeJson.metadata, annotations: { 'k3s.io/node-args': '["server","--debug"]' } },
    };
    const told = 'apiVersion: kubeadm.k8s.io/v1beta4\napiServer: {extraArgs: [{name: profiling, value: "false"}]}\n';
    const changedMap = { ...kubeadm, data: { ClusterConfiguration: told } };

    async function watchAll() {
      const served = await watch({ pods: [mirrorPodJson], nodes: { [label]: [nodeJson] }, configMap: kubeadm });
      await served.watch.read();
      const requests = served.asked.length;
      return { ...served, requests };
    }

    const changes: readonly (readonly [string, string, object, string?])[] = [
      ['a mirror pod', '/pods', { type: 'MODIFIED', object: of('Pod', changedPod) }],
      ['a mirror pod that is gone', '/pods', { type: 'DELETED', object: of('Pod', mirrorPodJson) }],
      ['the annotation of a node', '/nodes', { type: 'MODIFIED', object: of('Node', changedNode) }, label],
      ['what kubeadm was told', '/configmaps', { type: 'MODIFIED', object: of('ConfigMap', changedMap) }],
    ];
    for (const [what, path, event, of] of changes) {
      it(`that ${what} has changed, and asks nothing for that`, async () => {
        const { tell, asked, requests, changes } = await watchAll();

        tell(path, event as Readonly<Record<string, unknown>>, of);

        await waitUntil(() => changes() === 1, { what: 'the change' });
        expect(asked).to.have.length(requests);
      });
    }

    it('nothing of an object that says no more than that it is there', async () => {
      const { tell, changes } = await watchAll();

      tell('/nodes', { type: 'MODIFIED', object: of('Node', nodeJson) }, label);
      tell('/configmaps', { type: 'MODIFIED', object: of('ConfigMap', changedMap) });

      await waitUntil(() => changes() > 0, { what: 'the change after it' });
      expect(changes()).to.equal(1);
    });

    it('nothing of a mirror pod without an API server, but that it has none any more', async () => {
      const { tell, changes } = await watchAll();
      const etcd = {
        ...mirrorPodJson,
        metadata: { ...mirrorPodJson.metadata, name: 'etcd-a', uid: 'uid-of-etcd' },
        spec: { ...mirrorPodJson.spec, containers: [{ name: 'etcd', command: ['etcd'] }] },
      };
      const movedEtcd = { ...etcd, status: { hostIP: '10.0.0.6' } };
      const withoutServer = { ...mirrorPodJson, spec: etcd.spec };

      tell('/pods', { type: 'ADDED', object: of('Pod', etcd) });
      tell('/pods', { type: 'MODIFIED', object: of('Pod', movedEtcd) });
      tell('/pods', { type: 'DELETED', object: of('Pod', etcd) });
      tell('/pods', { type: 'MODIFIED', object: of('Pod', withoutServer) });
      await waitUntil(() => changes() > 0, { what: 'the change after it' });
      expect(changes()).to.equal(1);

      tell('/pods', { type: 'DELETED', object: of('Pod', withoutServer) });
      tell('/pods', { type: 'ADDED', object: of('Pod', mirrorPodJson) });
      await waitUntil(() => changes() > 1, { what: 'the API server that is back' });
      expect(changes()).to.equal(2);
    });

    it('nothing of what was there at first, and reads what came since', async () => {
      const { watch: controlPlane, tell, changes } = await watchAll();
      expect(changes()).to.equal(0);

      tell('/configmaps', { type: 'MODIFIED', object: of('ConfigMap', changedMap) });

      await waitUntil(() => changes() === 1, { what: 'the change' });
      const { kubeadm: read } = await controlPlane.read();
      expect(read)
        .to.have.nested.property('read.values')
        .that.deep.equals(new Map([['profiling', ['false']]]));
    });
  });
});

/** In a newer version than it had. */
function of(kind: string, object: { readonly metadata: object }): object {
  return { apiVersion: 'v1', kind, ...object, metadata: { ...object.metadata, resourceVersion: '10' } };
}
