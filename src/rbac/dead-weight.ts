/**
 * What the authorizer allows and nobody can make use of: it does not know which resources have namespaces, so it says yes
 * to what a RoleBinding grants of cluster-wide ones, and no such request can be made.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { BoundRole } from '../core/snapshot.ts';
import { namespaceOf } from './authorizer.ts';
import { findDeadGrants, isDeadRule } from './dead-grants.ts';
import type { DeadGrant, HeldRule } from './dead-grants.ts';
import type { ResourceRequest } from './request.ts';

/** @returns undefined for what is not known */
export type IsNamespaced = (group: string, resource: string) => boolean | undefined;

/** @returns why no such request can be made; undefined where it can, or where that is not known */
export function explainDeadWeight(
  bound: BoundRole,
  { verb, group, resource, subresource, name }: ResourceRequest,
  isNamespaced: IsNamespaced,
): string | undefined {
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const asked: PolicyRule = { verbs: [verb], apiGroups: [group], resources: [full] };
  const held = heldBy(bound, isNamespaced);
  if (isDeadRule(asked, held)) {
    const [first] = findDeadGrants(asked, '', held);
    return first === undefined ? undefined : `${first.what}: ${first.reason}`;
  }
  const namespace = namespaceOf(bound);
  // A request for one namespace is a request within it.
  return group === '' && resource === 'namespaces' && namespace !== '' && name !== '' && name !== namespace
    ? `of namespaces a RoleBinding grants its own, "${namespace}"`
    : undefined;
}

/** What of a permission is of no use. */
export interface DeadWeight {
  /** Whether nothing of it is of any. */
  readonly isWhole: boolean;
  readonly parts: readonly Pick<DeadGrant, 'what' | 'reason'>[];
}

/** What its holder holds where a rule counts, this one among it. */
export type HeldBesides = Required<Pick<HeldRule, 'beside' | 'mayHoldMore'>>;

/** @param rule one of those that the binding grants */
export function findDeadWeight(
  bound: BoundRole,
  rule: PolicyRule,
  besides: HeldBesides,
  isNamespaced: IsNamespaced,
): DeadWeight | undefined {
  const held = { ...heldBy(bound, isNamespaced), ...besides };
  const parts = findDeadGrants(rule, '', held).map(({ what, reason }) => ({ what, reason }));
  return parts.length === 0 ? undefined : { isWhole: isDeadRule(rule, held), parts };
}

function heldBy({ kind }: BoundRole, isNamespaced: IsNamespaced): HeldRule {
  return {
    held: kind === 'RoleBinding' ? 'namespace' : 'cluster',
    isClusterScoped: (group, resource) => {
      const known = isNamespaced(group, resource);
      return known === undefined ? undefined : !known;
    },
  };
}
