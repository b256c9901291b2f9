/**
 * What is seen of pulls where they are set and nothing refuses otherwise: workloads that run with another policy. Whether they
 * are older than what sets it nobody can tell, as of pods no time is kept, and the label of a namespace has none.
 */
import { findContainers } from '../../core/containers.ts';
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { readOr } from '../../core/shape.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { SubjectRef } from '../../core/subject-ref.ts';
import { isMirrorPod } from '../../core/token-mounts.ts';
import { workloadsOf } from '../../core/workload.ts';
import { nameSubject } from '../../pod-security/pod-makers.ts';

/** @returns by kind and name; undefined where pods are not known */
export function findSeldomPulled(namespace: string, snapshot: Snapshot): readonly SubjectRef[] | undefined {
  if (!isReadable(snapshot.observation('Pod'))) return undefined;
  return workloadsOf(snapshot, namespace)
    .filter(({ running }) => running.some(({ template, pods }) => pods > 0 && isSeldomPulled(template)))
    .map(({ ref }) => ref);
}

/** A clause for people, of `findSeldomPulled`. @returns none where all are pulled each time */
export function describeSeldomPulled(found: readonly SubjectRef[] | undefined): readonly string[] {
  if (found === undefined) return ['whether pods here are pulled each time is not known'];
  const [first, ...others] = found;
  if (first === undefined) return [];
  const [who, older] = others.length === 0 ? ['runs', 'it is'] : [`and ${others.length} more run`, 'they are'];
  return [
    `${nameSubject(first)} ${who} with another imagePullPolicy than Always, which is set here: ${older} older, or somebody took it back`,
  ];
}

/** What cannot be read is told of elsewhere. */
function isSeldomPulled(pod: PodTemplate): boolean {
  return readOr(
    () =>
      !isMirrorPod(pod) &&
      (findContainers(pod, isNotAlways) !== undefined ||
        (pod.spec.volumes ?? []).some(({ image }) => image !== undefined && image.pullPolicy !== 'Always')),
    () => false,
  );
}

function isNotAlways({ imagePullPolicy }: Container): boolean {
  return imagePullPolicy !== 'Always';
}
