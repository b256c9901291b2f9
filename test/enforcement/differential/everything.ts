/**
 * Every family about pods in one namespace, as people switch them on: what is set in a pod first, and what is refused then,
 * is what Merlon says of both, whichever policy the API server asks first.
 */
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { planFamilies } from '../../../src/enforcement/plan/chosen-families.ts';
import { buildManifests, oldestMinors } from '../../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest } from '../../../src/enforcement/plan/planned-policy.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import { predictorOf } from '../../../src/enforcement/plan/predicted-pod.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiResponse } from '../../support/api-client.ts';
import type { Json } from '../../pod-security/generator.ts';
import { workloadForms } from '../../pod-security/generator-workloads.ts';
import { ownAccount } from './account-cases.ts';
import { chooseFamilies, printSorted } from './changed-pods.ts';
import { everyRule } from './every-rule.ts';
import { createPolicies, DRY_RUN, isInvalid, messageOf, waitUntilAsked } from './family.ts';
import type { Answer, ComparedFamily } from './family.ts';
import { findBroken, generatePodCase, templateOf } from './pod-cases.ts';
import type { PodCase } from './pod-cases.ts';
import { pullSets, ruleSets } from './rule-sets.ts';
import { holdsDefaultToken } from './service-accounts.ts';

const [plainly, enforced] = ['everything-off', 'everything-deny'];
const [usual] = ruleSets;
const [pulls] = pullSets;

export const everything: ComparedFamily = {
  name: 'all families about pods',
  part: 14,
  oldestMinor: oldestMinors.ValidatingAdmissionPolicy,
  namespaces: { [plainly]: 'off', [enforced]: 'deny' },
  aims: () => ['Pod: let through', 'Pod: refused', 'workload: let through', 'workload: refused'],
  async open(room) {
    const { cluster, breakGlassGroups, keptOut } = room;
    if (usual === undefined || pulls === undefined) throw new Error('no rules');
    for (const namespace of [plainly, enforced]) {
      const accounts = cluster.client.resource('v1', 'serviceaccounts', namespace);
      bodyOf('account', await accounts.create({ metadata: { name: ownAccount }, automountServiceAccountToken: false }));
      bodyOf('patch', await accounts.patch('default', { automountServiceAccountToken: false }));
    }
    const modes = { withoutLabel: 'off', keptOut } as const;
    const { policy } = planPodFamily({
      ...{ ...modes, family: usual.family, rules: usual.rules },
      ...{ target: { podSecurityVersion: cluster.minor }, breakGlassGroups, exemptions: [] },
    });
    const { policies } = planFamilies(
      chooseFamilies(room, ['image-pulls', 'pod-defaults', 'service-accounts']),
      everyRule,
    );
    const planned = policy === undefined ? policies : [policy, ...policies];
    const predictors = planned.flatMap((one) => predictorOf(one, everyRule) ?? []);
    const predict = (pod: PodTemplate): PodTemplate => predictors.reduce((changed, change) => change(changed), pod);
    // Where images cannot be set to be pulled each time, pods are refused instead.
    const isPullSet = planned.some(({ kind, name }) => kind === 'MutatingAdmissionPolicy' && name.includes('pulls'));
    const sets = isPullSet ? [usual] : [usual, pulls];
    await createPolicies(cluster, buildManifests(planned).map(callApart));
    const create = (namespace: string, { kind, manifest }: Pick<PodCase, 'kind' | 'manifest'>) => {
      const { apiVersion, plural } = kind === 'Pod' ? { apiVersion: 'v1', plural: 'pods' } : workloadForms[kind];
      return cluster.client.resource(apiVersion, plural, namespace).create(manifest, DRY_RUN);
    };
    const ask = async (asked: Pick<PodCase, 'kind' | 'manifest'>): Promise<Answer> => {
      const plain = await create(plainly, asked);
      if (isInvalid(plain)) return { kind: 'invalid', message: messageOf(plain) };
      const answer = await create(enforced, asked);
      const stored = bodyOf('ask on trial', plain) as Json;
      const changed = asked.kind === 'Pod' ? { ...stored, ...predict(stored as unknown as PodTemplate) } : stored;
      const broken = sets.flatMap((set) => findBroken({ set, kind: asked.kind }, changed, cluster.minor));
      const account = { automountServiceAccountToken: false };
      const isRefused = broken.length > 0 || holdsDefaultToken(templateOf(asked.kind, changed), account);
      const isAllowed = answer.status === 201;
      return {
        kind: 'judged',
        isAllowed,
        counted: [`${asked.kind === 'Pod' ? 'Pod' : 'workload'}: ${isAllowed ? 'let through' : 'refused'}`],
        enforced: isAllowed ? printSorted(podSpecOf(asked.kind, answer.body)) : tellRefusal(answer),
        reported: isRefused ? 'refused' : printSorted(podSpecOf(asked.kind, changed)),
      };
    };
    for (const asked of untilAsked) {
      await waitUntilAsked(JSON.stringify(asked), async () => {
        const answer = await ask({ kind: 'Pod', manifest: asked });
        return answer.kind === 'judged' && answer.enforced === answer.reported;
      });
    }
    return (seed, index) => {
      const { kind, manifest } = generatePodCase(seed, index, [usual]);
      const parts = kind === 'Pod' ? withToken(manifest, index) : manifest;
      return { what: kind, parts, ask: (smaller) => ask({ kind, manifest: smaller }) };
    };
  },
};

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
