/** Which pods are a workload's, by name: grants may be limited to pods of single names. */
import { ownersIn } from '../../core/owners.ts';
import type { ObjectOf } from '../../core/kinds.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { keyOf } from '../../core/subject-ref.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';

/**
 * Whether one of the names is that of a pod of the workload.
 * @param counts which of its pods matter
 * @returns undefined where it is not known which names its pods will have
 * @throws {NotObserved}
 */
export function isOneOfPods(
  names: readonly string[],
  workload: SubjectRef,
  snapshot: Snapshot,
  counts: (pod: ObjectOf<'Pod'>) => boolean,
): boolean | undefined {
  const { kind, name, namespace = '' } = workload;
  // Of those the names are known before they run.
  if (kind === 'StatefulSet' && names.some((one) => ordinalOf(one, name) !== undefined)) return true;
  if (kind === 'Pod' && names.includes(name)) return true;
  if (!snapshot.isWholeCluster) {
    const isOpen = kind !== 'StatefulSet' && kind !== 'Pod' && names.some((one) => one.startsWith(`${name}-`));
    return isOpen ? undefined : false;
  }
  const owners = ownersIn(snapshot, namespace);
  return names.some((one) => {
    const pod = snapshot.get('Pod', namespace, one);
    return pod !== undefined && keyOf(owners.topOfPod(pod.metadata).ref) === keyOf(workload) && counts(pod);
  });
}

/** `0` of `web-0`, a pod of StatefulSet `web`. */
function ordinalOf(pod: string, statefulSet: string): string | undefined {
  const ordinal = pod.startsWith(`${statefulSet}-`) ? pod.slice(statefulSet.length + 1) : '';
  return /^\d+$/.test(ordinal) ? ordinal : undefined;
}
