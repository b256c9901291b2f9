/**
 * Which policies decide for the objects of a namespace, where all that is known of the namespace is in files. A selector
 * asks for labels, and a file that holds the Namespace may not be among those that are scanned: then the choice is in
 * doubt, and said to be, because the policy that nobody could match may be the stricter one.
 */
import { isDeepStrictEqual } from 'node:util';

import type { AcceptedOwnPolicy, AcceptedPolicy } from '../core/accepted-policy.ts';
import { policyMergerOf } from '../core/policy-merge.ts';
import type { MergedPolicy } from '../core/policy-merge.ts';
import { matchesName, matchPolicy } from '../core/policy-scope.ts';
import type { Labels, Match } from '../core/policy-scope.ts';
import { compareText } from '../core/subject-ref.ts';
import { matchesSelector } from '../core/label-selector.ts';
import type { LabelSelector } from '../core/label-selector.ts';
import type { AnyRule } from '../core/rule.ts';
import { isOfCluster } from '../core/subjects.ts';
import type { Scope } from '../core/scope.ts';

export interface PolicyChoice extends MergedPolicy {
  /** Why other policies may decide, or nothing was judged, as a sentence. */
  readonly doubt?: string;
}

export interface ChoiceOptions {
  readonly policies: readonly AcceptedPolicy[];
  /** Those of namespaces. */
  readonly ownPolicies: readonly AcceptedOwnPolicy[];
  readonly rules: readonly AnyRule[];
  /** What is written of a namespace, once for each time that it is; undefined where that cannot be read. */
  readonly labelsOf: (namespace: string) => readonly (Labels | undefined)[];
}

/** The API server gives it to every namespace, whatever is written. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

export function choosePolicy(scope: Scope, { policies, ownPolicies, rules, labelsOf }: ChoiceOptions): PolicyChoice {
  const own =
    scope === 'cluster'
      ? []
      : ownPolicies
          .filter(({ namespace }) => namespace === scope.namespace)
          .toSorted((a, b) => compareText(a.name, b.name));
  const matching = Map.groupBy(policies, (policy) => matchScope(policy, scope, labelsOf));
  const certain = matching.get('yes') ?? [];
  const merge = (some: readonly AcceptedPolicy[]): MergedPolicy => policyMergerOf(rules).merge(some, own);
  const merged = merge(certain);
  // Each by itself is enough: the strongest that is really there decides, and none of them says anything else.
  const deciding = (matching.get('unknown') ?? []).find((one) => !isSameEffect(merge([...certain, one]), merged));
  if (scope !== 'cluster' && deciding !== undefined) {
    return { ...merged, doubt: describeDoubt(scope.namespace, deciding.name, labelsOf) };
  }
  // Files say nothing about the API server.
  const judging = merged.policy.rules.filter(({ rule }) => !isOfCluster(rule.subject));
  if (judging.length > 0) return merged;
  return {
    ...merged,
    doubt: `policy "${merged.policy.name}" selects no rule for ${nameScope(scope)}, so nothing was judged there`,
  };
}

/** Whether both judge the same, whoever says it. */
function isSameEffect(a: MergedPolicy, b: MergedPolicy): boolean {
  const generalOf = ({ settings: { general } }: MergedPolicy): object =>
    Object.fromEntries(Object.entries(general).map(([name, said]) => [name, said.value]));
  return (
    a.policy.threshold === b.policy.threshold &&
    isDeepStrictEqual(generalOf(a), generalOf(b)) &&
    a.policy.rules.length === b.policy.rules.length &&
    a.policy.rules.every(({ rule, params, severity }, index) => {
      const other = b.policy.rules[index];
      return rule === other?.rule && params === other.params && severity === other.severity;
    })
  );
}

function matchScope(policy: AcceptedPolicy, scope: Scope, labelsOf: ChoiceOptions['labelsOf']): Match {
  const { namespaceSelector: selector } = policy.spec;
  if (scope === 'cluster' || selector === undefined) return matchPolicy(policy, scope, undefined);
  if (!matchesName(policy, scope.namespace)) return 'no';
  const name = { [NAME_LABEL]: scope.namespace };
  const [first = matchName(selector, name), ...others] = labelsOf(scope.namespace).map((labels): Match => {
    if (labels === undefined) return matchName(selector, name);
    return matchesSelector(selector, { ...labels, ...name }) ? 'yes' : 'no';
  });
  return others.every((match) => match === first) ? first : 'unknown';
}

/** As far as the name alone can tell. */
function matchName(selector: LabelSelector, name: Labels): Match {
  const ofName = aboutName(selector);
  if (!matchesSelector(ofName, name)) return 'no';
  return sizeOf(ofName) === sizeOf(selector) ? 'yes' : 'unknown';
}

/** The part of a selector that the name of a namespace decides. */
function aboutName({ matchLabels = {}, matchExpressions = [] }: LabelSelector): LabelSelector {
  const label = Object.hasOwn(matchLabels, NAME_LABEL) ? matchLabels[NAME_LABEL] : undefined;
  return {
    ...(label === undefined ? {} : { matchLabels: { [NAME_LABEL]: label } }),
    matchExpressions: matchExpressions.filter(({ key }) => key === NAME_LABEL),
  };
}

/** How much a selector demands. */
function sizeOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): number {
  return Object.keys(matchLabels).length + matchExpressions.length;
}

function describeDoubt(namespace: string, possible: string, labelsOf: ChoiceOptions['labelsOf']): string {
  const written = labelsOf(namespace);
  const why =
    written.length === 0
      ? 'its labels are in no file that was scanned (add the Namespace)'
      : written.includes(undefined)
        ? 'its labels cannot be read'
        : 'it is written more than once, with labels that differ';
  return `which policies decide for namespace "${namespace}" is not known: "${possible}" selects by labels, and ${why}; judged without it`;
}

function nameScope(scope: Scope): string {
  return scope === 'cluster' ? 'what has no namespace' : `namespace "${scope.namespace}"`;
}
