/** Holds what Merlon says of generated pods against what Kubernetes says, word for word. */
import { forEachConcurrently } from '../bench/concurrently.ts';
import { generateCase, judgeManifest, judgeStored } from './differential-case.ts';
import type { DifferentialCase } from './differential-case.ts';
import { shrink } from '../support/shrink.ts';
import type { Json } from './generator.ts';
import type { PodSecurityOracle } from './oracle.ts';
import type { EvaluatorAnswer, KubernetesEvaluator, Question } from './oracle-evaluator.ts';

/** What Kubernetes said: of an object that it would not have taken at all, only why. */
export interface Reference {
  readonly text: string;
  readonly isCut: boolean;
  readonly invalid?: string;
  /** Absent where nobody stored anything. */
  readonly stored?: Json;
}

export type Ask = (asked: DifferentialCase) => Promise<Reference>;

export interface Disagreement {
  readonly asked: DifferentialCase;
  readonly kubernetes: string;
  readonly merlon: string;
  /** Whether Merlon saw what the API server made of it, or what a person wrote. */
  readonly input: 'stored object' | 'manifest';
}

export interface Tally {
  verdicts: number;
  allowed: number;
  /** Sentences of which only the beginning could be compared. */
  cut: number;
  /** What the API server does not take: its generator's fault. */
  invalid: number;
  readonly invalidExamples: string[];
  readonly byKind: Map<string, number>;
  /** How often each check refused, as Merlon names them. */
  readonly byCheck: Map<string, number>;
  /** The number of those that disagreed, in the order of their answers. */
  readonly disagreed: number[];
}

export function startTally(): Tally {
  const counts = { verdicts: 0, allowed: 0, cut: 0, invalid: 0 };
  return { ...counts, invalidExamples: [], byKind: new Map(), byCheck: new Map(), disagreed: [] };
}

/** A real API server. */
export function askServer(oracle: PodSecurityOracle): Ask {
  return async ({ policy, kind, manifest, ephemeralContainers }) => {
    const answer =
      kind !== 'Pod'
        ? await oracle.askWorkload(policy, kind, manifest)
        : ephemeralContainers === undefined
          ? await oracle.askPod(policy, manifest)
          : await oracle.askEphemeral(policy, manifest, ephemeralContainers);
    return answer.kind === 'invalid' ? { text: '', isCut: false, invalid: answer.message } : answer;
  };
}

/** Kubernetes' evaluator, for one case; see `compareWithEvaluator` for many. */
export function askEvaluator(evaluator: KubernetesEvaluator): Ask {
  return async (asked) => {
    const [answer] = await evaluator.ask([questionOf(asked)]);
    if (answer === undefined) throw new Error('no answer');
    return referenceOf(answer);
  };
}

/**
 * Compares the cases of a seed with the given numbers, many at a time.
 * @param minor that versions are clamped to
 */
export async function compareWithServer(
  { ask, minor, seed }: { ask: Ask; minor: number; seed: number },
  indexes: Iterable<number>,
  tally: Tally,
): Promise<void> {
  await forEachConcurrently(indexes, 32, async (index) => {
    const asked = generateCase(seed, index);
    count(tally, index, asked, await ask(asked), minor);
  });
}

/** The same with Kubernetes' evaluator alone. @param minor its own */
export async function compareWithEvaluator(
  { evaluator, minor, seed }: { evaluator: KubernetesEvaluator; minor: number; seed: number },
  indexes: readonly number[],
  tally: Tally,
): Promise<void> {
  const cases = indexes.map((index) => ({ index, asked: generateCase(seed, index) }));
  const answers = await evaluator.ask(cases.map(({ asked }) => questionOf(asked)));
  for (const [place, answer] of answers.entries()) {
    const made = cases[place];
    if (made !== undefined) count(tally, made.index, made.asked, referenceOf(answer), minor);
  }
}

/** The smallest part of a case that still disagrees. */
export async function shrinkDisagreement(
  { ask, minor }: { ask: Ask; minor: number },
  asked: DifferentialCase,
): Promise<Disagreement | undefined> {
  const judgeAgain = async (smaller: DifferentialCase) => findDisagreement(smaller, await ask(smaller), minor);
  const smallest = await shrink(
    { manifest: asked.manifest, ephemeralContainers: asked.ephemeralContainers ?? null },
    async (parts) => (await judgeAgain(withParts(asked, parts))) !== undefined,
  );
  return judgeAgain(withParts(asked, smallest));
}

function withParts({ policy, kind }: DifferentialCase, parts: Json): DifferentialCase {
  const manifest = (parts['manifest'] ?? {}) as Json;
  const ephemeralContainers = parts['ephemeralContainers'] as readonly Json[] | null | undefined;
  return { policy, kind, manifest, ...(ephemeralContainers && { ephemeralContainers }) };
}

function count(tally: Tally, index: number, asked: DifferentialCase, reference: Reference, minor: number): void {
  if (reference.invalid !== undefined) {
    tally.invalid += 1;
    if (tally.invalidExamples.length < 5) tally.invalidExamples.push(`number ${index}: ${reference.invalid}`);
    return;
  }
  tally.verdicts += 1;
  if (reference.text === '') tally.allowed += 1;
  if (reference.isCut) tally.cut += 1;
  add(tally.byKind, asked.ephemeralContainers === undefined ? asked.kind : 'Pod with ephemeral containers');
  const disagreement = findDisagreement(asked, reference, minor, (id) => {
    add(tally.byCheck, id);
  });
  if (disagreement !== undefined) tally.disagreed.push(index);
}

function findDisagreement(
  asked: DifferentialCase,
  { text, isCut, stored, invalid }: Reference,
  minor: number,
  onCheck: (id: string) => void = () => undefined,
): Disagreement | undefined {
  if (invalid !== undefined) return undefined;
  const isSame = (merlon: string) => (isCut ? merlon.startsWith(text) : merlon === text);
  const ofManifest = textOf(() => judgeManifest(asked, minor), onCheck);
  if (!isSame(ofManifest)) return { asked, kubernetes: text, merlon: ofManifest, input: 'manifest' };
  if (stored === undefined) return undefined;
  const ofStored = textOf(() => judgeStored(asked, stored, minor));
  return isSame(ofStored) ? undefined : { asked, kubernetes: text, merlon: ofStored, input: 'stored object' };
}

/** What Merlon says; an error of its own is nothing that Kubernetes would ever say. */
function textOf(
  judge: () => ReturnType<typeof judgeManifest>,
  onCheck: (id: string) => void = () => undefined,
): string {
  try {
    const { allowed, text, checks } = judge();
    for (const { id } of checks) onCheck(id);
    return allowed === (text === '') ? text : `allowed is ${String(allowed)}, but the text is ${JSON.stringify(text)}`;
  } catch (error) {
    return `Merlon threw: ${String(error)}`;
  }
}

function questionOf({ policy, kind, manifest, ephemeralContainers }: DifferentialCase): Question {
  const spec = manifest['spec'] as Json;
  if (kind === 'Pod') return { ...policy, pod: { ...manifest, spec: { ...spec, ephemeralContainers } } };
  const { template } = kind === 'CronJob' ? (spec['jobTemplate'] as { spec: Json }).spec : spec;
  return { ...policy, template: template as Json };
}

function referenceOf({ text, invalid }: EvaluatorAnswer): Reference {
  return { text, isCut: false, ...(invalid !== undefined && { invalid }) };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
