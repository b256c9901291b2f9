/** A finding of what a rule said of a subject. */
import type { ScopedExpectation } from './expectation.ts';
import type { ConcernedPods, Finding, SharedViolation } from './finding.ts';
import type { Judgement } from './judgement.ts';
import { apiVersionOf, kinds } from './kinds.ts';
import type { KindName } from './kinds.ts';
import type { SelectedRule } from './policy.ts';
import type { Violation } from './rule.ts';
import { rankOf } from './severity.ts';
import type { Severity } from './severity.ts';
import type { Snapshot } from './snapshot.ts';
import { keyOf } from './subject-ref.ts';
import type { SubjectRef } from './subject-ref.ts';
import type { Scope } from './scope.ts';

/** What a finding says of its subject besides its name. */
export type Details = Pick<Finding, 'origin' | 'posture' | 'unverifiedOwner' | 'assumedOwner'>;

export function toFinding(
  selected: SelectedRule,
  { outcome, message, violations }: Judgement,
  subject: SubjectRef,
  { origin, posture, unverifiedOwner, assumedOwner }: Details = {},
  pods?: ConcernedPods,
): Finding {
  const { rule } = selected;
  const severity = selected.severity ?? worstOf(violations, rule.severity);
  // One after the other: they come by the thousand, and spreading an object for each field costs more than all else.
  const finding: Writable<Finding> = { rule, severity, outcome, subject, message, violations };
  if (origin !== undefined) finding.origin = origin;
  if (posture !== undefined) finding.posture = posture;
  if (pods !== undefined && pods.total > 0) finding.pods = pods;
  if (unverifiedOwner !== undefined) finding.unverifiedOwner = unverifiedOwner;
  if (assumedOwner !== undefined) finding.assumedOwner = assumedOwner;
  if (violations[0]?.cause !== undefined) finding.shared = sharedOf(subject, violations, selected);
  return finding;
}

/** @param violations all with a cause */
function sharedOf(
  subject: SubjectRef,
  violations: readonly Violation[],
  { rule, severity }: SelectedRule,
): readonly SharedViolation[] {
  return violations.flatMap(({ cause, severity: own = rule.severity }) =>
    cause === undefined ? [] : [{ subject, cause, key: keyOf(cause.subject), severity: severity ?? own }],
  );
}

/** An expectation may say what it is worth. */
export function gradedBy({ severity }: ScopedExpectation, selected: SelectedRule): SelectedRule {
  return severity === undefined ? selected : { ...selected, severity };
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Of the rule itself where no place says otherwise. */
function worstOf(violations: readonly Violation[], ofRule: Severity): Severity {
  let worst: Severity | undefined;
  for (const { severity = ofRule } of violations) {
    if (worst === undefined || rankOf(severity) < rankOf(worst)) worst = severity;
  }
  return worst ?? ofRule;
}

/** Subjects of that kind may exist and nobody could list them: the rule is undecided for the whole scope. */
export function unlistedFinding(selected: SelectedRule, scope: Scope, kind: KindName, snapshot: Snapshot): Finding {
  const { plural, group } = kinds[kind];
  const subject: SubjectRef =
    scope === 'cluster'
      ? { apiVersion: apiVersionOf(kinds[kind]), kind, name: '*' }
      : { apiVersion: apiVersionOf(kinds[kind]), kind, namespace: scope.namespace, name: '*' };
  const resource = group === '' ? plural : `${plural}.${group}`;
  const message = `${resource} could not be listed: ${snapshot.observation(kind).message}`;
  return toFinding(selected, { outcome: 'unknown', message, violations: [] }, subject);
}
