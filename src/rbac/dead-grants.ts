/**
 * What in a rule grants nothing, and why: words that no request has, verbs that come without a name where the rule has
 * names, and what lies outside a namespace where only a RoleBinding holds the rule.
 *
 * It errs on one side: what an extension of the API server may ask for is not called dead.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/request/requestinfo.go (which requests have a name and a namespace);
 * k8s.io/kubernetes v1.37.2, pkg/registry/rbac (`bind` is asked for in the namespace of the binding).
 */
import { groupProblem, resourceProblem, urlProblem, verbProblem } from '../core/dead-words.ts';
import type { PolicyRule } from '../core/rbac-shape.ts';
import { creatingVerbs, mayWriteNew } from './creating-writes.ts';
import { nameProblem } from './dead-names.ts';

/** One part of a rule. */
export interface DeadGrant {
  /** Where it stands: `rules[2].resources[0]`. */
  readonly path: string;
  /** What stands there: `pods/*`, or, of a verb that is dead for some resources, `create pods, secrets`. */
  readonly what: string;
  /** To be read after "grants nothing: ". */
  readonly reason: string;
  /** Whether it grants something together with what another role may grant. */
  readonly isByItself?: boolean;
}

export interface HeldRule {
  /** `namespace` where only RoleBindings hold it; `unknown` where nobody does, or it is not known who. */
  readonly held: 'cluster' | 'namespace' | 'unknown';
  /** Whether a resource has no namespace; undefined where that is not known, of which nothing is said then. */
  readonly isClusterScoped?: (group: string, resource: string) => boolean | undefined;
  /** What whoever holds it holds besides, as far as that is known: the rest of the role, at least. */
  readonly beside?: readonly PolicyRule[];
  /** Whether that may be more: then no create by name is of no use. */
  readonly mayHoldMore?: boolean;
}

/** @param path of the rule: `rules[2]` */
export function findDeadGrants(rule: PolicyRule, path: string, held: HeldRule): readonly DeadGrant[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  return [
    ...deadWords(`${path}.verbs`, verbs, verbProblem),
    ...deadWords(`${path}.apiGroups`, apiGroups, groupProblem),
    ...deadWords(`${path}.resources`, resources, resourceProblem),
    ...deadWords(`${path}.resourceNames`, resourceNames, (name) => nameProblem(name, rule)),
    ...deadWords(`${path}.nonResourceURLs`, nonResourceURLs, (url) =>
      held.held === 'namespace' ? 'a URL has no namespace, and a RoleBinding grants within one' : urlProblem(url),
    ),
    ...deadVerbs(rule, path, held),
    ...outsideNamespace(rule, path, held),
  ];
}

/** Whether no request is allowed by it. */
export function isDeadRule(rule: PolicyRule, held: HeldRule): boolean {
  const { verbs, apiGroups, resources, names } = liveWords(rule);
  const opensUrls =
    held.held !== 'namespace' && (rule.nonResourceURLs ?? []).some((url) => urlProblem(url) === undefined);
  if (opensUrls && verbs.length > 0) return false;
  if (names === 'none') return true;
  return verbs.every((verb) =>
    resources.every((resource) =>
      apiGroups.every(
        (group) =>
          isNameless(verb, group, resource, rule, held) || scopeProblem(verb, group, resource, held) !== undefined,
      ),
    ),
  );
}

/** More than any role that was written for a purpose has. */
const MOST_COMBINATIONS = 500_000;

/** Whether rules hold so many words that nobody looks at every combination of them. */
export function isTooLarge(rules: readonly PolicyRule[]): boolean {
  let combinations = 0;
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [] } of rules) {
    const own = Math.max(1, verbs.length) * Math.max(1, apiGroups.length) * Math.max(1, resources.length);
    // What has names is held against what stands beside it, and each name against the words of its rule.
    combinations += resourceNames.length === 0 ? own : own * rules.length;
    combinations += resourceNames.length * (verbs.length + apiGroups.length + resources.length);
  }
  return combinations > MOST_COMBINATIONS;
}

function deadWords(
  path: string,
  words: readonly string[],
  problemOf: (word: string) => string | undefined,
): readonly DeadGrant[] {
  return words.flatMap((what, index) => {
    const reason = problemOf(what);
    return reason === undefined ? [] : [{ path: `${path}[${index}]`, what, reason }];
  });
}

function liveWords(rule: PolicyRule): {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly names: 'some' | 'none';
} {
  const { verbs, apiGroups = [], resources = [], resourceNames = [] } = rule;
  const isNamed = resourceNames.length === 0 || resourceNames.some((name) => nameProblem(name, rule) === undefined);
  return {
    verbs: verbs.filter((verb) => verbProblem(verb) === undefined),
    apiGroups: apiGroups.filter((group) => groupProblem(group) === undefined),
    resources: resources.filter((resource) => resourceProblem(resource) === undefined),
    names: isNamed ? 'some' : 'none',
  };
}

/** Verbs that come without a name, of a rule that has names. */
function deadVerbs(rule: PolicyRule, path: string, held: HeldRule): readonly DeadGrant[] {
  const { apiGroups, resources } = liveWords(rule);
  return rule.verbs.flatMap((verb, index) => {
    if (apiGroups.length === 0) return [];
    const dead = resources.filter((resource) =>
      apiGroups.every((group) => isNameless(verb, group, resource, rule, held)),
    );
    if (dead.length === 0) return [];
    const reason = verb === 'create' ? needsWrite(apiGroups, dead) : 'whoever deletes a collection names nothing of it';
    const isByItself = verb === 'create' ? { isByItself: true } : {};
    return [{ path: `${path}.verbs[${index}]`, what: `${verb} ${dead.join(', ')}`, reason, ...isByItself }];
  });
}

function needsWrite(groups: readonly string[], resources: readonly string[]): string {
  const isUpdated = groups.some((group) =>
    resources.some((resource) => creatingVerbs(group, resource).includes('update')),
  );
  return isUpdated
    ? 'what is created has no name yet, but for server-side apply and updates that create, which need the verb patch or update as well'
    : 'what is created has no name yet, but for server-side apply, which needs the verb patch as well';
}

function isNameless(verb: string, group: string, resource: string, rule: PolicyRule, held: HeldRule): boolean {
  const { resourceNames: names = [] } = rule;
  // An empty name is that of a request without one.
  if (names.length === 0 || names.includes('')) return false;
  // A subresource is created of something that is there and has a name.
  if (resource === '*' || resource.includes('/')) return false;
  if (verb !== 'create') return verb === 'deletecollection';
  if (held.mayHoldMore === true) return false;
  const holds = [rule, ...(held.beside ?? [])];
  return !names.some((name) => mayWriteNew(name, group, resource, holds));
}

/** Resources that nobody asks for in a namespace, of a rule that is held in one. */
function outsideNamespace(rule: PolicyRule, path: string, held: HeldRule): readonly DeadGrant[] {
  const { verbs, apiGroups } = liveWords(rule);
  return (rule.resources ?? []).flatMap((resource, index) => {
    if (resourceProblem(resource) !== undefined || apiGroups.length === 0) return [];
    const reasons = verbs.map((verb) => {
      const found = apiGroups.map((group) => scopeProblem(verb, group, resource, held));
      return found.every((reason) => reason !== undefined) ? found[0] : undefined;
    });
    const dead = verbs.filter((_verb, at) => reasons[at] !== undefined);
    const reason = reasons.find((one) => one !== undefined);
    if (reason === undefined) return [];
    const what = dead.length === verbs.length ? resource : `${dead.join(', ')} ${resource}`;
    return [{ path: `${path}.resources[${index}]`, what, reason }];
  });
}

const NO_NAMESPACE = 'it has no namespace, and a RoleBinding grants within one';
const IDENTITIES: readonly string[] = ['users', 'groups', 'uids', 'userextras'];
const AUTHENTICATION = 'authentication.k8s.io';

function scopeProblem(verb: string, group: string, resource: string, held: HeldRule): string | undefined {
  if (held.held !== 'namespace') return undefined;
  const [name = ''] = resource.split('/');
  if (isIdentity(verb, group, name)) {
    return 'users, groups and nodes have no namespace, and a RoleBinding grants within one';
  }
  if (group === 'certificates.k8s.io' && name === 'signers') return NO_NAMESPACE;
  // A namespace lies in itself, for whoever asks for it by its name.
  if (group === '' && name === 'namespaces') {
    const asksForMany = verb === 'list' || verb === 'create' || verb === 'deletecollection';
    return asksForMany ? 'only one namespace by its name lies in a namespace' : undefined;
  }
  // Asked for in the namespace of the binding that is made, or of the pod.
  if (name === 'clusterroles' && (verb === 'bind' || verb === '*')) return undefined;
  if (verb === 'use') return undefined;
  return held.isClusterScoped?.(group, name) === true ? NO_NAMESPACE : undefined;
}

/** Service accounts are identities too, and lie in a namespace. */
function isIdentity(verb: string, group: string, resource: string): boolean {
  if (resource === 'nodes') return group === AUTHENTICATION && verb.startsWith('impersonate:');
  const isImpersonation = verb === '*' || verb === 'impersonate' || verb.startsWith('impersonate:');
  return isImpersonation && (group === '' || group === AUTHENTICATION) && IDENTITIES.includes(resource);
}
