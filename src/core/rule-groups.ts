/** A selection of rules by what they are about: found out once, as all namespaces of a policy ask for the same. */
import type { SelectedRule } from './policy.ts';
import type { Rule, SubjectType } from './rule.ts';
import { isInScope } from './subjects.ts';
import type { Scope } from './scope.ts';

export type ObjectSubject = Exclude<SubjectType, 'Workload'>;
export type SelectedWorkloadRule = SelectedRule & { readonly rule: Rule<'Workload'> };

export interface RuleGroups {
  readonly ofObjects: ReadonlyMap<ObjectSubject, readonly SelectedRule[]>;
  readonly ofWorkloads: readonly SelectedWorkloadRule[];
}

/** By selection: for namespaces, and for the cluster. */
const known = new WeakMap<readonly SelectedRule[], { namespace?: RuleGroups; cluster?: RuleGroups }>();

/** @returns those that have subjects in such a scope, each group in the order of the selection */
export function groupRules(selection: readonly SelectedRule[], scope: Scope): RuleGroups {
  let ofSelection = known.get(selection);
  if (ofSelection === undefined) known.set(selection, (ofSelection = {}));
  return (ofSelection[scope === 'cluster' ? 'cluster' : 'namespace'] ??= buildGroups(selection, scope));
}

function buildGroups(selection: readonly SelectedRule[], scope: Scope): RuleGroups {
  const inScope = selection.filter(({ rule }) => isInScope(rule.subject, scope));
  const ofObjects = new Map<ObjectSubject, SelectedRule[]>();
  for (const selected of inScope) {
    const { subject } = selected.rule;
    if (subject === 'Workload') continue;
    const group = ofObjects.get(subject);
    if (group === undefined) ofObjects.set(subject, [selected]);
    else group.push(selected);
  }
  return { ofObjects, ofWorkloads: inScope.filter(isOfWorkloads) };
}

function isOfWorkloads(selected: SelectedRule): selected is SelectedWorkloadRule {
  return selected.rule.subject === 'Workload';
}
