/**
 * What the API server is shown where a workload is made anew: what its owner declares, as it is written, and then pods, as
 * the policies in force will have set them. What runs is a pod that may come again, as others may have made it so.
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { keyOf } from '../../core/subject-ref.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';
import { isMirrorPod } from '../../core/token-mounts.ts';
import { workloadsOf } from '../../core/workload.ts';
import type { Workload } from '../../core/workload.ts';
import type { Predict } from './predicted-pod.ts';

export interface MadeAnew {
  /** Of the owner; none of a pod without one, and of an owner that is not read. */
  readonly templates: readonly PodTemplate[];
  /**
   * With the debug containers that were added to them: of each what it may come to be, which is more than one thing where
   * nobody knows what is set. None of a static pod, which is nobody's request.
   */
  readonly pods: readonly (readonly PodTemplate[])[];
}

/**
 * Of one namespace.
 * @param predictions what may become of a pod
 * @returns undefined for what is no workload there; good until the snapshot shows something else
 */
export function findMadeAnew(
  snapshot: Snapshot,
  namespace: string,
  predictions: readonly Predict[],
): (subject: SubjectRef) => MadeAnew | undefined {
  let workloads: ReadonlyMap<string, Workload> | undefined;
  const made = new Map<string, MadeAnew>();
  return (subject) => {
    const key = keyOf(subject);
    const known = made.get(key);
    if (known !== undefined) return known;
    workloads ??= new Map(workloadsOf(snapshot, namespace).map((one) => [keyOf(one.ref), one]));
    const workload = workloads.get(key);
    if (workload === undefined) return undefined;
    const anew = makeAnew(workload, predictions);
    made.set(key, anew);
    return anew;
  };
}

function makeAnew({ template, running }: Workload, predictions: readonly Predict[]): MadeAnew {
  const templates = template === undefined ? [] : [template];
  const pods = [...running.map((one) => one.template), ...templates].filter((one) => !isMirrorPod(one));
  return { templates, pods: pods.map((pod) => predictions.map((predict) => predict(pod))) };
}
