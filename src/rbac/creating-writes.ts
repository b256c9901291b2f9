/**
 * What creates an object by its name. A plain create names nothing, so that a rule with names does not grant it; but whoever
 * applies what is not there, or updates it where that creates, is asked whether they may create it, by its name, besides
 * whether they may patch or update it.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/handlers/{patch,update}.go; k8s.io/kubernetes v1.37.2, the strategies
 * under pkg/registry whose AllowCreateOnUpdate is true.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { isBuiltInGroup } from './api-resources.ts';
import { isUnrestrictedByName, matchesGroup, matchesResource, matchesVerb } from './rule-matching.ts';

export type CreatingVerb = 'patch' | 'update';

const APPLY: readonly CreatingVerb[] = ['patch'];
const EITHER: readonly CreatingVerb[] = ['patch', 'update'];

/** Of what Kubernetes serves, by group: an update of what is not there creates it. */
const createdByUpdate: Readonly<Record<string, readonly string[]>> = {
  '': ['endpoints', 'events', 'limitranges', 'services'],
  'coordination.k8s.io': ['leases'],
  'events.k8s.io': ['events'],
  'node.k8s.io': ['runtimeclasses'],
  'rbac.authorization.k8s.io': ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
};

/**
 * Of what an extension serves it is not known, and of everything it is true of something.
 * @param group `*` for any
 * @param resource plural, without a subresource; `*` for any
 */
export function creatingVerbs(group: string, resource: string): readonly CreatingVerb[] {
  if (group === '*' || resource === '*' || !isBuiltInGroup(group)) return EITHER;
  return createdByUpdate[group]?.includes(resource) === true ? EITHER : APPLY;
}

/**
 * Whether rules let somebody write what has that name so that it is created, if they may create it.
 * @param group `*` where any will do
 */
export function mayWriteNew(name: string, group: string, resource: string, rules: readonly PolicyRule[]): boolean {
  const verbs = creatingVerbs(group, resource);
  return rules.some(
    (rule) =>
      verbs.some((verb) => matchesVerb(rule, verb)) &&
      (group === '*' || matchesGroup(rule, group)) &&
      matchesResource(rule, resource) &&
      (isUnrestrictedByName(rule) || rule.resourceNames?.includes(name) === true),
  );
}

/** `patch`, or `patch or update` */
export function listCreatingVerbs(group: string, resource: string): string {
  return creatingVerbs(group, resource).join(' or ');
}
