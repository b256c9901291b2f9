/**
 * Rules as people want to read them: one for each resource and name, with all its verbs.
 *
 * Source: k8s.io/kubectl v0.37.2, pkg/util/rbac (`CompactRules`, `SortableRuleSlice`).
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { compareText } from '../core/subject-ref.ts';
import { breakDown } from './rule-coverage.ts';

/** @returns sorted as `kubectl auth can-i --list` sorts them */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const compacted = new Map<string, PolicyRule & { verbs: string[] }>();
  const urls: PolicyRule[] = [];
  for (const rule of rules.flatMap(breakDown)) {
    if (rule.nonResourceURLs !== undefined) {
      urls.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = compacted.get(key);
    if (known === undefined) compacted.set(key, { ...rule, verbs: [...rule.verbs] });
    else if (rule.verbs.some((verb) => !known.verbs.includes(verb))) known.verbs.push(...rule.verbs);
  }
  return [...urls, ...compacted.values()]
    .map((rule) => ({ rule, key: sortKey(rule) }))
    .sort((a, b) => compareText(a.key, b.key))
    .map(({ rule }) => rule);
}

/** As Go prints a rule. */
function sortKey({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const print = (name: string, some: readonly string[] = []) => `${name}:[${some.join(' ')}],`;
  return [
    print('Verbs', verbs),
    print('APIGroups', apiGroups),
    print('Resources', resources),
    print('ResourceNames', resourceNames),
    print('NonResourceURLs', nonResourceURLs),
  ].join('');
}
