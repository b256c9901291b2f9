/** The level advisor where something changes pods on their way in: what nobody has seen admitted is not called ready. */
import { expect } from 'chai';

import { readNamespaceLevels } from '../../src/scan/namespace-levels.ts';
import { openClusterTransport } from '../kube/cluster-transport.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { Cluster } from '../support/cluster.ts';
import { startFakeKubelet } from '../support/fake-kubelet.ts';
import type { FakeKubelet } from '../support/fake-kubelet.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  ADMISSION,
  createPodOf,
  ENFORCE,
  inNamespace,
  levelSpecs,
  mutatingWebhook,
  onPods,
  readAdvice,
  readTemplates,
} from './advised-level.ts';
import { cronJob, deployment } from './manifests.ts';

/** Puts pods into the network of their node. */
async function createPolicy(client: ApiClient, namespace: string): Promise<void> {
  const name = `host-network-${namespace}`;
  await client.create({
    apiVersion: `${ADMISSION}/v1`,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [onPods], namespaceSelector: inNamespace(namespace) },
      reinvocationPolicy: 'Never',
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: 'Object{spec: Object.spec{hostNetwork: true}}' },
        },
      ],
    },
  });
  await client.create({
    apiVersion: `${ADMISSION}/v1`,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name },
  });
}

async function deletePolicy(client: ApiClient, namespace: string): Promise<void> {
  for (const plural of ['mutatingadmissionpolicybindings', 'mutatingadmissionpolicies']) {
    await client.resource(`${ADMISSION}/v1`, plural).delete(`host-network-${namespace}`);
  }
}

async function untilRunning(
  { client }: Cluster,
  namespace: string,
  isAsWanted: (spec: object) => boolean,
): Promise<void> {
  await waitUntil(
    async () => {
      const { items } = bodyOf('list pods', await client.resource('v1', 'pods', namespace).list());
      return items.some(({ spec }) => isAsWanted(spec as object));
    },
    { what: `a pod of "${namespace}" that is as wanted` },
  );
}

describe('the level advisor, where pods are changed on their way in,', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'] });
  let kubelet: FakeKubelet;

  before('a kubelet', async () => {
    kubelet = await startFakeKubelet(cluster().client, {
      nodes: ['advised'],
      schedules: ({ metadata }) => metadata.namespace?.startsWith('mutated-') === true,
    });
  });
  after(async () => {
    await kubelet.stop();
  });

  it('believes a template once a pod of it was admitted, and not before', async () => {
    const namespace = 'mutated-by-webhook';
    const { client } = cluster();
    await client.createNamespace(namespace);
    await client.create(mutatingWebhook(namespace));
    try {
      await client.create(deployment(namespace, 'web', levelSpecs.restricted));
      const before = await readAdvice(cluster(), namespace);
      expect(before).to.include({ ready: 'unknown', change: undefined });
      expect(before.doubts).to.deep.equal([
        'no pod of Deployment "web" shows what becomes of its template: a mutating webhook may change such pods when they are created',
      ]);
      bodyOf(
        'scale',
        await client.resource('apps/v1', 'deployments', namespace).patch('web', { spec: { replicas: 1 } }),
      );
      await waitUntil(async () => (await readAdvice(cluster(), namespace)).ready === 'restricted', {
        what: 'the namespace to be ready for restricted',
      });
      await client.create(cronJob(namespace, 'nightly', levelSpecs.restricted));
      expect((await readAdvice(cluster(), namespace)).ready).to.equal('unknown');
    } finally {
      await client.resource(`${ADMISSION}/v1`, 'mutatingwebhookconfigurations').delete(`inject-${namespace}`);
    }
    expect((await readAdvice(cluster(), namespace)).ready).to.equal('restricted');
  });

  it('believes a template that the webhook does not select', async () => {
    const namespace = 'mutated-by-choice';
    const { client } = cluster();
    await client.createNamespace(namespace);
    await client.create(mutatingWebhook(namespace, { matchLabels: { inject: 'true' } }));
    try {
      await client.create(deployment(namespace, 'web', levelSpecs.restricted));
      expect((await readAdvice(cluster(), namespace)).ready).to.equal('restricted');
    } finally {
      await client.resource(`${ADMISSION}/v1`, 'mutatingwebhookconfigurations').delete(`inject-${namespace}`);
    }
  });

  it('judges what a policy has made of the pods, and of a template without pods nothing', async function () {
    // Served by default since then.
    if (cluster().minor < 36) this.skip();
    const namespace = 'mutated-by-policy';
    const { client } = cluster();
    await client.createNamespace(namespace);
    await createPolicy(client, namespace);
    try {
      await client.create(cronJob(namespace, 'nightly', levelSpecs.restricted));
      expect(await readAdvice(cluster(), namespace)).to.include({ ready: 'unknown', change: undefined });

      // Rightly so: restricted would have refused its pods.
      const labels = { [ENFORCE]: 'restricted' };
      const namespaces = client.resource('v1', 'namespaces');
      bodyOf('enforce', await namespaces.patch(namespace, { metadata: { labels } }));
      const [nightly] = await readTemplates(client, namespace);
      if (nightly === undefined) throw new Error('it has no template');
      await waitUntil(async () => (await createPodOf(client, namespace, nightly, { dryRun: 'All' })).status === 403, {
        what: 'the policy to change pods',
      });
      bodyOf('relax', await namespaces.patch(namespace, { metadata: { labels: { [ENFORCE]: null } } }));

      await client.create(deployment(namespace, 'web', levelSpecs.restricted, 1));
      await untilRunning(cluster(), namespace, (spec) => 'hostNetwork' in spec);
      const advice = await readAdvice(cluster(), namespace);
      expect(advice.ready).to.equal('privileged');
      expect(advice.obstacles).to.deep.equal([
        {
          level: 'baseline',
          subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' },
          where: 'pods',
          reasons: ['host namespaces'],
        },
      ]);
    } finally {
      await deletePolicy(client, namespace);
    }
  });
});

describe('the level advisor, where the API server has no MutatingAdmissionPolicy,', () => {
  const cluster = useControlPlane({
    own: { emulatedVersion: '1.34', controllerManager: false, auditLog: false },
    needs: ['emulation'],
  });

  it('knows that there is none, and misses nothing', async () => {
    const { client, adminKubeconfig } = cluster();
    await client.createNamespace('shop');
    await client.create(deployment('shop', 'web', levelSpecs.restricted));
    const transport = await openClusterTransport(adminKubeconfig);
    const read = await readNamespaceLevels(transport, 'everything');
    transport.close();
    expect(read.missing).to.deep.equal([]);
    expect(read.namespaces.find(({ namespace }) => namespace === 'shop')?.advice).to.deep.include({
      ready: 'restricted',
      change: { level: 'restricted', version: 34 },
    });
  });
});
