/** Holds what an API server refuses under Merlon's policies against what Merlon's rules say of the same object. */
import { forEachConcurrently } from '../bench/concurrently.ts';
import type { Json } from '../pod-security/generator.ts';
import { shrink } from '../support/shrink.ts';
import { completeManifest, findBroken, generatePodCase } from './pod-cases.ts';
import type { PodCase } from './pod-cases.ts';
import type { PodAnswer, PodOracle } from './pod-oracle.ts';

export interface Difference {
  readonly asked: PodCase;
  readonly enforced: string;
  readonly reported: string;
}

export interface EnforcementTally {
  judged: number;
  allowed: number;
  /** Of which not all warnings may have arrived. */
  cut: number;
  /** What the API server does not take: its generator's fault. */
  invalid: number;
  readonly invalidExamples: string[];
  readonly byKind: Map<string, number>;
  readonly byRule: Map<string, number>;
  /** The number of those that differ, in the order of their answers. */
  readonly differing: number[];
}

export function startEnforcementTally(): EnforcementTally {
  const counts = { judged: 0, allowed: 0, cut: 0, invalid: 0 };
  return { ...counts, invalidExamples: [], byKind: new Map(), byRule: new Map(), differing: [] };
}

export interface EnforcementRun {
  readonly oracle: PodOracle;
  readonly minor: number;
  readonly seed: number;
}

export async function compareEnforcement(
  { oracle, minor, seed }: EnforcementRun,
  indexes: Iterable<number>,
  tally: EnforcementTally,
): Promise<void> {
  await forEachConcurrently(indexes, 32, async (index) => {
    const asked = generatePodCase(seed, index);
    const answer = await oracle.ask(asked);
    if (answer.kind === 'invalid') {
      tally.invalid += 1;
      if (tally.invalidExamples.length < 5) tally.invalidExamples.push(`number ${index}: ${answer.message}`);
      return;
    }
    tally.judged += 1;
    if (answer.denied === undefined) tally.allowed += 1;
    if (answer.isCut) tally.cut += 1;
    add(tally.byKind, asked.ephemeralContainers === undefined ? asked.kind : 'Pod with ephemeral containers');
    for (const rule of answer.warned) add(tally.byRule, rule);
    if (findDifference(asked, answer, minor) !== undefined) tally.differing.push(index);
  });
}

/** The smallest part of a case that still differs. */
export async function shrinkDifference(
  { oracle, minor, seed }: EnforcementRun,
  index: number,
): Promise<Difference | undefined> {
  const asked = generatePodCase(seed, index);
  const ask = async (smaller: PodCase): Promise<Difference | undefined> => {
    const answer = await oracle.ask(smaller);
    return answer.kind === 'invalid' ? undefined : findDifference(smaller, answer, minor);
  };
  const smallest = await shrink(
    { manifest: asked.manifest, ephemeralContainers: asked.ephemeralContainers ?? null },
    async (parts) => (await ask(withParts(asked, parts))) !== undefined,
  );
  return ask(withParts(asked, smallest));
}

function withParts({ set, kind }: PodCase, parts: Json): PodCase {
  const manifest = (parts['manifest'] ?? {}) as Json;
  const ephemeralContainers = parts['ephemeralContainers'] as readonly Json[] | null | undefined;
  return { set, kind, manifest, ...(ephemeralContainers && { ephemeralContainers }) };
}

type Judged = Extract<PodAnswer, { kind: 'judged' }>;

/** Warned about are all rules that fail, refused for the first: of what was written, and of what was stored. */
function findDifference(
  asked: PodCase,
  { warned, isCut, denied, stored }: Judged,
  minor: number,
): Difference | undefined {
  const enforced = JSON.stringify({ warned, denied });
  const objects = dropsImageVolume(asked, minor) ? [stored] : [stored, completeManifest(asked)];
  for (const object of objects) {
    const broken = tryToFindBroken(asked, object, minor);
    const told = isCut ? broken.slice(0, warned.length) : broken;
    if (JSON.stringify({ warned: told, denied: broken[0] }) !== enforced) {
      return { asked, enforced, reported: JSON.stringify(broken) };
    }
  }
  return undefined;
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

export function printEnforcementTally(what: string, tally: EnforcementTally, seconds: number): string {
  const { judged, allowed, cut, invalid, invalidExamples, byKind, byRule, differing } = tally;
  return [
    `${what}: ${judged} objects in ${seconds.toFixed(0)} s, ${differing.length} differ`,
    `  let through ${allowed}, refused ${judged - allowed}, not taken by the API server at all ${invalid}, with more warnings than there is room for ${cut}`,
    ...invalidExamples.map((example) => `    ${example}`),
    `  asked as: ${printCounts(byKind)}`,
    `  refused for: ${printCounts(byRule)}`,
    '',
  ].join('\n');
}

export function printDifference({ asked, enforced, reported }: Difference): string {
  const { set, kind, manifest, ephemeralContainers } = asked;
  return [
    `${kind} under the rules "${set.name}":`,
    JSON.stringify(manifest),
    ...(ephemeralContainers === undefined ? [] : [`ephemeral containers: ${JSON.stringify(ephemeralContainers)}`]),
    `enforced: ${enforced}`,
    `reported: ${reported}`,
    '',
  ].join('\n');
}

function printCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
