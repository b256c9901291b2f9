/**
 * Pods that a policy changes as they are made, each created on trial where it does and where it does not: what comes back
 * is what Merlon says will come back, and passes the rules that it is set for, unless the pod itself says otherwise.
 */
import { kinds } from '../../../src/core/kinds.ts';
import { MIRROR_ANNOTATION } from '../../../src/core/pod-shape.ts';
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { project } from '../../../src/core/project.ts';
import { isMirrorPod } from '../../../src/core/token-mounts.ts';
import type { FamiliesChoice, FurtherFamily } from '../../../src/enforcement/plan/chosen-families.ts';
import { planFamilies } from '../../../src/enforcement/plan/chosen-families.ts';
import { buildManifests, oldestMinors } from '../../../src/enforcement/plan/planned-policy.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { Cluster } from '../../support/cluster.ts';
import { chance, createDice } from '../../pod-security/generator-dice.ts';
import { generatePod } from '../../pod-security/generator.ts';
import type { Json } from '../../pod-security/generator.ts';
import { everyRule } from './every-rule.ts';
import { createPolicies, DRY_RUN, isInvalid, messageOf, waitUntilAsked } from './family.ts';
import type { Answer, ComparedFamily, Room } from './family.ts';
import { completeSpec } from './pod-cases.ts';

export interface ChangingPolicy {
  readonly family: FurtherFamily;
  readonly part: number;
  readonly aims: readonly string[];
  /** Whether a pod that says nothing has been changed. */
  readonly isChanged: (spec: Json) => boolean;
  /** @param plain as the API server stores it where nothing is set */
  readonly predict: (plain: PodTemplate) => PodTemplate;
  /**
   * @returns what the pod stands for in the count, and what the rules still find in it though the pod does not say so
   * itself
   */
  readonly judge: (
    plain: PodTemplate,
    changed: PodTemplate,
  ) => { readonly counted: readonly string[]; readonly unexplained: readonly string[] };
}

export function compareChanges({ family, part, aims, isChanged, predict, judge }: ChangingPolicy): ComparedFamily {
  const [plainly, changing] = [`${family}-plain`, `${family}-changed`];
  return {
    name: family,
    part,
    oldestMinor: oldestMinors.MutatingAdmissionPolicy,
    namespaces: { [plainly]: 'warn', [changing]: 'deny' },
    aims: () => aims,
    async open(room) {
      const { cluster } = room;
      // A token's volume has another name in each pod.
      for (const namespace of [plainly, changing]) await refuseTokens(cluster, namespace);
      await createPolicies(cluster, planRoom(room, family));
      const create = (namespace: string, pod: Json) =>
        cluster.client.resource<Json>('v1', 'pods', namespace).create(pod, DRY_RUN);
      await waitUntilAsked(family, async () => isChanged((await create(changing, silentPod)).body['spec'] as Json));
      const ask = async (pod: Json): Promise<Answer> => {
        const plain = await create(plainly, pod);
        if (isInvalid(plain)) return { kind: 'invalid', message: messageOf(plain) };
        const changed = await create(changing, pod);
        if (plain.status !== 201 || changed.status !== 201) {
          const told = [plain, changed].map((one) => `${one.status} ${messageOf(one)}`);
          const isAllowed = changed.status === 201;
          return { kind: 'judged', isAllowed, counted: [], enforced: told.join(', '), reported: 'taken in both' };
        }
        const [before, after] = [plain.body, changed.body].map((body) => project(kinds.Pod.shape, body));
        if (before === undefined || after === undefined) throw new Error('no answer');
        const { counted, unexplained } = judge(before, after);
        const predicted = predict(plain.body as unknown as PodTemplate);
        return {
          kind: 'judged',
          isAllowed: true,
          counted: [...counted, ...(isMirrorPod(before) ? ['static pods'] : [])],
          enforced: printSorted({ spec: changed.body['spec'], unexplained }),
          reported: printSorted({ spec: predicted.spec, unexplained: [] }),
        };
      };
      return (seed, index) => ({ what: 'Pod', parts: generateChangedPod(seed, index), ask });
    },
  };
}

async function refuseTokens({ client }: Cluster, namespace: string): Promise<void> {
  const accounts = client.resource('v1', 'serviceaccounts', namespace);
  bodyOf('patch', await accounts.patch('default', { automountServiceAccountToken: false }));
}

/** All that the family puts in force, as it is printed for this API server. */
export function planRoom(room: Room, family: FurtherFamily, over: Partial<FamiliesChoice> = {}) {
  return buildManifests(planFamilies({ ...chooseFamilies(room, [family]), ...over }, everyRule).policies);
}

export function chooseFamilies(
  { cluster, breakGlassGroups, keptOut }: Room,
  families: readonly FurtherFamily[],
): FamiliesChoice {
  return {
    families,
    modes: { withoutLabel: 'off', keptOut },
    breakGlassGroups,
    minor: cluster.minor,
    defaults: undefined,
    tokenSecrets: false,
    clusterAdmins: undefined,
    clusterRbac: 'off',
  };
}

const silentPod: Json = { metadata: { name: 'silent' }, spec: { containers: [{ name: 'main', image: 'main:1' }] } };

function generateChangedPod(seed: number, index: number): Json {
  const { metadata, spec } = generatePod(seed, index, false);
  const dice = createDice(~seed, index);
  const pod = { metadata: { ...metadata, name: 'pod' }, spec: completeSpec(dice, spec) };
  return chance(dice, 0.06) ? asMirror(pod) : pod;
}

/** As the kubelet makes it of a static pod, which may name nothing that is in the cluster. */
function asMirror({ metadata, spec }: { readonly metadata: Json; readonly spec: Json }): Json {
  const { volumes: _, ...others } = spec;
  const annotations = { ...(metadata['annotations'] as Json | undefined), [MIRROR_ANNOTATION]: 'a' };
  return { metadata: { ...metadata, annotations }, spec: { ...others, nodeName: 'node' } };
}

/** JSON that does not depend on the order of fields. */
export function printSorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
