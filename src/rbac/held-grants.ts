/** What a subject holds: binding by binding, in an order that is the same on every machine. */
import { compareBindings } from '../core/object-snapshot.ts';
import type { ExpectedSubject } from '../core/expectation.ts';
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { Authorizer, Grant } from './authorizer.ts';
import { namespaceOf } from './authorizer.ts';
import { requesterOf as requesterOfIdentity } from './identity.ts';
import { ANONYMOUS_USER, serviceAccount, UNAUTHENTICATED } from './request.ts';
import type { Requester } from './request.ts';

/** One binding of a subject. */
export interface HeldGrant {
  readonly grant: Grant;
  /** Empty for a ClusterRoleBinding. */
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  /** Why it may grant more than these. */
  readonly doubt?: string;
}

/** Who asks: of a group, somebody who is in it and in nothing that does not follow from it. */
export function requesterOf({ kind, namespace, name, groups }: ExpectedSubject): Requester {
  if (kind === 'ServiceAccount') return serviceAccount(namespace ?? '', name);
  if (kind === 'User') {
    const own = requesterOfIdentity({ type: 'User', name });
    return name === ANONYMOUS_USER ? own : { user: name, groups: [...new Set([...(groups ?? []), ...own.groups])] };
  }
  if (name === UNAUTHENTICATED) return { user: ANONYMOUS_USER, groups: [name] };
  return requesterOfIdentity({ type: 'Group', name });
}

/** Every binding of the requester in any namespace, ClusterRoleBindings first. */
export function heldGrantsOf(authorizer: Authorizer, requester: Requester): readonly HeldGrant[] {
  const principals = [
    { name: requester.user, isGroup: false },
    ...requester.groups.map((name) => ({ name, isGroup: true })),
  ];
  const namespaces = new Set(principals.flatMap((principal) => [...authorizer.grantsTo(principal).keys()]));
  // With a namespace the cluster-wide ones come, too.
  const grants = new Set<Grant>();
  const seen = new Set<object>();
  for (const namespace of namespaces.size === 0 ? [''] : namespaces) {
    for (const grant of authorizer.grantsOf(requester, namespace)) {
      if (!seen.has(grant.bound.binding)) grants.add(grant);
      seen.add(grant.bound.binding);
    }
  }
  return [...grants].sort((a, b) => compareBindings(a.bound, b.bound)).map((grant) => toHeldGrant(authorizer, grant));
}

function toHeldGrant(authorizer: Authorizer, grant: Grant): HeldGrant {
  const namespace = namespaceOf(grant.bound);
  const { rules = [], doubt } = authorizer.rulesOfBinding(grant.bound) ?? {};
  // A request for a URL has no namespace, so that no RoleBinding grants it.
  const live = namespace === '' ? rules : rules.filter((rule) => (rule.resources ?? []).length > 0);
  const held = { grant, namespace, rules: live };
  return doubt === undefined ? held : { ...held, doubt };
}
