/** What single rules of a Role grant, matched as kube-apiserver's RBAC authorizer matches them. */
import type { ObjectOf, PolicyRule } from '../core/kinds.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** Case-sensitive equality or `*`; there are no other patterns. */
export function matchesVerb(rule: PolicyRule, verb: string): boolean {
  return rule.verbs.includes('*') || rule.verbs.includes(verb);
}

export function matchesGroup(rule: PolicyRule, group: string): boolean {
  return rule.apiGroups?.includes('*') === true || rule.apiGroups?.includes(group) === true;
}

/** A resource without subresource. */
export function matchesResource(rule: PolicyRule, resource: string): boolean {
  return rule.resources?.includes('*') === true || rule.resources?.includes(resource) === true;
}

/** An empty list of names means every name. */
export function isUnrestrictedByName(rule: PolicyRule): boolean {
  return (rule.resourceNames ?? []).length === 0;
}

/** Whether the rules of a role are not those of its manifest: in a cluster a controller puts those of other roles there. */
export function isFilledLater(role: ObjectOf<'ClusterRole'>, { isWholeCluster }: Snapshot): boolean {
  return !isWholeCluster && role.aggregationRule !== undefined;
}
