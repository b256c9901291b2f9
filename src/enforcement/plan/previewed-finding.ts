/** One thing that is there, and what would be said of it were it made anew under the policies that are planned. */
import type { Finding } from '../../core/finding.ts';
import type { AnyRule } from '../../core/rule.ts';
import { apiVersionOf, kinds } from '../../core/kinds.ts';
import type { KindName } from '../../core/kinds.ts';
import { isBindingKind, isRoleKind } from '../../core/rbac-kinds.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';

/** Of a guard that is made of no rule, the id is the name of its family. */
export type PreviewedSubject = Pick<Finding, 'subject' | 'message' | 'violations' | 'exemption'> & {
  readonly rule: Pick<AnyRule, 'id'>;
};

export interface PreviewedFinding {
  readonly finding: PreviewedSubject;
  /** Set where only the one fails: what is declared, or what runs now, which admission may have made so. */
  readonly only?: 'declared' | 'running';
}

/** What guards that are made of no rule would say of what is there. */
export interface GuardFindings {
  readonly refused: readonly PreviewedFinding[];
  /** Of which nobody can tell. */
  readonly undecided: readonly PreviewedFinding[];
}

/** Objects of a kind may be there, and nobody could list them. */
export function undecidedKind(
  family: string,
  kind: KindName,
  namespace: string | undefined,
  snapshot: Snapshot,
): PreviewedFinding {
  const { plural } = kinds[kind];
  const subject: SubjectRef = {
    apiVersion: apiVersionOf(kinds[kind]),
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name: '*',
  };
  const message = `${plural} could not be listed: ${snapshot.observation(kind).message}`;
  return { finding: { rule: { id: family }, subject, message, violations: [] } };
}

/** What they are all called: roles and bindings are no workloads. */
export function nameRefused(subjects: readonly Pick<SubjectRef, 'kind'>[]): 'workload' | 'object' {
  return subjects.some(({ kind }) => isRoleKind(kind) || isBindingKind(kind)) ? 'object' : 'workload';
}
