/**
 * Which policy decides for the objects of a namespace, where all that is known of the namespace is in files. A selector
 * asks for labels, and a file that holds the Namespace may not be among those that are scanned: then the choice is in
 * doubt, and said to be, because the policy that nobody could match may be the stricter one.
 */
import { buildDefaultPolicy, buildPolicy, DEFAULT_POLICY_NAME, selectFirst } from '../core/policy.ts';
import type { AcceptedPolicy, EffectivePolicy } from '../core/policy.ts';
import { matchesSelector } from '../core/label-selector.ts';
import type { LabelSelector } from '../core/label-selector.ts';
import type { AnyRule } from '../core/rule.ts';
import { isOfCluster } from '../core/subjects.ts';
import type { Scope } from '../core/subjects.ts';

export type Labels = Readonly<Record<string, string>>;

export interface PolicyChoice {
  readonly policy: EffectivePolicy;
  /** Why another policy may decide, or nothing was judged, as a sentence. */
  readonly doubt?: string;
}

export interface ChoiceOptions {
  readonly policies: readonly AcceptedPolicy[];
  readonly rules: readonly AnyRule[];
  /** What is written of a namespace, once for each time that it is; undefined where that cannot be read. */
  readonly labelsOf: (namespace: string) => readonly (Labels | undefined)[];
}

/** The API server gives it to every namespace, whatever is written. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

export function choosePolicy(scope: Scope, { policies, rules, labelsOf }: ChoiceOptions): PolicyChoice {
  const matches = (policy: AcceptedPolicy): Match => matchScope(policy.spec.namespaceSelector, scope, labelsOf);
  const decided = selectFirst(policies.filter((policy) => matches(policy) === 'yes'));
  const possible = selectFirst(policies.filter((policy) => matches(policy) !== 'no'));
  const policy =
    decided === undefined
      ? buildDefaultPolicy(rules)
      : buildPolicy(decided.name, decided.generation, decided.spec, rules);
  if (scope !== 'cluster' && possible !== decided && possible !== undefined) {
    return { policy, doubt: describeDoubt(scope.namespace, possible.name, policy.name, labelsOf) };
  }
  // Files say nothing about the API server.
  const judging = policy.rules.filter(({ rule }) => !isOfCluster(rule.subject));
  if (judging.length > 0) return { policy };
  return {
    policy,
    doubt: `policy "${policy.name}" selects no rule for ${nameScope(scope)}, so nothing was judged there`,
  };
}

type Match = 'yes' | 'no' | 'unknown';

function matchScope(selector: LabelSelector | undefined, scope: Scope, labelsOf: ChoiceOptions['labelsOf']): Match {
  if (selector === undefined) return 'yes';
  if (scope === 'cluster') return 'no';
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

function describeDoubt(
  namespace: string,
  possible: string,
  decided: string,
  labelsOf: ChoiceOptions['labelsOf'],
): string {
  const written = labelsOf(namespace);
  const why =
    written.length === 0
      ? 'its labels are in no file that was scanned (add the Namespace)'
      : written.includes(undefined)
        ? 'its labels cannot be read'
        : 'it is written more than once, with labels that differ';
  const judged = decided === DEFAULT_POLICY_NAME ? 'the built-in policy' : `"${decided}"`;
  return `which policy decides for namespace "${namespace}" is not known: "${possible}" selects by labels, and ${why}; judged by ${judged}`;
}

function nameScope(scope: Scope): string {
  return scope === 'cluster' ? 'what has no namespace' : `namespace "${scope.namespace}"`;
}
