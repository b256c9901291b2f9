/** Pods, debug containers and workloads that a set of rules refuses, under the policies that are made of those rules. */
import { oldestMinors } from '../../../src/enforcement/plan/planned-policy.ts';
import type { Json } from '../../pod-security/generator.ts';
import type { Answer, ComparedCase, ComparedFamily } from './family.ts';
import { completeManifest, findBroken, generatePodCase } from './pod-cases.ts';
import type { PodCase } from './pod-cases.ts';
import { namespacesOf, PodOracle } from './pod-oracle.ts';
import type { PodAnswer } from './pod-oracle.ts';
import { pulls, ruleSets } from './rule-sets.ts';
import type { RuleSet } from './rule-sets.ts';

export const refusedPods = compareSets('pod-security', ruleSets, 32);
/** As before Kubernetes 1.36 and wherever nothing may be set. */
export const refusedPulls = compareSets('image-pulls, refused', [pulls], 14);

function compareSets(name: string, sets: readonly RuleSet[], part: number): ComparedFamily {
  return {
    name,
    part,
    oldestMinor: oldestMinors.ValidatingAdmissionPolicy,
    namespaces: namespacesOf(sets),
    aims: () => [...new Set(sets.flatMap(({ rules }) => rules.map(({ rule }) => rule.id)))],
    async open(room) {
      const oracle = await PodOracle.open(room, sets);
      return (seed, index) => compareCase(oracle, generatePodCase(seed, index, sets), room.cluster.minor);
    },
  };
}

function compareCase(oracle: PodOracle, asked: PodCase, minor: number): ComparedCase {
  const { set, kind, manifest, ephemeralContainers } = asked;
  return {
    what: `${kind} under the rules "${set.name}"`,
    parts: { manifest, ...(ephemeralContainers && { ephemeralContainers }) },
    async ask(parts) {
      const smaller = { set, kind, ...parts, manifest: (parts['manifest'] ?? {}) as Json } satisfies PodCase;
      const answer = await oracle.ask(smaller);
      return answer.kind === 'invalid' ? answer : holdAgainstRules(smaller, answer, minor);
    },
  };
}

/** Warned about are all rules that fail, refused for the first: of what was written, and of what was stored. */
function holdAgainstRules(
  asked: PodCase,
  { warned, isCut, denied, stored }: Extract<PodAnswer, { kind: 'judged' }>,
  minor: number,
): Answer {
  const objects = dropsImageVolume(asked, minor) ? [stored] : [stored, completeManifest(asked)];
  const enforced = JSON.stringify({ warned, denied });
  const told = objects.map((object) => {
    const broken = tryToFindBroken(asked, object, minor);
    return JSON.stringify({ warned: isCut ? broken.slice(0, warned.length) : broken, denied: broken[0] });
  });
  return {
    kind: 'judged',
    isAllowed: denied === undefined,
    isCut,
    counted: [asked.ephemeralContainers === undefined ? asked.kind : 'Pod with ephemeral containers', ...warned],
    enforced,
    reported: told.find((one) => one !== enforced) ?? enforced,
  };
}

/** Whether the API server takes no notice of a field that the manifest has: volumes from images are on from 1.35. */
function dropsImageVolume({ manifest }: PodCase, minor: number): boolean {
  return minor < 35 && JSON.stringify(manifest).includes('"image":{');
}

/** An error of Merlon's is nothing that an API server would ever refuse for. */
function tryToFindBroken(asked: PodCase, object: Json, minor: number): readonly string[] {
  try {
    return findBroken(asked, object, minor);
  } catch (error) {
    return [`Merlon threw: ${String(error)}`];
  }
}
