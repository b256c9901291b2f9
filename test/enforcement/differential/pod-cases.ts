/** Pods and workloads of the differential test of enforcement, and which rules Merlon says that they break. */
import { kinds } from '../../../src/core/kinds.ts';
import type { PodTemplate } from '../../../src/core/pod-template.ts';
import { project } from '../../../src/core/project.ts';
import { templateContextOf } from '../../../src/core/rule-contexts.ts';
import { fillDefaults } from '../../../src/pod-security/defaulting.ts';
import {
  chance,
  createDice,
  demanded,
  optional,
  pick,
  pickSome,
  pickValue,
} from '../../pod-security/generator-dice.ts';
import type { Dice } from '../../pod-security/generator-dice.ts';
import { generatePod } from '../../pod-security/generator.ts';
import type { Json } from '../../pod-security/generator.ts';
import { buildWorkload, workloadKinds } from '../../pod-security/generator-workloads.ts';
import type { WorkloadKind } from '../../pod-security/generator-workloads.ts';
import { ruleSets } from './rule-sets.ts';
import type { RuleSet } from './rule-sets.ts';

export interface PodCase {
  readonly set: RuleSet;
  readonly kind: 'Pod' | WorkloadKind;
  /** As people write it, without a namespace. */
  readonly manifest: Json;
  /** Added to the pod once it exists. */
  readonly ephemeralContainers?: readonly Json[];
}

/** The same for the same seed and index: mostly pods, some workloads, a few with ephemeral containers. */
export function generatePodCase(seed: number, index: number, sets = ruleSets): PodCase {
  const dice = createDice(~seed, index);
  const set = pick(dice, sets);
  const isTemplate = chance(dice, 0.3);
  const generated = generatePod(seed, index, isTemplate);
  const spec = completeSpec(dice, generated.spec);
  if (isTemplate) {
    const kind = pick(dice, workloadKinds);
    return { set, kind, manifest: buildWorkload(kind, generated.metadata, spec) };
  }
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { ...generated.metadata, name: 'pod' }, spec };
  const ephemeralContainers = generated.ephemeralContainers.map((container) => withPullPolicy(dice, container));
  const isDebugged = ephemeralContainers.length > 0 && chance(dice, 0.15);
  return { set, kind: 'Pod', manifest, ...(isDebugged && { ephemeralContainers }) };
}

/** What Pod Security has no check for. */
export function completeSpec(dice: Dice, spec: Json): Json {
  return withPullPolicies(dice, withImages(dice, withGroups(dice, spec)));
}

const groups = { good: [1, 5, 1000, 2000, 2147483647], bad: [0, 2001] };

function withGroups(dice: Dice, spec: Json): Json {
  if ((spec['os'] as Json | undefined)?.['name'] === 'windows' || chance(dice, 0.3)) return spec;
  const group = () => optional(dice, 0.4, () => pickValue(dice, groups));
  const securityContext = {
    ...(spec['securityContext'] as Json | undefined),
    runAsGroup: group(),
    fsGroup: group(),
    supplementalGroups: optional(dice, 0.4, () => pickSome(dice, [...groups.good, ...groups.bad], 3, true)),
    supplementalGroupsPolicy: optional(dice, 0.4, () => pick(dice, ['Strict', 'Merge'])),
  };
  return withContainers({ ...spec, securityContext: clean(securityContext) }, (container) =>
    chance(dice, 0.6)
      ? container
      : { ...container, securityContext: clean({ ...(container['securityContext'] as Json), runAsGroup: group() }) },
  );
}

const images = {
  good: ['registry.example.com/web:1', 'web:v1.2', `web@sha256:${'a'.repeat(64)}`, 'localhost:5000/a/b:x_1'],
  bad: [
    ...['web', 'web:latest', 'registry.example.com/web', 'registry.example.com:5000/web', 'docker.io/web:latest'],
    ...['UPPER/web:latest', 'Web:1', 'a//b', ':1', 'web:', 'my_host.x/web', '[::1]:5000/web', 'a'.repeat(64)],
    ...[
      'web:1@',
      `web:latest@sha256:${'a'.repeat(64)}`,
      'web@sha256:a',
      `${'a/'.repeat(127)}bc`,
      `x.y/${'a'.repeat(255)}`,
    ],
    ...["web:v'", 'ä', 'a b', 'a\nb', 'x_y.z:1/web', 'index.docker.io/web', 'localhost/web:latest'],
  ],
};

function withImages(dice: Dice, spec: Json): Json {
  if (chance(dice, 0.6)) return spec;
  return withContainers(spec, (container) => ({ ...container, image: pickValue(dice, images) }));
}

const pullPolicies = { good: ['Always'], bad: ['IfNotPresent', 'Never'] };

function withPullPolicies(dice: Dice, spec: Json): Json {
  const volumes = (spec['volumes'] as readonly Json[] | null | undefined)?.map((volume) =>
    volume['image'] === undefined
      ? volume
      : { ...volume, image: { ...(volume['image'] as Json), pullPolicy: pickPullPolicy(dice) } },
  );
  return withContainers({ ...spec, ...(volumes && { volumes }) }, (container) => withPullPolicy(dice, container));
}

function withPullPolicy(dice: Dice, container: Json): Json {
  return clean({ ...container, imagePullPolicy: pickPullPolicy(dice) });
}

/** Not said as often as somebody is careless. */
function pickPullPolicy(dice: Dice): string | null | undefined {
  return demanded(dice, () => pickValue(dice, pullPolicies));
}

function withContainers(spec: Json, change: (container: Json) => Json): Json {
  const [initContainers, containers] = ['initContainers', 'containers'].map((list) =>
    (spec[list] as readonly Json[] | undefined)?.map(change),
  );
  return clean({ ...spec, initContainers, containers });
}

function clean(json: Json): Json {
  return JSON.parse(JSON.stringify(json)) as Json;
}

/** The ids of the rules that fail, in the order of the set. @param minor of the API server that judges */
export function findBroken(
  { set, kind }: Pick<PodCase, 'set' | 'kind'>,
  object: Json,
  minor: number,
): readonly string[] {
  const template = templateOf(kind, object);
  return set.rules.flatMap(({ rule, params }) => {
    if (rule.subject !== 'Workload') return [];
    const result = rule.check(template, templateContextOf(params, minor));
    const isBroken = !('outcome' in result) && result.some(({ severity }) => set.refusesNoted || severity !== 'info');
    return isBroken ? rule.id : [];
  });
}

/** What the manifest is in the cluster. */
export function completeManifest({ kind, manifest, ephemeralContainers }: PodCase): Json {
  const whole =
    ephemeralContainers === undefined
      ? manifest
      : { ...manifest, spec: { ...(manifest['spec'] as Json), ephemeralContainers } };
  return fillDefaults(kind, whole);
}

/** The pod that it is, or that it makes. */
export function templateOf(kind: PodCase['kind'], object: Json): PodTemplate {
  if (kind === 'Pod') return project(kinds.Pod.shape, object);
  if (kind === 'CronJob') return project(kinds.CronJob.shape, object).spec.jobTemplate.spec.template;
  return project(kinds[kind].shape, object).spec.template;
}
