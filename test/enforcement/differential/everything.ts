/**
 * Every family about pods in one namespace, as people switch them on: what is set in a pod first, and what is refused then,
 * is what Merlon says of both, whichever policy the API server asks first.
 */
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { planFamilies } from '../../../src/enforcement/plan/chosen-families.ts';
import { IMAGE_PULLS_NAME } from '../../../src/enforcement/plan/image-pulls.ts';
import { buildManifests, oldestMinors } from '../../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest, PlannedPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import { predictorOf } from '../../../src/enforcement/plan/predicted-pod.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiResponse } from '../../support/api-client.ts';
import type { Cluster } from '../../support/cluster.ts';
import type { Json } from '../../pod-security/generator.ts';
import { workloadForms } from '../../pod-security/generator-workloads.ts';
import { ownAccount } from './account-cases.ts';
import { chooseFamilies, printSorted } from './changed-pods.ts';
import { everyRule } from './every-rule.ts';
import { createPolicies, DRY_RUN, isInvalid, messageOf, waitUntilAsked } from './family.ts';
import type { Answer, ComparedFamily, Room } from './family.ts';
import { findBroken, generatePodCase, templateOf } from './pod-cases.ts';
import type { PodCase } from './pod-cases.ts';
import { pulls, usual } from './rule-sets.ts';
import { holdsDefaultToken } from './service-accounts.ts';

const [plainly, enforced] = ['everything-off', 'everything-deny'];

export const everything: ComparedFamily = {
  name: 'all families about pods',
  part: 14,
  oldestMinor: oldestMinors.ValidatingAdmissionPolicy,
  namespaces: { [plainly]: 'off', [enforced]: 'deny' },
  aims: () => ['Pod: let through', 'Pod: refused', 'workload: let through', 'workload: refused'],
  async open(room) {
    const { cluster } = room;
    for (const namespace of [plainly, enforced]) {
      const accounts = cluster.client.resource('v1', 'serviceaccounts', namespace);
      bodyOf('account', await accounts.create({ metadata: { name: ownAccount }, automountServiceAccountToken: false }));
      bodyOf('patch', await accounts.patch('default', { automountServiceAccountToken: false }));
    }
    const planned = planAll(room);
    await createPolicies(cluster, buildManifests(planned).map(callApart));
    const meaning = whatIsMeantBy(planned, cluster.minor);
    for (const manifest of untilAsked) {
      await waitUntilAsked(JSON.stringify(manifest), async () => {
        const answer = await askAbout(cluster, { kind: 'Pod', manifest }, meaning);
        return answer.kind === 'judged' && answer.enforced === answer.reported;
      });
    }
    return (seed, index) => {
      const { kind, manifest } = generatePodCase(seed, index, [usual]);
      const parts = kind === 'Pod' ? withToken(manifest, index) : manifest;
      return { what: kind, parts, ask: (smaller) => askAbout(cluster, { kind, manifest: smaller }, meaning) };
    };
  },
};

function planAll(room: Room): readonly PlannedPolicy[] {
  const { cluster, breakGlassGroups, keptOut } = room;
  const { policy } = planPodFamily({
    family: usual.family,
    rules: usual.rules,
    target: { podSecurityVersion: cluster.minor },
    breakGlassGroups,
    exemptions: [],
    withoutLabel: 'off',
    keptOut,
  });
  const choice = chooseFamilies(room, ['image-pulls', 'pod-defaults', 'service-accounts']);
  const { policies } = planFamilies(choice, everyRule);
  return policy === undefined ? policies : [policy, ...policies];
}

/** What Merlon says of an object under these policies. */
interface Meaning {
  readonly predict: (pod: PodTemplate) => PodTemplate;
  readonly isRefused: (kind: PodCase['kind'], changed: Json) => boolean;
}

function whatIsMeantBy(planned: readonly PlannedPolicy[], minor: number): Meaning {
  const predictors = planned.flatMap((one) => predictorOf(one, everyRule) ?? []);
  const setsPulls = planned.some(({ kind, name }) => kind === 'MutatingAdmissionPolicy' && name === IMAGE_PULLS_NAME);
  // Where images cannot be set to be pulled each time, pods are refused instead.
  const sets = setsPulls ? [usual] : [usual, pulls];
  return {
    predict: (pod) => predictors.reduce((changed, change) => change(changed), pod),
    isRefused: (kind, changed) =>
      sets.some((set) => findBroken({ set, kind }, changed, minor).length > 0) ||
      holdsDefaultToken(templateOf(kind, changed), { automountServiceAccountToken: false }),
  };
}

async function askAbout(
  { client }: Cluster,
  { kind, manifest }: Pick<PodCase, 'kind' | 'manifest'>,
  { predict, isRefused }: Meaning,
): Promise<Answer> {
  const { apiVersion, plural } = kind === 'Pod' ? { apiVersion: 'v1', plural: 'pods' } : workloadForms[kind];
  const create = (namespace: string) => client.resource(apiVersion, plural, namespace).create(manifest, DRY_RUN);
  const plain = await create(plainly);
  if (isInvalid(plain)) return { kind: 'invalid', message: messageOf(plain) };
  const answer = await create(enforced);
  const stored = bodyOf('ask on trial', plain) as Json;
  const changed = kind === 'Pod' ? { ...stored, ...predict(stored as unknown as PodTemplate) } : stored;
  const isAllowed = answer.status === 201;
  return {
    kind: 'judged',
    isAllowed,
    counted: [`${kind === 'Pod' ? 'Pod' : 'workload'}: ${isAllowed ? 'let through' : 'refused'}`],
    enforced: isAllowed ? printSorted(podSpecOf(kind, answer.body)) : tellRefusal(answer),
    reported: isRefused(kind, changed) ? 'refused' : printSorted(podSpecOf(kind, changed)),
  };
}

/** Of whoever asks for it. */
const token = { name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };

/** In some pods, of the default account and of one of their own. */
function withToken(manifest: Json, index: number): Json {
  if (index % 8 > 1) return manifest;
  const spec = manifest['spec'] as Json;
  const volumes = [...((spec['volumes'] ?? []) as readonly Json[]), token];
  const serviceAccountName = index % 8 === 0 ? 'default' : ownAccount;
  return { ...manifest, spec: { ...spec, serviceAccountName, volumes } };
}

/** One for each family that has to be in force. */
const untilAsked: readonly Json[] = [
  { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } },
  { hostPID: true },
  // Nothing else is wrong with it.
  {
    securityContext: {
      appArmorProfile: { type: 'RuntimeDefault' },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        ...{ name: 'main', image: 'registry.example/main:1', imagePullPolicy: 'Always' },
        securityContext: { allowPrivilegeEscalation: false },
      },
    ],
    volumes: [token],
  },
].map((fields) => ({
  metadata: { name: 'pod' },
  spec: { containers: [{ name: 'main', image: 'registry.example/main:1', imagePullPolicy: 'Never' }], ...fields },
}));

/** What else is in it may be different each time. */
function podSpecOf(kind: PodCase['kind'], object: Json): unknown {
  const path = kind === 'Pod' ? ['spec'] : ['spec', ...workloadForms[kind].template, 'spec'];
  return path.reduce<unknown>((part, key) => (part as Json)[key], object);
}

const APART = '-everything';

/** Other rooms have policies of these names. */
function callApart(manifest: EnforcementManifest): EnforcementManifest {
  const { metadata, spec } = manifest;
  const bound = 'policyName' in spec ? { ...spec, policyName: spec.policyName + APART } : spec;
  return { ...manifest, metadata: { ...metadata, name: metadata.name + APART }, spec: bound };
}

function tellRefusal({ status, body }: ApiResponse): string {
  const message = messageOf({ body });
  return status === 403 && message.includes(`${APART}' with binding`) ? 'refused' : `${status} ${message}`;
}
