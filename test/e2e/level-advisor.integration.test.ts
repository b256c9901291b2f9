/**
 * The level advisor's promise on a real API server: what it calls ready is enforced without a warning, and refuses no pod
 * of what is there; what it says stands in the way is what the API server itself warns of, no more and no less.
 */
import { expect } from 'chai';

import { printLabelCommand } from '../../src/pod-security/advice-text.ts';
import type { LabelChange, LevelAdvice } from '../../src/pod-security/level-advisor.ts';
import { bodyOf } from '../support/api-client.ts';
import type { Manifest } from '../support/api-client.ts';
import { startFakeKubelet } from '../support/fake-kubelet.ts';
import type { FakeKubelet } from '../support/fake-kubelet.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createPodOf, ENFORCE, levelSpecs, namesOf, readAdvice, readTemplates, warningsOf } from './advised-level.ts';
import { cronJob, daemonSet, deployment, job, pod, replicationController, statefulSet } from './manifests.ts';

type Level = keyof typeof levelSpecs;

describe('the level advisor', () => {
  const cluster = useControlPlane({ needs: ['controller-manager'] });
  let kubelet: FakeKubelet;

  before('a kubelet', async () => {
    kubelet = await startFakeKubelet(cluster().client, {
      nodes: ['advised'],
      schedules: ({ metadata }) => metadata.namespace?.startsWith('advised-') === true,
    });
  });
  after(async () => {
    await kubelet.stop();
  });

  /** One of everything that makes pods: what runs is of the one level, what is scaled to zero or suspended of the other. */
  async function fill(namespace: string, running: Level, dormant: Level): Promise<void> {
    const { client } = cluster();
    await client.createNamespace(namespace);
    const [runs, sleeps] = [levelSpecs[running], levelSpecs[dormant]];
    const objects = [
      deployment(namespace, 'web', runs, 2),
      {
        ...statefulSet(namespace, 'db', runs),
        spec: { ...(statefulSet(namespace, 'db', runs)['spec'] as object), replicas: 1 },
      },
      daemonSet(namespace, 'agent', runs),
      replicationController(namespace, 'old', runs),
      job(namespace, 'once', runs),
      pod(namespace, 'bare', runs),
      deployment(namespace, 'web-zero', sleeps),
      statefulSet(namespace, 'db-zero', sleeps),
      withReplicas(0, replicationController(namespace, 'old-zero', sleeps)),
      cronJob(namespace, 'nightly', sleeps),
    ];
    for (const manifest of objects) await client.create(manifest);
    await untilPods(namespace, 7);
  }

  /** Waits until so many pods run. DaemonSets make one for each node that anybody has made. */
  async function untilPods(namespace: string, atLeast: number): Promise<void> {
    const pods = cluster().client.resource('v1', 'pods', namespace);
    await waitUntil(
      async () => {
        const { items } = bodyOf('list pods', await pods.list());
        const running = items.filter(({ status }) => (status as { phase?: string }).phase === 'Running');
        return running.length >= atLeast || Promise.reject(new Error(`${running.length} of ${items.length} run`));
      },
      { what: `${atLeast} pods of "${namespace}" to run` },
    );
  }

  /** As people do it: what the advice says, typed into a terminal. */
  async function apply(namespace: string, change: LabelChange): Promise<void> {
    const [program, ...args] = printLabelCommand(namespace, change).split(' ');
    expect(program).to.equal('kubectl');
    const { code, stdout, stderr } = await cluster().kubectl(args);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.equal(`namespace/${namespace} labeled\n`);
  }

  async function expectNothingRefused(namespace: string): Promise<void> {
    const { client } = cluster();
    const templates = await readTemplates(client, namespace);
    expect(templates).to.have.length.above(8);
    for (const one of templates) {
      const created = await createPodOf(client, namespace, one);
      expect([one.maker, created.status, warningsOf(created)]).to.deep.equal([one.maker, 201, undefined]);
    }
    // By their own controllers, too.
    const more = { spec: { replicas: 1 } };
    bodyOf('scale', await client.resource('apps/v1', 'deployments', namespace).patch('web-zero', more));
    bodyOf('scale', await client.resource('apps/v1', 'statefulsets', namespace).patch('db-zero', more));
    bodyOf('scale', await client.resource('v1', 'replicationcontrollers', namespace).patch('old-zero', more));
    await untilPods(namespace, 7 + templates.length + 3);
  }

  /** What the advice says is in the way of the next level is what the API server warns of, for the same reasons. */
  async function expectWarned(
    namespace: string,
    { obstacles, version }: LevelAdvice,
    level: 'restricted' | 'baseline',
  ): Promise<void> {
    const { client } = cluster();
    const namespaces = client.resource('v1', 'namespaces');
    const labels = { [ENFORCE]: level, [`${ENFORCE}-version`]: `v1.${version ?? ''}` };
    const dryRun = await namespaces.patch(namespace, { metadata: { labels } }, 'merge', { query: { dryRun: 'All' } });
    expect(warningsOf(dryRun) ?? '').to.match(/existing pods in namespace/);

    const warn = {
      'pod-security.kubernetes.io/warn': level,
      'pod-security.kubernetes.io/warn-version': `v1.${version ?? ''}`,
    };
    bodyOf('warn', await namespaces.patch(namespace, { metadata: { labels: warn } }));
    const warned = new Map<string, string>();
    for (const one of await readTemplates(client, namespace)) {
      const text = warningsOf(await createPodOf(client, namespace, one, { dryRun: 'All' }));
      if (text !== undefined) warned.set(one.maker, text);
    }
    const ofTemplates = obstacles.filter(({ subject }) => subject.kind !== 'Pod');
    expect(namesOf(ofTemplates)).to.deep.equal([...warned.keys()].toSorted());
    for (const { subject, reasons } of ofTemplates) {
      const text = warned.get(`${subject.kind} "${subject.name}"`) ?? '';
      expect(reasons.filter((reason) => !text.includes(reason))).to.deep.equal([]);
    }
  }

  interface Row {
    readonly namespace: string;
    readonly running: Level;
    readonly dormant: Level;
    readonly ready: Level;
  }
  const rows: readonly Row[] = [
    { namespace: 'advised-restricted', running: 'restricted', dormant: 'restricted', ready: 'restricted' },
    { namespace: 'advised-baseline', running: 'baseline', dormant: 'baseline', ready: 'baseline' },
    { namespace: 'advised-privileged', running: 'privileged', dormant: 'privileged', ready: 'privileged' },
    { namespace: 'advised-running', running: 'baseline', dormant: 'restricted', ready: 'baseline' },
  ];
  for (const { namespace, running, dormant, ready } of rows) {
    it(`calls a namespace ready for ${ready} where what runs passes ${running} and what does not ${dormant}`, async () => {
      await fill(namespace, running, dormant);
      const advice = await readAdvice(cluster(), namespace);
      expect(advice).to.include({ ready, workloads: 10 });
      expect(advice.enforced).to.deep.equal({ level: undefined, version: undefined });
      if (ready !== 'restricted') {
        await expectWarned(namespace, advice, ready === 'baseline' ? 'restricted' : 'baseline');
      }
      if (ready === 'privileged') {
        expect(advice.change).to.equal(undefined);
        return;
      }
      expect(advice.change).to.deep.equal({ level: ready, version: Math.min(cluster().minor, 37) });
      if (advice.change === undefined) return;
      await cluster()
        .client.resource('v1', 'namespaces')
        .patch(namespace, {
          metadata: {
            labels: { 'pod-security.kubernetes.io/warn': null, 'pod-security.kubernetes.io/warn-version': null },
          },
        });
      await apply(namespace, advice.change);
      await expectNothingRefused(namespace);
      const after = await readAdvice(cluster(), namespace);
      expect(after).to.include({ ready, change: undefined });
      expect(after.enforced).to.deep.equal({ level: ready, version: advice.version });
    });
  }

  it('knows what is scaled to zero, of which the API server says nothing when it is asked', async () => {
    const namespace = 'advised-dormant';
    await fill(namespace, 'restricted', 'privileged');
    const { client } = cluster();
    const patch = { metadata: { labels: { [ENFORCE]: 'restricted' } } };
    const dryRun = await client
      .resource('v1', 'namespaces')
      .patch(namespace, patch, 'merge', { query: { dryRun: 'All' } });
    expect(warningsOf(dryRun)).to.equal(undefined);
    const advice = await readAdvice(cluster(), namespace);
    expect(advice).to.include({ ready: 'privileged', change: undefined });
    expect(namesOf(advice.obstacles)).to.deep.equal([
      'CronJob "nightly"',
      'Deployment "web-zero"',
      'ReplicationController "old-zero"',
      'StatefulSet "db-zero"',
    ]);
    // And the API server would indeed have refused their pods.
    bodyOf('enforce', await client.resource('v1', 'namespaces').patch(namespace, patch));
    for (const one of await readTemplates(client, namespace)) {
      const { status } = await createPodOf(client, namespace, one, { dryRun: 'All' });
      expect([one.maker, status]).to.deep.equal([one.maker, namesOf(advice.obstacles).includes(one.maker) ? 403 : 201]);
    }
  });

  it('sees what was added to a pod after it was made', async () => {
    const namespace = 'advised-debugged';
    const { client } = cluster();
    await client.createNamespace(namespace);
    await client.create(deployment(namespace, 'web', levelSpecs.restricted, 1));
    await untilPods(namespace, 1);
    expect((await readAdvice(cluster(), namespace)).ready).to.equal('restricted');
    const pods = client.resource('v1', 'pods', namespace);
    const [made] = bodyOf('list pods', await pods.list()).items;
    const debugger_ = { name: 'debugger', image: 'registry.example/debug:1', securityContext: { privileged: true } };
    const added = await pods.patch(
      made?.metadata.name ?? '',
      { spec: { ephemeralContainers: [debugger_] } },
      'strategic',
      { subresource: 'ephemeralcontainers' },
    );
    expect(added.status).to.equal(200);
    const advice = await readAdvice(cluster(), namespace);
    expect(advice.ready).to.equal('privileged');
    expect(advice.obstacles).to.deep.include.members([
      {
        level: 'baseline',
        subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' },
        where: 'pods',
        reasons: ['privileged'],
      },
    ]);
  });

  it('leaves finished pods out, of which the API server warns, and which it refuses no more', async () => {
    const namespace = 'advised-finished';
    const { client } = cluster();
    await client.createNamespace(namespace);
    await client.create(pod(namespace, 'done', levelSpecs.privileged));
    await untilPods(namespace, 1);
    const pods = client.resource('v1', 'pods', namespace);
    bodyOf('finish', await pods.patchStatus('done', { phase: 'Succeeded' }));
    await client.create(deployment(namespace, 'web', levelSpecs.restricted, 1));
    await untilPods(namespace, 1);
    const advice = await readAdvice(cluster(), namespace);
    expect(advice).to.include({ ready: 'restricted', workloads: 1 });
    const labels = { [ENFORCE]: 'restricted' };
    const labelled = await client.resource('v1', 'namespaces').patch(namespace, { metadata: { labels } });
    expect(warningsOf(labelled)).to.match(/done: .*privileged/);
    bodyOf('scale', await client.resource('apps/v1', 'deployments', namespace).patch('web', { spec: { replicas: 2 } }));
    await untilPods(namespace, 2);
  });
});

function withReplicas(replicas: number, manifest: Manifest): Manifest {
  return { ...manifest, spec: { ...(manifest['spec'] as object), replicas } };
}
