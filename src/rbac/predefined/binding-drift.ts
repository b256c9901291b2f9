/** How a binding differs from what Kubernetes creates under its name: whom it binds, and to what. */
import type { ObjectOf } from '../../core/kinds.ts';
import type { RbacSubject, RoleRef } from '../../core/rbac-shape.ts';
import { kubernetesIndex, objectKey, subjectKey } from './baseline-index.ts';
import type { IndexedBinding, Origin } from './baseline-index.ts';
import type { BindingKind } from '../../core/rbac-kinds.ts';
import type { BaselineSubject } from './baseline-objects.ts';
import { claimOf } from './name-claim.ts';
import type { Claim } from './name-claim.ts';
import { selectBaselines } from './select-baseline.ts';
import type { ClusterMinor } from './select-baseline.ts';

export interface NamedBinding {
  readonly kind: BindingKind;
  readonly binding: ObjectOf<'RoleBinding'>;
}

/** A subject that the baseline does not have, by its place; `minor` is that of another release that has it. */
export interface AddedSubject {
  readonly index: number;
  readonly subject: RbacSubject;
  readonly minor?: number;
}

export type BindingComparison =
  | { readonly status: 'notPredefined' }
  | { readonly status: 'unchanged'; readonly origin: Origin }
  | {
      readonly status: 'changed';
      readonly origin: Origin;
      readonly added: readonly AddedSubject[];
      readonly removed: readonly BaselineSubject[];
    }
  | { readonly status: 'impostor'; readonly claim: Claim }
  /** It has the name of one, and binds to another role. */
  | { readonly status: 'impostor'; readonly claim: 'binding'; readonly expected: Pick<RoleRef, 'kind' | 'name'> }
  | { readonly status: 'unknown'; readonly reason: string };

/** @throws {MalformedField} */
export function compareBinding({ kind, binding }: NamedBinding, minor: ClusterMinor): BindingComparison {
  const { name, namespace = '' } = binding.metadata;
  const key = objectKey(kind, namespace, name);
  const selected = selectBaselines(minor, ({ bindings }) => bindings.get(key), claimOf(binding.metadata));
  if (!('found' in selected)) return selected;
  let first: BindingComparison | undefined;
  for (const baseline of selected.found) {
    const comparison = diffBinding(binding, namespace, baseline);
    if (comparison.status === 'unchanged') return comparison;
    first ??= comparison;
  }
  return first?.status === 'changed'
    ? { ...first, added: first.added.map((one) => attribute(one, key, namespace)) }
    : (first ?? { status: 'notPredefined' });
}

function diffBinding(
  binding: ObjectOf<'RoleBinding'>,
  namespace: string,
  { binding: expected, subjects: known, origin }: IndexedBinding,
): BindingComparison {
  const { roleRef, subjects = [] } = binding;
  if (roleRef.kind !== expected.roleRef.kind || roleRef.name !== expected.roleRef.name) {
    return { status: 'impostor', claim: 'binding', expected: expected.roleRef };
  }
  const present = new Set(subjects.map((subject) => subjectKey(subject, namespace)));
  const added = subjects
    .map((subject, index) => ({ subject, index }))
    .filter(({ subject }) => !known.has(subjectKey(subject, namespace)));
  const removed = [...known].filter(([key]) => !present.has(key)).map(([, subject]) => subject);
  if (added.length === 0 && removed.length === 0) return { status: 'unchanged', origin };
  return { status: 'changed', origin, added, removed };
}

function attribute(added: AddedSubject, key: string, namespace: string): AddedSubject {
  const subject = subjectKey(added.subject, namespace);
  const earlier = kubernetesIndex()
    .bindings.get(key)
    ?.find(({ subjects }) => subjects.has(subject));
  return earlier?.origin.by === 'Kubernetes' ? { ...added, minor: earlier.origin.minor } : added;
}
