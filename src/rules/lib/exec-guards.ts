/**
 * Merlon's own exec guard, where it stands in a cluster. It is known by its text and by nothing else: what has its name and
 * another text, by another hand or another Merlon, may refuse anything or nothing, and counts for neither.
 */
import type { KindName } from '../../core/kinds.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { EXEC_GUARD_NAME } from '../../enforcement/plan/exec-guard.ts';
import {
  bindsByLabel,
  bindsEveryPod,
  isLabelKeeper,
  recogniseExecGuard,
} from '../../enforcement/plan/recognised-guard.ts';
import { validatorsOf } from './admission-reviewers.ts';
import type { Reviewer } from './admission-reviewers.ts';

type Labels = Readonly<Record<string, string>> | undefined;

export interface ExecGuards {
  /** Names of policies that are the guard, to the letter. */
  readonly names: readonly string[];
  readonly isGuard: (reviewer: Reviewer) => boolean;
  /**
   * Whether it spares a pod there that is as good as its node: one that had the label before somebody kept it honest.
   * @throws {NotObserved} where pods are not known, and it goes by the label
   */
  readonly isFooledIn: (reviewer: Reviewer, namespace: string) => boolean;
  /** Whether somebody was here whom we do not know, under the guard's name or with a binding that spares pods. */
  readonly isDoubtful: (reviewer: Reviewer) => boolean;
  /** Where nothing is refused, but written into the audit log. */
  readonly isRecordedIn: (labels: Labels) => boolean;
}

const kind = 'ValidatingAdmissionPolicy' satisfies KindName;
const bindingKind = 'ValidatingAdmissionPolicyBinding' satisfies KindName;

/** @throws {NotObserved} */
export function findExecGuards(snapshot: Snapshot): ExecGuards {
  const policies = [...snapshot.list(kind)];
  const own = policies
    .filter(({ spec }) => recogniseExecGuard(spec) !== undefined)
    .map(({ metadata }) => metadata.name);
  const bindings = [...snapshot.list(bindingKind)];
  const namesOf = (isWanted: typeof bindsEveryPod): readonly string[] =>
    bindings.filter(({ spec }) => spec !== undefined && isWanted(spec)).map(({ metadata }) => metadata.name);
  const whole = namesOf(bindsEveryPod);
  const byLabel = namesOf(bindsByLabel);
  const isHonest = byLabel.length === 0 ? () => false : findHonestLabels(snapshot);
  const isOwn = ({ kind: its, name }: Reviewer): boolean => its === kind && own.includes(name);
  const isSparing = (one: Reviewer): boolean =>
    isOwn(one) && byLabel.includes(one.binding ?? '') && isHonest(one.isAskedIn);
  const isGuard = (one: Reviewer): boolean => (isOwn(one) && whole.includes(one.binding ?? '')) || isSparing(one);
  const recorders = validatorsOf(snapshot, { operation: 'CONNECT', resource: 'pods/exec' }, 'Audit').filter(isGuard);
  return {
    names: own,
    isGuard,
    isFooledIn: (reviewer, namespace) => isSparing(reviewer) && snapshot.podAccess().hasWronglySparedPods(namespace),
    isDoubtful: (reviewer) =>
      reviewer.kind === kind &&
      !isGuard(reviewer) &&
      (own.includes(reviewer.name) || reviewer.name.startsWith(EXEC_GUARD_NAME)),
    isRecordedIn: (labels) => recorders.some(({ isAskedIn }) => isAskedIn(labels)),
  };
}

/**
 * Whether the label by which pods are spared says what they are, wherever a guard is asked.
 * @throws {NotObserved}
 */
function findHonestLabels(snapshot: Snapshot): (isAskedIn: Reviewer['isAskedIn']) => boolean {
  const keepers = [...snapshot.list(kind)]
    .filter(({ spec }) => isLabelKeeper(spec))
    .map(({ metadata }) => metadata.name);
  const inForce = validatorsOf(snapshot, { operation: 'CREATE', resource: 'pods' }).filter(
    (one) => one.kind === kind && keepers.includes(one.name),
  );
  const namespaces = [...snapshot.list('Namespace')].map(({ metadata }) => metadata.labels);
  return (isAskedIn) =>
    namespaces.filter(isAskedIn).every((labels) => inForce.some((keeper) => keeper.isAskedIn(labels)));
}
