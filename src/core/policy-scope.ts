/** Which policies concern a scope, and in which order they go before each other. */
import { compileGlob, isPattern } from './glob.ts';
import type { Glob } from './glob.ts';
import { matchesSelector } from './label-selector.ts';
import type { AcceptedPolicy } from './accepted-policy.ts';
import { compareText } from './subject-ref.ts';
import type { Scope } from './scope.ts';

export type Labels = Readonly<Record<string, string>>;
/** `unknown` where it hangs on labels that are not known. */
export type Match = 'yes' | 'no' | 'unknown';

/**
 * Whether a policy concerns a scope. One without namespaceSelector and namespaces concerns all of them, and it is the
 * only kind that concerns the cluster itself.
 *
 * @param labels the namespace's; undefined where they are not known
 */
export function matchPolicy(policy: AcceptedPolicy, scope: Scope, labels: Labels | undefined): Match {
  const { namespaceSelector } = policy.spec;
  if (scope === 'cluster')
    return namespaceSelector === undefined && policy.spec.namespaces === undefined ? 'yes' : 'no';
  if (!matchesName(policy, scope.namespace)) return 'no';
  if (namespaceSelector === undefined) return 'yes';
  if (labels === undefined) return 'unknown';
  return matchesSelector(namespaceSelector, labels) ? 'yes' : 'no';
}

const knownPatterns = new WeakMap<readonly string[], readonly Glob[]>();

/** Whether `spec.namespaces` leaves the namespace in. */
export function matchesName({ spec: { namespaces } }: AcceptedPolicy, namespace: string): boolean {
  if (namespaces === undefined) return true;
  const patterns = knownPatterns.get(namespaces) ?? namespaces.map(compileGlob);
  knownPatterns.set(namespaces, patterns);
  return patterns.some((matches) => matches(namespace));
}

/** Those that concern a scope, the strongest first. */
export function selectPolicies(
  policies: readonly AcceptedPolicy[],
  scope: Scope,
  labels: Labels | undefined,
): readonly AcceptedPolicy[] {
  return sortPolicies(policies.filter((policy) => matchPolicy(policy, scope, labels) === 'yes'));
}

/** The strongest first: by priority, then by name. */
export function sortPolicies(policies: readonly AcceptedPolicy[]): readonly AcceptedPolicy[] {
  if (policies.length < 2) return policies;
  return policies.toSorted((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0) || compareText(a.name, b.name));
}

/** Whether one of the policies names the namespace itself, not by a pattern and not by its labels. */
export function isNamedByPolicy(policies: readonly AcceptedPolicy[], namespace: string): boolean {
  return policies.some(({ spec: { namespaces = [] } }) =>
    namespaces.some((name) => name === namespace && !isPattern(name)),
  );
}
