/**
 * Names in a rule that no request to the API server has: it compares them as they are, so that what looks like a pattern
 * grants nothing, but for the few things that are called so.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation/mode.go; k8s.io/kubernetes v1.37.2,
 * pkg/certauthorization/certauthorization.go.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { matchesGroup, matchesResource, matchesVerb } from './rule-matching.ts';

/**
 * @param rule that the name stands in
 * @returns why no request has such a name; undefined where one may have
 */
export function nameProblem(name: string, rule: PolicyRule): string | undefined {
  const isLiteral = name === '*' ? mayAskForStar(rule) : !name.includes('*') || mayHoldStar(rule);
  return isLiteral ? undefined : 'names are no patterns; without resourceNames every name is meant';
}

/** Constrained impersonation asks for a literal star where it cannot ask for one name. */
function mayAskForStar(rule: PolicyRule): boolean {
  if (!matchesGroup(rule, 'authentication.k8s.io')) return false;
  if (matchesVerb(rule, 'impersonate:associated-node') && matchesResource(rule, 'nodes')) return true;
  return (
    matchesVerb(rule, 'impersonate:user-info') &&
    (matchesResource(rule, 'groups') || (rule.resources ?? []).some((one) => one === '*' || isOf(one, 'userextras')))
  );
}

/** Signers are asked for by `example.com/*`, and these have names that are nearly free text. */
const FREELY_NAMED = [
  ...['signers', 'users', 'groups', 'uids', 'userextras'],
  ...['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
] as const;

function mayHoldStar({ resources = [] }: PolicyRule): boolean {
  return resources.some((one) => one.startsWith('*') || FREELY_NAMED.some((name) => isOf(one, name)));
}

function isOf(resource: string, name: string): boolean {
  return resource === name || resource.startsWith(`${name}/`);
}
