/**
 * The same rules in as few words as possible, and always in the same order, however they were spread over roles: what a
 * subject holds, to be read and kept in git.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { compareText } from '../core/subject-ref.ts';
import { breakDown, covers } from './rule-coverage.ts';

/** @returns rules that allow exactly what `rules` allow */
export function mergeRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const single = withoutCovered(distinctSingle(rules));
  const [ofUrls = [], ofResources = []] = [true, false].map((isUrl) =>
    single.filter(({ nonResourceURLs }) => (nonResourceURLs !== undefined) === isUrl),
  );
  return [...mergeResources(ofResources), ...mergeUrls(ofUrls)];
}

/** Verbs as people list them, others behind. */
const verbOrder = ['*', 'get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

function distinctSingle(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  return [...new Map(rules.flatMap(breakDown).map((rule) => [JSON.stringify(rule), rule])).values()];
}

/** Only what has a star, or no names, covers others: few of many. */
function withoutCovered(single: readonly PolicyRule[]): readonly PolicyRule[] {
  const wide = single.filter(isWide);
  const unnamed = new Set(single.map((rule) => JSON.stringify(rule)));
  return single.filter((rule) => {
    const { resourceNames, ...everyName } = rule;
    if (resourceNames !== undefined && unnamed.has(JSON.stringify(everyName))) return false;
    return !wide.some((other) => other !== rule && covers(other, rule) && !covers(rule, other));
  });
}

function isWide({ verbs, apiGroups = [], resources = [], nonResourceURLs = [] }: PolicyRule): boolean {
  return [...verbs, ...apiGroups, ...resources, ...nonResourceURLs].some((word) => word.includes('*'));
}

function mergeResources(single: readonly PolicyRule[]): readonly PolicyRule[] {
  const byNames = mergeField(single, 'resourceNames', compareText);
  const byVerbs = mergeField(byNames, 'verbs', compareVerbs);
  const byResources = mergeField(byVerbs, 'resources', compareText);
  return mergeField(byResources, 'apiGroups', compareText).toSorted(compareRules);
}

function mergeUrls(single: readonly PolicyRule[]): readonly PolicyRule[] {
  return mergeField(mergeField(single, 'verbs', compareVerbs), 'nonResourceURLs', compareText).toSorted(compareRules);
}

/** Puts rules together that differ in one field alone. */
function mergeField(
  rules: readonly PolicyRule[],
  field: keyof PolicyRule,
  compare: (a: string, b: string) => number,
): readonly PolicyRule[] {
  const groups = Map.groupBy(rules, (rule) =>
    // Every name is not a name more.
    JSON.stringify({ ...rule, [field]: rule[field] === undefined ? 'any' : '' }),
  );
  return [...groups.values()].flatMap((some) => {
    const [first] = some;
    if (first?.[field] === undefined) return some.slice(0, 1);
    const words = [...new Set(some.flatMap((rule) => rule[field] ?? []))].sort(compare);
    return [{ ...first, [field]: words }];
  });
}

function compareVerbs(a: string, b: string): number {
  const [placeOfA, placeOfB] = [a, b].map(
    (verb) => (verbOrder.indexOf(verb) + verbOrder.length + 1) % (verbOrder.length + 1),
  );
  return (placeOfA ?? 0) - (placeOfB ?? 0) || compareText(a, b);
}

function compareRules(a: PolicyRule, b: PolicyRule): number {
  return (
    compareLists(a.apiGroups, b.apiGroups) ||
    compareLists(a.resources, b.resources) ||
    compareLists(a.nonResourceURLs, b.nonResourceURLs) ||
    compareLists(a.resourceNames, b.resourceNames) ||
    compareLists(a.verbs, b.verbs)
  );
}

function compareLists(a: readonly string[] = [], b: readonly string[] = []): number {
  return compareText(a.join('\n'), b.join('\n'));
}
