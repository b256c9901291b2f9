/**
 * Who takes back what is set of pulls is refused, on a real API server: a policy of somebody else that is asked after Merlon's,
 * and a webhook. What nobody takes back passes.
 */
import { expect } from 'chai';

import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { planFamilies } from '../../src/enforcement/plan/chosen-families.ts';
import type { PlannedPolicy } from '../../src/enforcement/plan/planned-policy.ts';
import { oldestMinors } from '../../src/enforcement/plan/planned-policy.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { rules as catalogue } from '../../src/rules/index.ts';
import { closeServers } from '../kube/transport-server.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { endPolicyFight, endWebhookFight, fightByPolicy, fightByWebhook } from './fighting-mutators.ts';
import type { Fight } from './fighting-mutators.ts';
import { addDebugContainer, applyYaml, createPod, waitForAnswer } from './guarded-cluster.ts';
import { CHANGED, createNamespaces, PLAIN, tryPod } from './trial-namespaces.ts';

const image = 'registry.example/main:1';
const KEPT =
  /^403 .*ValidatingAdmissionPolicy 'merlon-image-pulls-keeper' .*: pod-image-pull-policy: Pod "bare": container "main" has imagePullPolicy IfNotPresent, though MutatingAdmissionPolicy "merlon-image-pulls" sets Always: another mutating policy or webhook took that back after it; have it leave imagePullPolicy alone/;

const ofPods: Fight['rules'] = [
  { operations: ['CREATE'], resources: ['pods'] },
  { operations: ['UPDATE'], resources: ['pods/ephemeralcontainers'] },
];
/** In all lists of containers; of a pod that exists only debug containers are changed. */
const takeBack = `Object{spec: Object.spec{
  ?containers: request.operation != 'CREATE' ? optional.none() : optional.of(
    object.spec.containers.map(c, Object.spec.containers{name: c.name, imagePullPolicy: 'IfNotPresent'})),
  ?ephemeralContainers: request.operation == 'CREATE' ? optional.none() : optional.of(
    object.spec.?ephemeralContainers.orValue([])
      .filter(c, !oldObject.spec.?ephemeralContainers.orValue([]).exists(old, old.name == c.name))
      .map(c, Object.spec.ephemeralContainers{name: c.name, imagePullPolicy: 'IfNotPresent'}))
}}`;

describe('what is set of pulls', () => {
  const cluster = useControlPlane({ needs: ['build', 'controller-manager'], own: { auditLog: false } });
  const exemption = {
    name: 'ClusterHardeningExemption/builders',
    rules: new Set(['pod-image-pull-policy']),
    condition: "variables.podSpec.?serviceAccountName.orValue('default') == 'builder'",
  };
  const planned = planFamilies(
    {
      families: ['image-pulls'],
      modes: { withoutLabel: 'off', keptOut: [] },
      breakGlassGroups: ['oncall'],
      minor: undefined,
      defaults: undefined,
      tokenSecrets: false,
      clusterAdmins: undefined,
      exemptions: [exemption],
      clusterRbac: 'off',
    },
    buildDefaultPolicy(catalogue).rules,
  ).policies;
  const isKeeper = (one: PlannedPolicy): boolean => one.kind === 'ValidatingAdmissionPolicy' && one.keeps !== undefined;

  const bare = (spec: object = {}) => ({
    metadata: { name: 'bare' },
    spec: { containers: [{ name: 'main', image }], ...spec },
  });

  /** @returns status, and the pull policy of the first container, or why not */
  async function answerTo(namespace: string, spec?: object): Promise<string> {
    const { status, body } = await tryPod(cluster(), namespace, bare(spec));
    return `${status} ${status === 201 ? pullPolicyOf(body['spec']) : String(body['message'])}`;
  }

  function pullPolicyOf(spec: unknown): string {
    const { containers } = spec as { readonly containers: readonly { readonly imagePullPolicy?: string }[] };
    return containers[0]?.imagePullPolicy ?? '-';
  }

  async function debug(pod: string, name: string): Promise<string> {
    const { status, body } = await addDebugContainer(cluster().client, `${CHANGED}/${pod}`, name);
    return `${status} ${String((body as { message?: unknown }).message)}`;
  }

  /** Of a pod that exists, as "kubectl set image" does. */
  async function setImages(
    pod: string,
    images: Readonly<Record<string, string>>,
    list = 'containers',
  ): Promise<string> {
    const body = { spec: { [list]: Object.entries(images).map(([name, one]) => ({ name, image: one })) } };
    const contentType = 'application/strategic-merge-patch+json';
    const path = `/api/v1/namespaces/${CHANGED}/pods/${pod}`;
    const { status, body: answer } = await cluster().client.request('PATCH', path, { body, contentType });
    return `${status} ${String((answer as { message?: unknown }).message)}`;
  }

  before('pods that were there before, and then all but what keeps it', async function () {
    if (cluster().minor < oldestMinors.MutatingAdmissionPolicy) this.skip();
    await createNamespaces(cluster());
    for (const pod of ['older', 'other']) await createPod(cluster(), `${CHANGED}/${pod}`);
    const ofPolicy = (name: string, imagePullPolicy: string) => ({ name, image, imagePullPolicy });
    await createPod(cluster(), `${CHANGED}/mixed`, {
      initContainers: [ofPolicy('setup', 'IfNotPresent')],
      // What is looked at has a price, beyond which all would be refused.
      containers: [
        ...Array.from({ length: 250 }, (_, at) => ofPolicy(`many-${at}`, 'Never')),
        ofPolicy('cached', 'Never'),
        ofPolicy('pulled', 'Always'),
        ofPolicy('seldom', 'IfNotPresent'),
      ],
    });
    const accounts = cluster().client.resource('v1', 'serviceaccounts', CHANGED);
    bodyOf('account', await accounts.create({ metadata: { name: 'builder' }, automountServiceAccountToken: false }));
    await applyYaml(cluster(), [...printEnforcement(planned.filter((one) => !isKeeper(one)))].join(''));
    await waitForAnswer(() => answerTo(CHANGED), /^201 Always$/);
  });
  after(closeServers);

  it('is taken back in silence by a policy that is asked later, where nothing keeps it', async () => {
    const fight = { name: 'fight', rules: ofPods, reinvocationPolicy: 'IfNeeded' } as const;
    await fightByPolicy(cluster(), fight, takeBack, async () => (await answerTo(CHANGED)) === '201 IfNotPresent');
    expect(await answerTo(CHANGED)).to.equal('201 IfNotPresent');
  });

  it('is kept: the pod is refused, and told by whom and why', async () => {
    await applyYaml(cluster(), [...printEnforcement(planned.filter(isKeeper))].join(''));
    await waitForAnswer(() => answerTo(CHANGED), KEPT);
    expect(await answerTo(PLAIN)).to.equal('201 IfNotPresent');
  });

  it('is kept of debug containers, too, and of those alone that are new', async () => {
    expect(await debug('older', 'first')).to.match(
      /^403 .*merlon-image-pulls-keeper.*: Pod "older": container "first" has imagePullPolicy IfNotPresent, though/,
    );
  });

  const other = 'registry.example/private:1';

  it('is kept of another image in a pod that exists: what its container says nobody can change', async () => {
    expect(await setImages('mixed', { cached: other })).to.match(
      /^403 .*merlon-image-pulls-keeper.*: pod-image-pull-policy: Pod "mixed": container "cached" gets another image, and has imagePullPolicy Never, which stays as it is in a pod that exists; make the pod anew/,
    );
    expect(await setImages('mixed', { setup: other }, 'initContainers')).to.match(
      /^403 .*Pod "mixed": container "setup" gets another image, and has imagePullPolicy IfNotPresent,/,
    );
    expect(await setImages('mixed', { cached: other, pulled: other, seldom: other })).to.match(
      /^403 .*Pod "mixed": container "cached" gets another image, and has imagePullPolicy Never, container "seldom" gets /,
    );
    expect(await setImages('mixed', { pulled: other })).to.match(/^200/);
  });

  it('is taken back by exemption, and by who breaks the glass', async () => {
    expect(await answerTo(CHANGED, { serviceAccountName: 'builder' })).to.equal('201 IfNotPresent');
    const oncall = await cluster().clientFor({ user: 'ann', groups: ['oncall', 'system:masters'] });
    const { status } = await oncall.request('POST', `/api/v1/namespaces/${CHANGED}/pods?dryRun=All`, { body: bare() });
    expect(status).to.equal(201);
  });

  it('leaves what exists to be labelled and to end, and templates as they are written', async () => {
    const { client } = cluster();
    const pods = client.resource('v1', 'pods', CHANGED);
    bodyOf('label', await pods.patch('other', { metadata: { labels: { a: 'b' } } }));
    bodyOf('label', await pods.patch('mixed', { metadata: { labels: { a: 'b' }, finalizers: ['example.com/wait'] } }));
    bodyOf('finalizer', await pods.patch('mixed', { metadata: { finalizers: null } }));
    for (const pod of ['other', 'mixed']) bodyOf('delete', await pods.delete(pod));
    const template = { metadata: { labels: { app: 'web' } }, spec: bare().spec };
    const spec = { selector: { matchLabels: { app: 'web' } }, template };
    const metadata = { name: 'web', namespace: CHANGED };
    await client.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
    await waitForAnswer(async () => {
      const { items } = bodyOf('events', await client.resource('v1', 'events', CHANGED).list());
      return items.map(({ message }) => String(message)).join('\n');
    }, /Error creating: pods "web-.*merlon-image-pulls-keeper.*container "main" has imagePullPolicy IfNotPresent/);
    const deployments = client.resource('apps/v1', 'deployments', CHANGED);
    bodyOf('scale', await deployments.patch('web', { spec: { replicas: 0 } }));
    const { spec: stored } = bodyOf('deployment', await deployments.get('web'));
    expect(pullPolicyOf((stored as typeof spec).template.spec)).to.equal('IfNotPresent');
    await endPolicyFight(cluster(), 'fight');
    await waitForAnswer(() => answerTo(CHANGED), /^201 Always$/);
  });

  it('is not taken back by a policy that is asked once', async () => {
    const fight = { name: 'once', rules: ofPods, reinvocationPolicy: 'Never' } as const;
    await fightByPolicy(cluster(), fight, takeBack, async () => (await answerTo(PLAIN)) === '201 IfNotPresent');
    expect(await answerTo(CHANGED)).to.equal('201 Always');
    await endPolicyFight(cluster(), 'once');
  });

  const taken = (): readonly object[] => [
    { op: 'replace', path: '/spec/containers/0/imagePullPolicy', value: 'IfNotPresent' },
    { op: 'add', path: '/metadata/annotations', value: { webhook: 'asked' } },
  ];
  const created: Fight['rules'] = [{ operations: ['CREATE'], resources: ['pods'] }];

  it('is kept from a webhook, which is asked after policies', async () => {
    await fightByWebhook(cluster(), { name: 'hook', rules: created, reinvocationPolicy: 'IfNeeded' }, taken);
    await waitForAnswer(() => answerTo(CHANGED), KEPT);
    await endWebhookFight(cluster(), 'hook');
    await waitForAnswer(() => answerTo(CHANGED), /^201 Always$/);
  });

  it('is not taken back by a webhook that is asked once: what sets it is asked again', async () => {
    await fightByWebhook(cluster(), { name: 'hook-once', rules: created, reinvocationPolicy: 'Never' }, taken);
    const annotated = async (): Promise<string> => {
      const { status, body } = await tryPod(cluster(), CHANGED, bare());
      return `${status} ${JSON.stringify(body['metadata'])} ${pullPolicyOf(body['spec'])}`;
    };
    await waitForAnswer(annotated, /^201 .*"webhook":"asked".* Always$/);
    await endWebhookFight(cluster(), 'hook-once');
    await waitForAnswer(annotated, /^201 (?!.*webhook)/);
  });

  // Of new pods the differential test holds it against what is predicted.
  it('passes where nobody takes it back', async () => {
    expect(await answerTo(CHANGED)).to.equal('201 Always');
    expect(await debug('older', 'second')).to.match(/^200/);
  });
});
