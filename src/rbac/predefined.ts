/**
 * What Kubernetes itself put there, by content: names and labels prove nothing, whoever may write an object chooses them.
 * For rules that would otherwise find what every cluster has.
 */
import type { ObjectOf } from '../core/kinds.ts';
import type { RbacSubject } from '../core/rbac-shape.ts';
import { kubeadmIndex, kubernetesIndex, objectKey, subjectKey } from './predefined/baseline-index.ts';
import type { BaselineIndex, Indexed } from './predefined/baseline-index.ts';
import type { NamedBinding } from './predefined/binding-drift.ts';
import { baselineMinors, baselineOf } from './predefined/baseline.ts';
import type { BaselineName } from './predefined/baseline-objects.ts';
import { bindingKinds, roleKinds } from '../core/rbac-kinds.ts';
import type { BindingKind, RoleKind } from '../core/rbac-kinds.ts';
import type { NamedRole } from './predefined/role-drift.ts';
import type { ClusterMinor } from './predefined/select-baseline.ts';
import { ANONYMOUS_USER, AUTHENTICATED, SERVICE_ACCOUNTS, UNAUTHENTICATED } from './request.ts';
import { findUncovered } from './rule-coverage.ts';

/**
 * Whether Kubernetes, or kubeadm, bound this subject by this binding. It says nothing of the role: whoever suppresses a
 * grant asks `isPredefinedRole` of what it grants as well.
 * @param minor of the cluster; where it is not known, or no baseline of it is, any baseline will do
 * @throws {MalformedField}
 */
export function isPredefinedSubject(
  { kind, binding }: NamedBinding,
  subject: RbacSubject,
  minor?: ClusterMinor,
): boolean {
  const { name, namespace = '' } = binding.metadata;
  const key = objectKey(kind, namespace, name);
  return listMade(minor, ({ bindings }) => bindings.get(key)).some(
    (made) =>
      made.binding.roleRef.name === binding.roleRef.name &&
      made.binding.roleRef.kind === binding.roleRef.kind &&
      made.subjects.has(subjectKey(subject, namespace)),
  );
}

/** By role, by minor version: roles are asked for once for each of their bindings. */
const verdicts = new WeakMap<ObjectOf<'ClusterRole'>, Map<ClusterMinor, boolean>>();

/**
 * Whether a role grants nothing that Kubernetes, or kubeadm, does not give to the role of that name. Of an aggregated one
 * that is said of the rules that it has; it may be less.
 * @param minor as for `isPredefinedSubject`
 * @throws {MalformedField}
 */
export function isPredefinedRole({ kind, role }: NamedRole, minor?: ClusterMinor): boolean {
  const known = verdicts.get(role)?.get(minor);
  if (known !== undefined) return known;
  const key = objectKey(kind, role.metadata.namespace ?? '', role.metadata.name);
  const verdict = listMade(minor, ({ roles }) => roles.get(key)).some(({ allowed }) =>
    (role.rules ?? []).every((rule) => findUncovered(allowed, [rule]).length === 0),
  );
  const ofRole = verdicts.get(role) ?? new Map<ClusterMinor, boolean>();
  verdicts.set(role, ofRole.set(minor, verdict));
  return verdict;
}

/** What its own release makes, or any where no baseline of that is known; then what kubeadm adds. */
function listMade<Found extends Indexed>(
  minor: ClusterMinor,
  find: (index: BaselineIndex) => readonly Found[] | undefined,
): readonly Found[] {
  const ofAny = find(kubernetesIndex()) ?? [];
  const isKnown = minor !== undefined && baselineMinors.includes(minor);
  return [...(isKnown ? ofAny.filter(({ minors }) => minors.includes(minor)) : ofAny), ...(find(kubeadmIndex()) ?? [])];
}

export interface MissingObject extends BaselineName {
  readonly kind: RoleKind | BindingKind;
}

/**
 * What Kubernetes creates and is not there.
 * @param exists whether an object is there
 * @returns undefined where there is no baseline of that minor version
 */
export function findMissing(
  minor: number,
  isWanted: (object: MissingObject) => boolean,
  exists: (object: MissingObject) => boolean,
): readonly MissingObject[] | undefined {
  const baseline = baselineOf(minor);
  return baseline === undefined
    ? undefined
    : [...roleKinds, ...bindingKinds]
        .flatMap((kind) => baseline[kind].map((object) => nameOf(kind, object)))
        .filter((object) => isWanted(object) && !exists(object));
}

function nameOf(kind: RoleKind | BindingKind, { namespace, name }: BaselineName): MissingObject {
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

/** Groups that everybody is in, or every service account: what they hold needs no further grant. */
const publicGroups: readonly string[] = [UNAUTHENTICATED, AUTHENTICATED, SERVICE_ACCOUNTS];

/** Whether it means everybody: who needs no credential, who has any, or every pod with a token. */
export function isPublicSubject({ kind, name }: Pick<RbacSubject, 'kind' | 'name'>): boolean {
  return (kind === 'Group' && publicGroups.includes(name)) || (kind === 'User' && name === ANONYMOUS_USER);
}

/** Whether Kubernetes itself binds everybody to it. */
export function isHeldByPublic({ kind, role }: NamedRole): boolean {
  return kubernetesIndex()
    .bindings.values()
    .some((made) =>
      made.some(
        ({ binding: { namespace, roleRef, subjects = [] } }) =>
          roleRef.kind === kind &&
          roleRef.name === role.metadata.name &&
          (kind === 'ClusterRole' || namespace === role.metadata.namespace) &&
          subjects.some(isPublicSubject),
      ),
    );
}

/** Whether Kubernetes creates roles or bindings in that namespace. */
export function hasPredefined(namespace: string): boolean {
  return kubernetesIndex()
    .roles.values()
    .some((made) => made.some(({ role }) => role.namespace === namespace));
}
