import { expect } from 'chai';
import { startFakeKubelet } from './fake-kubelet.ts';
import type { FakeKubelet, Pod } from './fake-kubelet.ts';
import { useControlPlane } from './integration.ts';
import { waitUntil } from './wait-until.ts';

describe('the fake kubelet', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'] });
  const namespace = 'fake-kubelet';
  const node = 'fake-kubelet-node';
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] },
  };
  let kubelet: FakeKubelet | undefined;

  before(async () => {
    const { client } = cluster();
    await client.createNamespace(namespace);
    kubelet = await startFakeKubelet(client, {
      nodes: [node],
      schedules: (pod) => pod.metadata.namespace === namespace,
    });
  });
  after(() => kubelet?.stop());

  function pods() {
    return cluster().client.resource<Pod>('v1', 'pods', namespace);
  }

  it('makes a bound pod Running and ready', async () => {
    await pods().create({ kind: 'Pod', metadata: { name: 'bound' }, spec: { ...template.spec, nodeName: node } });

    await waitUntil(async () => (await pods().get('bound')).body.status?.phase === 'Running', { what: 'Running' });
    const { stdout } = await cluster().kubectl(['get', 'pod', 'bound', '-n', namespace, '--no-headers']);
    expect(stdout).to.match(/^bound +1\/1 +Running +0 /);
  });

  it('lets a deleted pod go', async () => {
    await pods().create({ kind: 'Pod', metadata: { name: 'doomed' }, spec: { ...template.spec, nodeName: node } });
    await waitUntil(async () => (await pods().get('doomed')).body.status?.phase === 'Running', { what: 'Running' });

    await pods().delete('doomed', { gracePeriodSeconds: 300 });

    await waitUntil(async () => (await pods().get('doomed')).status === 404, { what: 'the pod to be gone' });
  });

  it('leaves the pods of other nodes alone', async () => {
    const elsewhere = { ...template.spec, nodeName: 'elsewhere' };
    await pods().create({ kind: 'Pod', metadata: { name: 'foreign' }, spec: elsewhere });
    await pods().create({ kind: 'Pod', metadata: { name: 'later' }, spec: { ...template.spec, nodeName: node } });

    await waitUntil(async () => (await pods().get('later')).body.status?.phase === 'Running', { what: 'Running' });
    expect((await pods().get('foreign')).body.status?.phase).to.equal('Pending');
    await pods().delete('foreign', { gracePeriodSeconds: 0 });
  });

  for (const { kind, plural, spec, path } of [
    { kind: 'Deployment', plural: 'deployments', spec: { replicas: 2 }, path: 'availableReplicas' },
    { kind: 'DaemonSet', plural: 'daemonsets', spec: {}, path: 'numberReady' },
  ]) {
    it(`makes a ${kind} ready by scheduling its pods`, async () => {
      const { client } = cluster();
      const name = kind.toLowerCase();
      const selector = { matchLabels: template.metadata.labels };
      await client.apply({
        apiVersion: 'apps/v1',
        kind,
        metadata: { name, namespace },
        spec: { ...spec, selector, template },
      });

      await waitUntil(
        async () => {
          const { status } = (await client.resource('apps/v1', plural, namespace).get(name)).body as StatusOf;
          return Number(status?.[path]) === ('replicas' in spec ? spec.replicas : 1);
        },
        { what: `${kind} to be ready` },
      );
    });
  }
});

interface StatusOf {
  readonly status?: Readonly<Record<string, unknown>>;
}
