/**
 * Of which objects rules grant what is asked for, where they are limited to names. The authorizer compares an empty name
 * with that of a request that has none, and `*` with itself.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/apis/rbac/v1/evaluation_helpers.go; k8s.io/apiserver v0.37.2,
 * pkg/endpoints/request/requestinfo.go (which requests have a name).
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { nameProblem } from './dead-names.ts';
import type { AccessRequest, ResourceRequest } from './request.ts';
import { allows, allowsNameless, isUnrestrictedByName, namelessVerbs } from './rule-matching.ts';

export interface NamedGrant {
  /** Index of the first rule that grants it. */
  readonly rule: number;
  readonly granted: PolicyRule;
  /** Undefined for every object, or where the question names one. */
  readonly names?: readonly string[];
  /** Why no request has any of these names. */
  readonly deadNames?: string;
}

/** @param request without a name it is about any object; a plain create that names limit is not granted by these */
export function findGrant(rules: readonly PolicyRule[], request: AccessRequest): NamedGrant | undefined {
  const isAbout = 'path' in request || request.name !== '' ? allows : allowsAny;
  const rule = rules.findIndex((one) => isAbout(one, request));
  const granted = rules[rule];
  if (granted !== undefined) return { rule, granted };
  if ('path' in request || request.name !== '' || isNeverNamed(request)) return undefined;
  const named = findNamed(rules, request);
  const live = named.flatMap((one) => {
    const names = one.names.filter((name) => problemOf(name, request) === undefined);
    return names.length === 0 ? [] : [{ ...one, names }];
  });
  const [first] = live.length > 0 ? live : named;
  if (first === undefined) return undefined;
  const { index, names: some, granted: own } = first;
  const deadNames = live.length > 0 ? undefined : problemOf(some[0] ?? '', request);
  return {
    rule: index,
    granted: own,
    names: [...new Set((live.length > 0 ? live : named).flatMap(({ names }) => names))],
    ...(deadNames === undefined ? {} : { deadNames }),
  };
}

export interface NamedRule {
  readonly index: number;
  readonly granted: PolicyRule;
  readonly names: readonly string[];
}

/** Rules that grant it for objects of certain names, whether or not any request has such a name. */
export function findNamed(rules: readonly PolicyRule[], request: ResourceRequest): readonly NamedRule[] {
  return [...rules.entries()].flatMap(([index, granted]) => {
    const { resourceNames: names = [], ...rule } = granted;
    return names.length > 0 && allows(rule, request) ? [{ index, granted, names }] : [];
  });
}

/** A plain create has no name, nor has what deletes many at once: rules with names do not grant it. */
function isNeverNamed({ verb, subresource }: ResourceRequest): boolean {
  return verb === 'deletecollection' || (verb === 'create' && subresource === '');
}

/** `escalate` is asked for without a name of new roles alone, not of those that are there. */
function allowsAny(rule: PolicyRule, request: AccessRequest): boolean {
  if (!allows(rule, request)) return false;
  if (isUnrestrictedByName(rule) || 'path' in request) return true;
  const { verb, subresource } = request;
  return subresource === '' && verb !== 'escalate' && namelessVerbs.has(verb) && allowsNameless(rule);
}

const ALWAYS_NAMED: ReadonlySet<string> = new Set(['get', 'update', 'patch', 'delete', 'bind']);

function problemOf(name: string, { verb, group, resource, subresource }: ResourceRequest): string | undefined {
  if (name !== '') {
    const full = subresource === '' ? resource : `${resource}/${subresource}`;
    const problem = nameProblem(name, { verbs: [verb], apiGroups: [group], resources: [full] });
    return problem === undefined ? undefined : `${JSON.stringify(name)}: ${problem}`;
  }
  return ALWAYS_NAMED.has(verb) || (verb === 'create' && subresource !== '')
    ? `"": whoever asks for ${verb} names what it is of`
    : undefined;
}
