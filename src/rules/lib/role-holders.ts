/** Who holds a role, as far as it matters: without whom Kubernetes itself gave it to, and whom it adds nothing to. */
import type { ObjectOf } from '../../core/kinds.ts';
import type { RbacSubject } from '../../core/rbac-shape.ts';
import { parseAccountName } from '../../core/principals.ts';
import type { RuleContext } from '../../core/rule.ts';
import type { BoundRole } from '../../core/snapshot.ts';
import { listSome } from '../../core/some-names.ts';
import { namespaceOf } from '../../rbac/authorizer.ts';
import { isPredefinedRole, isPredefinedSubject } from '../../rbac/predefined.ts';
import { MASTERS, SERVICE_ACCOUNTS } from '../../rbac/request.ts';
import { principalOf } from '../../rbac/subject-matching.ts';

export interface Holder {
  readonly bound: BoundRole;
  readonly subject: RbacSubject;
}

export interface Holders {
  /** By ClusterRoleBindings. */
  readonly everywhere: readonly Holder[];
  /** By RoleBindings, by their namespace. */
  readonly inNamespaces: ReadonlyMap<string, readonly Holder[]>;
}

/** Of the role that is judged. What somebody made of a role of Kubernetes' own is not what Kubernetes gave to anybody. */
export function findHolders(
  role: ObjectOf<'ClusterRole'>,
  { subject, snapshot }: Pick<RuleContext, 'subject' | 'snapshot'>,
): Holders {
  const minor = knownMinor(snapshot.podSecurityVersion());
  const kind = subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
  const isAsMade = isPredefinedRole({ kind, role }, minor);
  const bindings = snapshot.bindingsOf({ kind, namespace: subject.namespace ?? '', name: subject.name });
  const holders = bindings.flatMap((bound) =>
    (bound.binding.subjects ?? [])
      .filter((one) => isAnybody(one, namespaceOf(bound)) && !(isAsMade && isPredefinedSubject(bound, one, minor)))
      .map((one) => ({ bound, subject: one })),
  );
  return {
    everywhere: holders.filter(({ bound }) => bound.kind === 'ClusterRoleBinding'),
    inNamespaces: Map.groupBy(
      holders.filter(({ bound }) => bound.kind === 'RoleBinding'),
      ({ bound }) => namespaceOf(bound),
    ),
  };
}

/** system:masters is allowed everything before RBAC is asked, so that a binding adds nothing to it. */
function isAnybody(subject: RbacSubject, namespace: string): boolean {
  return principalOf(subject, namespace) !== undefined && !(subject.kind === 'Group' && subject.name === MASTERS);
}

/** Of files it is not known which release they are for. */
export function knownMinor(version: number): number | undefined {
  return Number.isFinite(version) ? version : undefined;
}

/** As many as are worth naming: the others are in the bindings. */
const mostNamed = 3;

/**
 * `User "jane", Group "devs" and 4 more`
 * @param ownNamespace the namespace whose readers will read it: what is in others is not named
 */
export function nameHolders(holders: readonly Holder[], ownNamespace: string | undefined): string {
  const names = [
    ...new Set(holders.map(({ bound, subject }) => nameSubject(subject, namespaceOf(bound), ownNamespace))),
  ];
  return listSome(names, mostNamed);
}

/** A user called like a service account is that account. */
function nameSubject(
  { kind, name, namespace }: RbacSubject,
  ofBinding: string,
  ownNamespace: string | undefined,
): string {
  if (kind === 'Group') {
    return isOfOthers(name, ownNamespace) ? OTHER_ACCOUNTS : `Group ${JSON.stringify(name)}`;
  }
  const named = kind === 'ServiceAccount' ? { namespace: namespace ?? ofBinding, name } : parseAccountName(name);
  if (named === undefined) return `${kind} ${JSON.stringify(name)}`;
  if (ownNamespace === undefined) return `ServiceAccount ${JSON.stringify(`${named.namespace}/${named.name}`)}`;
  return named.namespace === ownNamespace
    ? `ServiceAccount ${JSON.stringify(named.name)}`
    : 'a service account of another namespace';
}

export const OTHER_ACCOUNTS = 'the service accounts of another namespace';

/**
 * Whether a group is that of all service accounts of a namespace which readers of this one need not know of.
 * @param ownNamespace undefined where readers may know of all
 */
export function isOfOthers(group: string, ownNamespace: string | undefined): boolean {
  return (
    ownNamespace !== undefined &&
    group.startsWith(`${SERVICE_ACCOUNTS}:`) &&
    group !== `${SERVICE_ACCOUNTS}:${ownNamespace}`
  );
}

/** `ClusterRoleBinding "a"`, or that and how many others. */
export function nameBindings(holders: readonly Holder[]): string {
  const bindings = [...new Set(holders.map(({ bound }) => bound))];
  const [first] = bindings;
  if (first === undefined) return '';
  const name = `${first.kind} ${JSON.stringify(first.binding.metadata.name)}`;
  return bindings.length === 1 ? name : `${name} and ${bindings.length - 1} more`;
}
