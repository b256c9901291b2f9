/** What one rule says of one subject, and what it says of a workload that runs several templates at once. */
import type { ConcernedPods, Outcome } from './finding.ts';
import type { CheckResult, Violation } from './rule.ts';
import { compareText } from './subject-ref.ts';
import type { RunningTemplate } from './workload.ts';

export interface Judgement {
  readonly outcome: Outcome;
  readonly message: string;
  readonly violations: readonly Violation[];
}

const NOTHING: readonly never[] = [];
export const NOTHING_RUNS: Judgement = { outcome: 'notApplicable', message: 'nothing runs', violations: NOTHING };
const PASS: Judgement = { outcome: 'pass', message: '', violations: NOTHING };

export function toJudgement(result: CheckResult): Judgement {
  if ('outcome' in result) return { outcome: result.outcome, message: result.reason, violations: NOTHING };
  const [first] = result;
  if (first === undefined) return PASS;
  const message = result.length === 1 ? first.message : `${first.message} (and ${result.length - 1} more)`;
  return { outcome: 'fail', message, violations: result };
}

export interface Effective {
  readonly judgement: Judgement;
  readonly pods?: ConcernedPods;
}

/** The worst of what runs: one failing revision fails the workload. The same in whatever order the pods are known. */
export function combine(judged: readonly (readonly [Judgement, RunningTemplate])[]): Effective {
  for (const outcome of ['fail', 'unknown', 'pass', 'notApplicable'] as const) {
    const some = judged.filter(([judgement]) => judgement.outcome === outcome);
    if (some.length === 0) continue;
    const judgements = some.map(([judgement]) => judgement).sort((a, b) => compareText(textOf(a), textOf(b)));
    const concerned = some.map(([, running]) => running);
    const total = judged.reduce((sum, [, { pods }]) => sum + pods, 0);
    return { judgement: mergeJudgements(judgements), pods: concernedPods(concerned, total) };
  }
  return { judgement: NOTHING_RUNS };
}

/** @param judgements of one outcome, at least one */
function mergeJudgements(judgements: readonly Judgement[]): Judgement {
  const [first = NOTHING_RUNS, ...others] = judgements;
  if (first.outcome !== 'fail' || others.length === 0) return first;
  const places = new Map(judgements.flatMap(({ violations }) => violations.map((v) => [placeOf(v), v] as const)));
  return toJudgement([...places.values()]);
}

function concernedPods(some: readonly RunningTemplate[], total: number): ConcernedPods {
  const concerned = some.reduce((sum, { pods }) => sum + pods, 0);
  const revisions = [...new Set(some.flatMap((one) => one.revisions))].sort(compareText);
  return concerned === total || revisions.length === 0 ? { concerned, total } : { concerned, total, revisions };
}

function textOf({ message, violations }: Judgement): string {
  return [message, ...violations.map(placeOf)].join('\n');
}

export function placeOf(violation: Violation): string {
  return `${violation.path}\n${violation.message}`;
}
