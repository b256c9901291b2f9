/** One rule on one subject, with an outcome. */
import type { AnyRule, Cause, Violation } from './rule.ts';
import { rankOf, severities } from './severity.ts';
import type { Severity } from './severity.ts';
import { compareSubjects, compareText } from './subject-ref.ts';
import type { SubjectRef } from './subject-ref.ts';

/** `exempt` is a failure that somebody accepted. */
export type Outcome = 'pass' | 'fail' | 'notApplicable' | 'unknown' | 'exempt';

export interface Finding {
  readonly rule: AnyRule;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly subject: SubjectRef;
  /** The `metadata` of the object that was judged, by identity: who read it knows where it came from. */
  readonly origin?: object;
  /** Set where the subject has a namespace and the finding is the cluster's all the same: it is about more than that. */
  readonly posture?: 'cluster';
  /** One sentence: what is wrong, or why the rule does not apply or could not be decided; mostly empty for a pass. */
  readonly message: string;
  /** Where: what breaks the rule, or the malformed field that leaves it undecided; otherwise empty. */
  readonly violations: readonly Violation[];
  /** By what others may break the rule as well, where it is all by such: then it becomes a part of findings on these. */
  readonly shared?: readonly SharedViolation[];
  /** Who accepts it, where it is exempt: `HardeningExemption/web`. */
  readonly exemption?: string;
  /** Of a workload that runs: how many of its pods this is true of. */
  readonly pods?: ConcernedPods;
  /** Why the pod is its own subject although it names an owner. */
  readonly unverifiedOwner?: string;
  /** That the owner was believed, because objects of its kind are not read. */
  readonly assumedOwner?: string;
}

export interface SharedViolation {
  readonly subject: SubjectRef;
  readonly cause: Cause;
  /** Of the cause, as `keyOf` makes it. */
  readonly key: string;
  readonly severity: Severity;
}

export interface ConcernedPods {
  readonly concerned: number;
  readonly total: number;
  /** The revisions of the concerned ones, where others are not concerned. */
  readonly revisions?: readonly string[];
}

const outcomeRank: Readonly<Record<Outcome, number>> = { fail: 0, unknown: 1, exempt: 2, notApplicable: 3, pass: 4 };

/**
 * Worst first, and the same order for the same findings on every machine.
 *
 * They come by the thousand, of few rules, and mostly in the order of their subjects: sorted rule by rule, little is left
 * to compare, and nothing of a rule whose findings are those that were sorted the last time.
 */
export function sortFindings(findings: readonly Finding[], memory?: SortedFindings): readonly Finding[] {
  const groups = new Map<string, Finding[][]>();
  for (const finding of findings) {
    let ofRule = groups.get(finding.rule.id);
    if (ofRule === undefined) groups.set(finding.rule.id, (ofRule = []));
    (ofRule[rankOfFinding(finding)] ??= []).push(finding);
  }
  return [...groups]
    .flatMap(([id, ofRule]) => ofRule.map((group, rank) => ({ id, rank, group })))
    .sort((a, b) => a.rank - b.rank || compareText(a.id, b.id))
    .flatMap(({ id, rank, group }) => memory?.sort(`${rank} ${id}`, group) ?? sortBySubject(group));
}

function sortBySubject(group: readonly Finding[]): readonly Finding[] {
  return group.toSorted((a, b) => compareSubjects(a.subject, b.subject));
}

/** What was sorted last, of one scope: after a change most is as it was. */
export class SortedFindings {
  readonly #latest = new Map<string, { readonly group: readonly Finding[]; readonly sorted: readonly Finding[] }>();

  /** @param name of the group */
  sort(name: string, group: readonly Finding[]): readonly Finding[] {
    const latest = this.#latest.get(name);
    if (latest?.group.length === group.length && group.every((one, index) => one === latest.group[index])) {
      return latest.sorted;
    }
    const sorted = sortBySubject(group);
    this.#latest.set(name, { group, sorted });
    return sorted;
  }
}

/** By outcome, then by severity. */
function rankOfFinding({ outcome, severity }: Finding): number {
  return outcomeRank[outcome] * severities.length + rankOf(severity);
}
