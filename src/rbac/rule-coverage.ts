/**
 * Whether rules grant all that others grant. Nobody may write a role, or bind one, whose rules their own do not cover.
 *
 * The rules to cover are taken apart into the smallest ones, and each of those must be covered by one rule of the owner:
 * so all verbs, listed one by one, do not cover `*`.
 *
 * Source: k8s.io/component-helpers v0.37.2, auth/rbac/validation/policy_comparator.go.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { matchesUrl } from './rule-matching.ts';

/** @returns the smallest rules of `rules` that no rule of the owner covers; none where all are */
export function findUncovered(owned: readonly PolicyRule[], rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const isCovered = (rule: PolicyRule): boolean => owned.some((one) => covers(one, rule));
  // What one rule covers as a whole, it covers in parts: most are, and taken apart they come by the hundred.
  return rules
    .filter((rule) => !isCovered(rule))
    .flatMap(breakDown)
    .filter((rule) => !isCovered(rule));
}

/** A rule of one verb on one resource, by one name or by every name; or on one URL. */
export function breakDown({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): readonly PolicyRule[] {
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name) => ({
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
  );
  const ofUrls = nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })));
  return [...ofResources, ...ofUrls];
}

/** Whether one rule covers another as a whole. */
export function covers(owned: PolicyRule, rule: PolicyRule): boolean {
  return (
    hasAll(owned.verbs, rule.verbs) &&
    hasAll(owned.apiGroups, rule.apiGroups) &&
    (rule.resources ?? []).every((resource) => coversResource(owned.resources, resource)) &&
    coversNames(owned.resourceNames, rule.resourceNames) &&
    (rule.nonResourceURLs ?? []).every((url) => owned.nonResourceURLs?.some((one) => matchesUrl(one, url)) === true)
  );
}

function hasAll(owned: readonly string[] = [], some: readonly string[] = []): boolean {
  return owned.includes('*') || some.every((one) => owned.includes(one));
}

function coversResource(owned: readonly string[] = [], resource: string): boolean {
  if (owned.includes('*') || owned.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash !== -1 && owned.includes(`*${resource.slice(slash)}`);
}

/** Every name is covered by every name alone. */
function coversNames(owned: readonly string[] = [], names: readonly string[] = []): boolean {
  if (owned.length === 0) return true;
  return names.length > 0 && names.every((name) => owned.includes(name));
}
