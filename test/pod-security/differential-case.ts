/** One question of the differential test, and what Merlon says to it. */
import { kinds } from '../../src/core/kinds.ts';
import type { PodTemplate } from '../../src/core/pod-template.ts';
import { project } from '../../src/core/project.ts';
import { fillDefaults } from '../../src/pod-security/defaulting.ts';
import { evaluatePodSecurity } from '../../src/pod-security/evaluate.ts';
import type { PodSecurityVerdict } from '../../src/pod-security/evaluate.ts';
import { clampVersion, parsePolicyVersion } from '../../src/pod-security/version.ts';
import { generatePod } from './generator.ts';
import type { Json } from './generator.ts';
import { chance, createDice, pick } from './generator-dice.ts';
import { buildWorkload, workloadKinds } from './generator-workloads.ts';
import type { WorkloadKind } from './generator-workloads.ts';
import type { Policy } from './oracle.ts';

export interface DifferentialCase {
  readonly policy: Policy;
  readonly kind: 'Pod' | WorkloadKind;
  /** As people write it, without a namespace. */
  readonly manifest: Json;
  /** Added to the pod once it exists. */
  readonly ephemeralContainers?: readonly Json[];
}

const versions: readonly string[] = [...Array.from({ length: 38 }, (_, minor) => `v1.${String(minor)}`), 'latest'];
/** That no server has yet. */
const futureVersions: readonly string[] = ['v1.38', 'v1.99'];

/** The same case for the same seed and index: mostly pods, some workloads, a few with ephemeral containers. */
export function generateCase(seed: number, index: number): DifferentialCase {
  const dice = createDice(~seed, index);
  const policy = generatePolicy(dice);
  const isTemplate = chance(dice, 0.2);
  const { metadata, spec, ephemeralContainers } = generatePod(seed, index, isTemplate);
  if (isTemplate) {
    const kind = pick(dice, workloadKinds);
    return { policy, kind, manifest: buildWorkload(kind, metadata, spec) };
  }
  const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'pod' }, spec };
  // They cost three requests more.
  const isDebugged = ephemeralContainers.length > 0 && chance(dice, 0.15);
  return { policy, kind: 'Pod', manifest, ...(isDebugged && { ephemeralContainers }) };
}

function generatePolicy(dice: ReturnType<typeof createDice>): Policy {
  const level = chance(dice, 0.02) ? 'privileged' : chance(dice, 0.55) ? 'restricted' : 'baseline';
  const version = chance(dice, 0.02) ? pick(dice, futureVersions) : pick(dice, versions);
  return { level, version: chance(dice, 0.1) ? 'latest' : version };
}

/** What Merlon says of a manifest before it is in a cluster. */
export function judgeManifest({ policy, kind, manifest, ephemeralContainers }: DifferentialCase, minor: number) {
  const whole =
    ephemeralContainers === undefined
      ? manifest
      : { ...manifest, spec: { ...(manifest['spec'] as Json), ephemeralContainers } };
  return judge(policy, readTemplate(kind, fillDefaults(kind, whole)), minor);
}

/** What Merlon says of an object as the API server holds it. */
export function judgeStored({ policy, kind }: DifferentialCase, stored: Json, minor: number): PodSecurityVerdict {
  return judge(policy, readTemplate(kind, stored), minor);
}

function judge({ level, version }: Policy, template: PodTemplate, minor: number): PodSecurityVerdict {
  const parsed = parsePolicyVersion(version);
  if (parsed === undefined) throw new Error(`no version: ${version}`);
  return evaluatePodSecurity(level, clampVersion(parsed, minor), template);
}

function readTemplate(kind: DifferentialCase['kind'], object: Json): PodTemplate {
  if (kind === 'Pod') return project(kinds.Pod.shape, object);
  if (kind === 'CronJob') return project(kinds.CronJob.shape, object).spec.jobTemplate.spec.template;
  return project(kinds[kind].shape, object).spec.template;
}
