/**
 * What single rules of a Role grant, matched as kube-apiserver's RBAC authorizer matches them: by equality, upper and
 * lower case told apart, and with few wildcards. `pods/*` and `*.k8s.io` are none of them.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/rbac/v1/evaluation_helpers.go and plugin/pkg/auth/authorizer/rbac.
 */
import type { ObjectOf } from '../core/kinds.ts';
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { AccessRequest, NonResourceRequest, ResourceRequest } from './request.ts';

export function allows(rule: PolicyRule, request: AccessRequest): boolean {
  return 'path' in request ? allowsPath(rule, request) : allowsResource(rule, request);
}

function allowsResource(rule: PolicyRule, { verb, group, resource, subresource, name }: ResourceRequest): boolean {
  return (
    matchesVerb(rule, verb) &&
    matchesGroup(rule, group) &&
    matchesResource(rule, resource, subresource) &&
    (isUnrestrictedByName(rule) || rule.resourceNames?.includes(name) === true)
  );
}

function allowsPath(rule: PolicyRule, { verb, path }: NonResourceRequest): boolean {
  return matchesVerb(rule, verb) && rule.nonResourceURLs?.some((url) => matchesUrl(url, path)) === true;
}

/** Case-sensitive equality or `*`; there are no other patterns. */
export function matchesVerb(rule: PolicyRule, verb: string): boolean {
  return rule.verbs.includes('*') || rule.verbs.includes(verb);
}

export function matchesGroup(rule: PolicyRule, group: string): boolean {
  return rule.apiGroups?.includes('*') === true || rule.apiGroups?.includes(group) === true;
}

/** A resource is not its subresources: those are named, or by `*` of every resource. */
export function matchesResource(rule: PolicyRule, resource: string, subresource = ''): boolean {
  return matchesWrittenResource(rule, subresource === '' ? resource : `${resource}/${subresource}`);
}

/** @param written as rules write it: `pods`, `pods/exec` */
export function matchesWrittenResource({ resources }: PolicyRule, written: string): boolean {
  if (resources === undefined) return false;
  if (resources.includes('*') || resources.includes(written)) return true;
  const slash = written.indexOf('/');
  return slash !== -1 && resources.includes(`*${written.slice(slash)}`);
}

/** The path itself, or what begins like it where it ends with `*`: `/logs/*` is not `/logs`. */
export function matchesUrl(url: string, path: string): boolean {
  return url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')));
}

/** An empty list of names means every name. */
export function isUnrestrictedByName(rule: PolicyRule): boolean {
  return (rule.resourceNames ?? []).length === 0;
}

/**
 * Requests that come without a name, unless somebody lists what has a certain one; `escalate` is asked for without one when
 * a role is created.
 */
export const namelessVerbs: ReadonlySet<string> = new Set(['create', 'list', 'watch', 'deletecollection', 'escalate']);

/** Whether requests without a name are allowed: an empty name in the list is theirs. */
export function allowsNameless(rule: PolicyRule): boolean {
  return isUnrestrictedByName(rule) || rule.resourceNames?.includes('') === true;
}

/** Whether the rules of a role are not those of its manifest: in a cluster a controller puts those of other roles there. */
export function isFilledLater(role: ObjectOf<'ClusterRole'>, { isWholeCluster }: Snapshot): boolean {
  return !isWholeCluster && role.aggregationRule !== undefined;
}
