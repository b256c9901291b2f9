/**
 * Baselines in a form in which one role or binding is found and compared quickly, built when it is first asked. What several
 * releases make alike is in it once: to look at all of them costs hardly more than to look at one.
 */
import type { PolicyRule, RbacSubject } from '../../core/rbac-shape.ts';
import { principalOf } from '../subject-matching.ts';
import { bindingKinds, roleKinds } from '../../core/rbac-kinds.ts';
import type { BindingKind, RoleKind } from '../../core/rbac-kinds.ts';
import { baselineMinors, kubeadmBaseline, sharedObjects } from './baseline.ts';
import type { BaselineBinding, BaselineName, BaselineRole, BaselineSubject } from './baseline-objects.ts';
import { shareObjects } from './shared-objects.ts';
import type { SharedObject, SharedObjects } from './shared-objects.ts';

/** Who puts it there. */
export type Origin = { readonly by: 'Kubernetes'; readonly minor: number } | { readonly by: 'kubeadm' };

/** `Kubernetes 1.37`, or `kubeadm`. */
export function nameOrigin(origin: Origin): string {
  return origin.by === 'kubeadm' ? 'kubeadm' : `Kubernetes 1.${origin.minor}`;
}

/** What some releases make alike. */
export interface Indexed {
  /** Of several releases the newest. */
  readonly origin: Origin;
  /** Every minor version of Kubernetes that makes it so, the newest first. */
  readonly minors: readonly number[];
  /** Whether it is only there with some feature gate. */
  readonly isOptional: boolean;
}

/** A role as it is at least, and as it may be. */
export interface IndexedRole extends Indexed {
  readonly kind: RoleKind;
  readonly role: BaselineRole;
  /** With those that come behind feature gates. */
  readonly allowed: readonly PolicyRule[];
}

export interface IndexedBinding extends Indexed {
  readonly kind: BindingKind;
  readonly binding: BaselineBinding;
  /** By `subjectKey`. */
  readonly subjects: ReadonlyMap<string, BaselineSubject>;
}

/** By `objectKey`, all that goes by it: what the newest release makes comes first. */
export interface BaselineIndex {
  readonly roles: ReadonlyMap<string, readonly IndexedRole[]>;
  readonly bindings: ReadonlyMap<string, readonly IndexedBinding[]>;
}

/** @param namespace empty for what has none */
export function objectKey(kind: RoleKind | BindingKind, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** The same for subjects that mean the same: a service account and the user of its name are one. */
export function subjectKey(subject: RbacSubject, bindingNamespace: string): string {
  const principal = principalOf(subject, bindingNamespace);
  if (principal === undefined) return `nobody/${subject.kind}/${subject.namespace ?? ''}/${subject.name}`;
  return `${principal.isGroup ? 'group' : 'user'}/${principal.name}`;
}

let kubernetes: BaselineIndex | undefined;
let kubeadm: BaselineIndex | undefined;

/** Of every minor version. */
export function kubernetesIndex(): BaselineIndex {
  kubernetes ??= buildIndex(
    sharedObjects(),
    baselineMinors.toReversed().map((minor) => ({ minor, origin: { by: 'Kubernetes', minor } })),
  );
  return kubernetes;
}

export function kubeadmIndex(): BaselineIndex {
  // Of no minor version: there is one baseline for all.
  const minor = 0;
  kubeadm ??= buildIndex(shareObjects([{ minor, baseline: kubeadmBaseline }]), [{ minor, origin: { by: 'kubeadm' } }]);
  return kubeadm;
}

/** Who makes what has that minor version among the shared objects. */
interface Maker {
  readonly minor: number;
  readonly origin: Origin;
}

function buildIndex(objects: SharedObjects, makers: readonly Maker[]): BaselineIndex {
  return {
    roles: indexObjects(roleKinds, objects, makers, toIndexedRole),
    bindings: indexObjects(bindingKinds, objects, makers, toIndexedBinding),
  };
}

/** What goes by one key, and who makes it so. */
interface Variant<Kind, T> extends Indexed {
  readonly kind: Kind;
  readonly minors: number[];
  readonly object: T;
  /** What there is besides, of an object that is always there, with feature gates. */
  readonly gated: T | undefined;
}

function indexObjects<Kind extends RoleKind | BindingKind, T extends BaselineName, Entry>(
  kinds: readonly Kind[],
  objects: Readonly<Record<Kind, readonly SharedObject<T>[]>>,
  makers: readonly Maker[],
  toEntry: (variant: Variant<Kind, T>) => Entry,
): ReadonlyMap<string, readonly Entry[]> {
  const index = new Map<string, readonly Entry[]>();
  for (const kind of kinds) {
    const keyOf = ({ object: { namespace = '', name } }: SharedObject<T>): string => objectKey(kind, namespace, name);
    for (const [key, namesakes] of Map.groupBy(objects[kind], keyOf)) {
      index.set(key, findVariants(kind, namesakes, makers).map(toEntry));
    }
  }
  return index;
}

function findVariants<Kind, T>(
  kind: Kind,
  namesakes: readonly SharedObject<T>[],
  makers: readonly Maker[],
): readonly Variant<Kind, T>[] {
  const variants: Variant<Kind, T>[] = [];
  for (const { minor, origin } of makers) {
    const always = namesakes.find(({ minors }) => minors.includes(minor))?.object;
    const withGates = namesakes.find(({ gated }) => gated.includes(minor))?.object;
    const object = always ?? withGates;
    if (object === undefined) continue;
    const isOptional = always === undefined;
    const gated = isOptional ? undefined : withGates;
    let variant = variants.find((one) => one.object === object && one.isOptional === isOptional && one.gated === gated);
    if (variant === undefined) {
      variant = { kind, origin, minors: [], isOptional, object, gated };
      variants.push(variant);
    }
    if (origin.by === 'Kubernetes') variant.minors.push(minor);
  }
  return variants;
}

function toIndexedRole({ object: role, gated, ...variant }: Variant<RoleKind, BaselineRole>): IndexedRole {
  return { ...variant, role, allowed: [...(role.rules ?? []), ...(gated?.rules ?? [])] };
}

/** With a gate on a binding may have other subjects than without: those that are always there must stay. */
function toIndexedBinding({
  object: binding,
  gated: _,
  ...variant
}: Variant<BindingKind, BaselineBinding>): IndexedBinding {
  const subjects = new Map((binding.subjects ?? []).map((one) => [subjectKey(one, ''), one]));
  return { ...variant, binding, subjects };
}
