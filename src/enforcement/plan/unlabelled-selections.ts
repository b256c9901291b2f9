/**
 * Workloads that select their pods by what the label of the exec guard is not. As soon as each pod gets the label their
 * controllers find none of those that they make, and make one more, without end. `exec-label.ts` refuses new ones; these
 * are older.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/batch/validation (a CronJob has no selector), and pkg/apis/core (that of a
 * ReplicationController is of labels which its template has).
 */
import { EXEC_LABEL } from '../../api/v1alpha1/group.ts';
import type { KindName, ObjectOf } from '../../core/kinds.ts';
import { readOr } from '../../core/shape.ts';
import type { Derivation, Snapshot } from '../../core/snapshot.ts';
import { compareText } from '../../core/subject-ref.ts';

export const selectingKinds = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
] as const satisfies readonly KindName[];

export type SelectingKind = (typeof selectingKinds)[number];

export interface UnlabelledSelection {
  readonly kind: SelectingKind;
  readonly namespace: string;
  readonly name: string;
  /** Who made it. */
  readonly owner: string | undefined;
}

const derivation: Derivation<ReadonlyMap<string, UnlabelledSelection>> = {
  reads: selectingKinds,
  build(snapshot) {
    const found = new Map<string, UnlabelledSelection>();
    for (const kind of selectingKinds) for (const object of snapshot.list(kind)) note(found, kind, object, true);
    return found;
  },
  update(known, changes) {
    const found = new Map(known);
    for (const { kind, before, after } of changes) {
      const selecting = selectingKinds.find((one) => one === kind);
      const object = after ?? before;
      if (selecting !== undefined && object !== undefined) note(found, selecting, object, after !== undefined);
    }
    return found;
  },
};

/** By kind and name; a ReplicaSet goes with its Deployment. @throws {NotObserved} */
export function findUnlabelledSelections(snapshot: Snapshot): readonly UnlabelledSelection[] {
  const found = snapshot.derive(derivation);
  return [...found.entries()]
    .filter(([, { owner }]) => owner === undefined || !found.has(owner))
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([, one]) => one);
}

function note(
  found: Map<string, UnlabelledSelection>,
  kind: SelectingKind,
  object: ObjectOf<KindName>,
  isThere: boolean,
): void {
  const { name, namespace = '', ownerReferences = [] } = (object as ObjectOf<SelectingKind>).metadata;
  const key = keyOf({ kind, name }, namespace);
  if (!isThere || !isUnlabelled(object as ObjectOf<SelectingKind>)) {
    found.delete(key);
    return;
  }
  const controller = ownerReferences.find((one) => one.controller === true);
  const owner = controller === undefined ? undefined : keyOf(controller, namespace);
  found.set(key, { kind, namespace, name, owner });
}

function keyOf({ kind, name }: { readonly kind: string; readonly name: string }, namespace: string): string {
  return `${kind} ${namespace} ${name}`;
}

function isUnlabelled(object: ObjectOf<SelectingKind>): boolean {
  return readOr(
    () => selectsUnlabelled(object),
    () => false,
  );
}

/**
 * As the API server takes none whose template it does not fit: with the label in the template it fits the pods, too.
 * @throws {MalformedField} of files
 */
export function selectsUnlabelled({ spec }: ObjectOf<SelectingKind>): boolean {
  const { selector, template } = spec;
  return (
    (selector?.matchExpressions ?? []).some(({ key }) => key === EXEC_LABEL) && !hasLabel(template.metadata?.labels)
  );
}

function hasLabel(labels: Readonly<Record<string, string>> | undefined): boolean {
  return labels !== undefined && Object.hasOwn(labels, EXEC_LABEL);
}
