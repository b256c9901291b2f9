/** The pods that the exec guard keeps people out of, as far as they are there. */
import { validatingPolicySpec } from '../../core/admission-shape.ts';
import { isEscalating } from '../../core/pod-access.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { project } from '../../core/project.ts';
import { readOr } from '../../core/shape.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { compareText } from '../../core/subject-ref.ts';
import { workloadsOf } from '../../core/workload.ts';
import { EXEC_GUARD_NAME } from './exec-guard.ts';
import type { PlannedPolicy } from './planned-policy.ts';
import { recogniseExecGuard } from './recognised-guard.ts';

/** A pod, or in files what makes some. */
export interface ExecTarget {
  readonly kind: string;
  readonly name: string;
  /** Set where it cannot be read, so that nobody can tell. */
  readonly isUnread?: true;
}

/** @returns undefined where the guard is not planned, or pods are not known */
export function findExecTargets(
  policies: readonly PlannedPolicy[],
  namespace: string,
  snapshot: Snapshot,
): readonly ExecTarget[] | undefined {
  const guard = policies.find(({ name }) => name === EXEC_GUARD_NAME);
  if (guard?.kind !== 'ValidatingAdmissionPolicy' || !isReadable(snapshot.observation('Pod'))) return undefined;
  const countsNetwork = recogniseExecGuard(project(validatingPolicySpec, guard.spec))?.hostNetwork === true;
  const found = [...candidatesOf(snapshot, namespace)].flatMap(({ kind, name, template }): readonly ExecTarget[] =>
    readOr(
      () => (isEscalating(template().spec, countsNetwork) ? [{ kind, name }] : []),
      () => [{ kind, name, isUnread: true } as const],
    ),
  );
  return found.toSorted((a, b) => compareText(a.kind, b.kind) || compareText(a.name, b.name));
}

interface Candidate {
  readonly kind: string;
  readonly name: string;
  readonly template: () => PodTemplate;
}

function* candidatesOf(snapshot: Snapshot, namespace: string): Generator<Candidate> {
  for (const pod of snapshot.list('Pod', namespace)) {
    yield { kind: 'Pod', name: pod.metadata.name, template: () => pod };
  }
  // Nothing runs in files.
  if (snapshot.isWholeCluster) return;
  for (const { ref, template } of workloadsOf(snapshot, namespace)) {
    if (template !== undefined) yield { kind: ref.kind, name: ref.name, template: () => template };
  }
}
