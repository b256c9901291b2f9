import { expect } from 'chai';

import { declareFlags } from '../../src/evidence/declared/declared-flags.ts';
import { isRead } from '../../src/evidence/reading.ts';
import { ControlPlaneWatch } from '../../src/kube/control-plane-watch.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { mirrorPodJson, nodeJson, serveControlPlane } from './control-plane-server.ts';
import type { ControlPlaneAnswers } from './control-plane-server.ts';
import { silentLog } from './reflector-fixture.ts';
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

  async function watch(answers: ControlPlaneAnswers): Promise<{ watch: ControlPlaneWatch; asked: readonly string[] }> {
    const { transport, asked } = await serveControlPlane(answers);
    return { watch: start(transport, new FakeClock()), asked };
  }

  function start(transport: Transport, clock: FakeClock): ControlPlaneWatch {
    const started = new ControlPlaneWatch({ transport, clock, random: () => 0.5, log: silentLog });
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
      ].toSorted(),
    );
    expect(asked.filter((one) => !one.includes('watch=1'))).to.deep.equal([]);
  });

  it('reads what they declare, a node with both labels once', async () => {
    const nodes = Object.fromEntries(labels.map((label) => [label, [nodeJson]]));
    const { watch: controlPlane } = await watch({ pods: [mirrorPodJson], nodes });

    const read = await controlPlane.read();

    expect(isRead(read.nodes) && read.nodes.read).to.have.length(1);
    const [pod, node] = declareFlags('x:1', ['x:1'], { ...read, kubeadm: undefined });
    expect(pod).to.have.nested.property('read.source', 'Pod kube-system/kube-apiserver-a');
    expect(node).to.have.nested.property('read.source', 'annotation k3s.io/node-args of node a');
    expect(JSON.stringify(read)).not.to.match(/of-another-program|left out|node-env/);
  });

  it('names the permission that is missing', async () => {
    const { watch: controlPlane } = await watch({ pods: [mirrorPodJson], nodes: {}, forbidden: /nodes$/ });

    const { pods, nodes } = await controlPlane.read();

    expect(isRead(pods)).to.equal(true);
    expect(nodes).to.deep.equal({
      missing: "listing and watching nodes is forbidden; grant it to Merlon's service account",
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

    const notRead = { missing: 'pods in kube-system are not read: the API server does not answer' };
    expect(await reading).to.deep.equal({
      pods: notRead,
      nodes: { missing: 'nodes are not read: the API server does not answer' },
    });
  });
});
