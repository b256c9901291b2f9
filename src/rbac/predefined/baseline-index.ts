/** Baselines in a form in which one role or binding is found and compared quickly; each is built when it is first asked. */
import type { PolicyRule, RbacSubject } from '../../core/kinds.ts';
import { principalOf } from '../subject-matching.ts';
import { bindingKinds, roleKinds } from '../../core/rbac-kinds.ts';
import type { BindingKind, RoleKind } from '../../core/rbac-kinds.ts';
import { baselineMinors, baselineOf, kubeadmBaseline } from './baseline.ts';
import type { Baseline, BaselineBinding, BaselineRole, BaselineSubject } from './baseline.ts';

/** Who puts it there. */
export type Origin = { readonly by: 'Kubernetes'; readonly minor: number } | { readonly by: 'kubeadm' };

/** `Kubernetes 1.37`, or `kubeadm`. */
export function nameOrigin(origin: Origin): string {
  return origin.by === 'kubeadm' ? 'kubeadm' : `Kubernetes 1.${origin.minor}`;
}

/** A role as it is at least, and as it may be. */
export interface IndexedRole {
  readonly kind: RoleKind;
  readonly origin: Origin;
  readonly role: BaselineRole;
  /** With those that come behind feature gates. */
  readonly allowed: readonly PolicyRule[];
  /** Whether it is only there with some feature gate. */
  readonly isOptional: boolean;
}

export interface IndexedBinding {
  readonly kind: BindingKind;
  readonly origin: Origin;
  readonly binding: BaselineBinding;
  /** By `subjectKey`. */
  readonly subjects: ReadonlyMap<string, BaselineSubject>;
  readonly isOptional: boolean;
}

export interface BaselineIndex {
  readonly origin: Origin;
  /** By `objectKey`. */
  readonly roles: ReadonlyMap<string, IndexedRole>;
  readonly bindings: ReadonlyMap<string, IndexedBinding>;
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

const indexes = new Map<number, BaselineIndex>();
let kubeadm: BaselineIndex | undefined;

/** @returns undefined where no baseline was recorded of that minor version */
export function indexOf(minor: number): BaselineIndex | undefined {
  const known = indexes.get(minor);
  if (known !== undefined) return known;
  const baseline = baselineOf(minor);
  if (baseline === undefined) return undefined;
  const built = buildIndex(baseline, { by: 'Kubernetes', minor });
  indexes.set(minor, built);
  return built;
}

/** Of every minor version, the newest first. */
export function allIndexes(): readonly BaselineIndex[] {
  return baselineMinors.toReversed().flatMap((minor) => indexOf(minor) ?? []);
}

let everyKey: ReadonlySet<string> | undefined;

/** Whether something of that key is in any baseline: of most objects it is not, and nothing more has to be asked. */
export function isKnownKey(key: string): boolean {
  everyKey ??= new Set(
    [...allIndexes(), kubeadmIndex()].flatMap(({ roles, bindings }) => [...roles.keys(), ...bindings.keys()]),
  );
  return everyKey.has(key);
}

export function kubeadmIndex(): BaselineIndex {
  kubeadm ??= buildIndex(kubeadmBaseline, { by: 'kubeadm' });
  return kubeadm;
}

function buildIndex(baseline: Baseline, origin: Origin): BaselineIndex {
  const roles = new Map<string, IndexedRole>();
  const bindings = new Map<string, IndexedBinding>();
  for (const kind of roleKinds) {
    for (const role of baseline[kind]) {
      const allowed = role.rules ?? [];
      roles.set(keyOf(kind, role), { kind, origin, role, allowed, isOptional: false });
    }
    for (const gated of baseline.gated[kind]) {
      const key = keyOf(kind, gated);
      const always = roles.get(key);
      const allowed = [...(always?.allowed ?? []), ...(gated.rules ?? [])];
      roles.set(key, { kind, origin, role: always?.role ?? gated, allowed, isOptional: always === undefined });
    }
  }
  for (const kind of bindingKinds) {
    const gated = new Set(baseline.gated[kind]);
    for (const binding of [...baseline[kind], ...gated]) {
      const subjects = new Map((binding.subjects ?? []).map((one) => [subjectKey(one, ''), one]));
      const isOptional = gated.has(binding);
      const key = keyOf(kind, binding);
      // With a gate on a binding may have other subjects than without: those that are always there must stay.
      if (!bindings.has(key)) bindings.set(key, { kind, origin, binding, subjects, isOptional });
    }
  }
  return { origin, roles, bindings };
}

function keyOf(kind: RoleKind | BindingKind, { namespace = '', name }: BaselineRole | BaselineBinding): string {
  return objectKey(kind, namespace, name);
}
