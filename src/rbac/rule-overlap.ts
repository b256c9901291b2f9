/**
 * What two rules have in common: whether a rule grants a part of what is denied. Covering (`rule-coverage.ts`) asks for
 * all of it; here a single request that both allow is enough.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { allowsNameless, matchesUrl, namelessVerbs } from './rule-matching.ts';

/**
 * @param denied its `*` means anything, and no names mean every name
 * @returns the rule of what both allow; undefined where no request is allowed by both
 */
export function findOverlap(denied: PolicyRule, granted: PolicyRule): PolicyRule | undefined {
  const verbs = overlapWords(denied.verbs, granted.verbs);
  if (verbs.length === 0) return undefined;
  if (denied.nonResourceURLs !== undefined) {
    const urls = overlap(denied.nonResourceURLs, granted.nonResourceURLs ?? [], narrowerUrl);
    return urls.length === 0 ? undefined : { verbs, nonResourceURLs: urls };
  }
  const apiGroups = overlapWords(denied.apiGroups ?? [], granted.apiGroups ?? []);
  const resources = overlap(denied.resources ?? [], granted.resources ?? [], narrowerResource);
  const names = overlapNames(denied.resourceNames ?? [], granted.resourceNames ?? []);
  if (apiGroups.length === 0 || resources.length === 0) return undefined;
  if (names === undefined) return overlapNameless(denied, granted, { verbs, apiGroups, resources });
  const rule = { verbs, apiGroups, resources };
  return names.length === 0 ? rule : { ...rule, resourceNames: names };
}

/** Whoever lists all, or creates anything, needs no name for what is denied by its name. */
function overlapNameless(denied: PolicyRule, granted: PolicyRule, common: PolicyRule): PolicyRule | undefined {
  if (!allowsNameless(granted)) return undefined;
  const verbs = common.verbs.includes('*')
    ? [...namelessVerbs]
    : common.verbs.filter((verb) => namelessVerbs.has(verb));
  return verbs.length === 0 ? undefined : { ...common, verbs, resourceNames: denied.resourceNames ?? [] };
}

/** Verbs and groups: equality, or `*`. */
function overlapWords(some: readonly string[], others: readonly string[]): readonly string[] {
  return overlap(some, others, (one, other) => {
    if (one === other || other === '*') return one;
    return one === '*' ? other : undefined;
  });
}

/** `*` is any, subresources included; `*` before a subresource is that of any resource. */
function narrowerResource(one: string, other: string): string | undefined {
  if (one === other || isWithin(one, other)) return one;
  return isWithin(other, one) ? other : undefined;
}

function isWithin(resource: string, wide: string): boolean {
  return wide === '*' || (wide.startsWith('*/') && resource.endsWith(wide.slice(1)));
}

function narrowerUrl(one: string, other: string): string | undefined {
  if (matchesUrl(other, one)) return one;
  return matchesUrl(one, other) ? other : undefined;
}

/** @returns none for every name; undefined where no name is in both */
function overlapNames(some: readonly string[], others: readonly string[]): readonly string[] | undefined {
  if (some.length === 0) return others;
  if (others.length === 0) return some;
  const common = some.filter((name) => others.includes(name));
  return common.length === 0 ? undefined : common;
}

/** @param narrower the narrower of two words, undefined where they have nothing in common */
function overlap(
  some: readonly string[],
  others: readonly string[],
  narrower: (one: string, other: string) => string | undefined,
): readonly string[] {
  const found = some.flatMap((one) => others.flatMap((other) => narrower(one, other) ?? []));
  // The widest says it all.
  return found.includes('*') ? ['*'] : [...new Set(found)];
}
