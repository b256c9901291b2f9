/** Holds what an API server does under Merlon's policies against what Merlon says that it does, object by object. */
import { forEachConcurrently } from '../../bench/concurrently.ts';
import { shrink } from '../../support/shrink.ts';
import type { ComparedCase, GenerateCase, JudgedAnswer } from './family.ts';

export interface ComparisonTally {
  judged: number;
  allowed: number;
  /** Of which not all warnings may have arrived. */
  cut: number;
  /** What the API server does not take: its generator's fault. */
  invalid: number;
  readonly invalidExamples: string[];
  readonly counts: Map<string, number>;
  /** The number of those that differ, in the order of their answers. */
  readonly differing: number[];
}

export function startComparisonTally(): ComparisonTally {
  return { judged: 0, allowed: 0, cut: 0, invalid: 0, invalidExamples: [], counts: new Map(), differing: [] };
}

/** More of them under way make an API server on two cores no faster. */
const atOnce = 32;

export async function compareEnforcement(
  generate: GenerateCase,
  seed: number,
  indexes: Iterable<number>,
  tally: ComparisonTally,
): Promise<void> {
  await forEachConcurrently(indexes, atOnce, async (index) => {
    const asked = generate(seed, index);
    const answer = await asked.ask(asked.parts);
    if (answer.kind === 'invalid') {
      tally.invalid += 1;
      if (tally.invalidExamples.length < 5) tally.invalidExamples.push(`number ${index}: ${answer.message}`);
      return;
    }
    tally.judged += 1;
    if (answer.isAllowed) tally.allowed += 1;
    if (answer.isCut === true) tally.cut += 1;
    for (const one of answer.counted) tally.counts.set(one, (tally.counts.get(one) ?? 0) + 1);
    if (differs(answer)) tally.differing.push(index);
  });
}

function differs({ enforced, reported }: JudgedAnswer): boolean {
  return enforced !== reported;
}

/** The smallest part of a case that still differs, for people; undefined where nothing does when asked again. */
export async function shrinkDifference({ what, parts, ask }: ComparedCase): Promise<string | undefined> {
  const smallest = await shrink(parts, async (smaller) => {
    const answer = await ask(smaller);
    return answer.kind === 'judged' && differs(answer);
  });
  const answer = await ask(smallest);
  if (answer.kind === 'invalid' || !differs(answer)) return undefined;
  const { enforced, reported } = answer;
  return `${what}:\n${JSON.stringify(smallest)}\nenforced: ${enforced}\nreported: ${reported}\n`;
}

export function printComparisonTally(what: string, tally: ComparisonTally, seconds: number): string {
  const { judged, allowed, cut, invalid, invalidExamples, counts, differing } = tally;
  return [
    `${what}: ${judged} objects in ${seconds.toFixed(0)} s, ${differing.length} differ`,
    `  let through ${allowed}, refused ${judged - allowed}, not taken by the API server at all ${invalid}, with more warnings than there is room for ${cut}`,
    ...invalidExamples.map((example) => `    ${example}`),
    `  counted: ${printCounts(counts)}`,
    '',
  ].join('\n');
}

function printCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
}
