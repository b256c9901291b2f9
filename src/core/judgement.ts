/** What one rule says of one subject, and what it says of a workload that runs several templates at once. */
import type { FactAttestation } from './evidence.ts';
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
  if (!isViolations(result)) return { outcome: result.outcome, message: result.reason, violations: NOTHING };
  if (result.length === 0) return PASS;
  return { outcome: 'fail', message: messageOf(result), violations: result };
}

/** In one sentence what breaks a rule. @param violations at least one */
export function messageOf(violations: readonly Violation[]): string {
  const [first] = violations;
  if (first === undefined) return '';
  return violations.length === 1 ? first.message : `${first.message} (and ${violations.length - 1} more)`;
}

function isViolations(result: CheckResult): result is readonly Violation[] {
  return Array.isArray(result);
}

/** Says of a verdict by whom the facts are attested that it was made from. */
export function markAttested(judgement: Judgement, attested: Iterable<FactAttestation>): Judgement {
  const said = [...new Set(Array.from(attested, (one) => one.said))].join('; ');
  if (said === '') return judgement;
  return { ...judgement, message: judgement.message === '' ? said : `${judgement.message}; ${said}` };
}

export interface Effective {
  readonly judgement: Judgement;
  readonly pods?: ConcernedPods;
}

/**
 * The worst of what runs: one failing revision fails the workload. The same in whatever order the pods are known.
 * @param judgements of what runs, one for each
 */
export function combine(judgements: readonly Judgement[], running: readonly RunningTemplate[]): Effective {
  for (const outcome of ['fail', 'unknown', 'pass', 'notApplicable'] as const) {
    const some = judgements.filter((judgement) => judgement.outcome === outcome);
    if (some.length === 0) continue;
    const concerned = running.filter((_, index) => judgements[index]?.outcome === outcome);
    const total = running.reduce((sum, { pods }) => sum + pods, 0);
    some.sort((a, b) => compareText(textOf(a), textOf(b)));
    return { judgement: mergeJudgements(some), pods: concernedPods(concerned, total) };
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

/**
 * What the owner's template declares is named where people can change it; the rest exists in the pods alone.
 * @param inTemplate what the same rule says of the owner's template: the same judgement where that is what was judged
 * @param templatePath where that template stands in its owner
 */
export function placeViolations(
  judgement: Judgement,
  inTemplate: Judgement,
  templatePath = 'spec.template',
): Judgement {
  const places = inTemplate === judgement ? undefined : new Set(inTemplate.violations.map(placeOf));
  const violations = judgement.violations.map((violation) =>
    violation.of !== 'subject' && places?.has(placeOf(violation)) !== false
      ? { ...violation, path: `${templatePath}.${violation.path}` }
      : violation,
  );
  return { ...judgement, violations };
}

function placeOf(violation: Violation): string {
  return `${violation.path}\n${violation.message}`;
}
