/** Everything that decides whether a scope is repaired, as it is at this moment. */
import type { HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import { labelsOf } from '../core/judge.ts';
import type { RemediationSay } from '../core/remediation-terms.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Scope } from '../core/scope.ts';
import { resolveMode } from '../remediation/mode.ts';
import type { RuleMode, ScopeTerms } from '../remediation/mode.ts';
import { isRepairedInCluster } from '../remediation/remedies.ts';

export interface TermsSource {
  readonly rules: readonly AnyRule[];
  /** What is known of the cluster. */
  readonly snapshot: () => Snapshot;
  /** Undefined where it is not known: then nothing is repaired. */
  readonly policySay: (scope: Scope) => RemediationSay | undefined;
  /** Merlon's own namespace. */
  readonly ownNamespace: string;
}

/** @returns undefined where the namespace is gone, or not all is known */
export function readTerms(
  { rules, snapshot, policySay, ownNamespace }: TermsSource,
  scope: Scope,
): ScopeTerms | undefined {
  const say = policySay(scope);
  if (say === undefined) return undefined;
  if (scope === 'cluster') return { terms: say.terms, repairable: rules.filter(isRepairedInCluster) };
  const { namespace } = scope;
  const labels = labelsOf(snapshot(), namespace);
  if (labels === undefined || labels === 'unknown') return undefined;
  return { terms: say.terms, isNamed: say.isNamed, namespace, labels, ownNamespace };
}

/** @returns undefined where not all is known */
export function readMode(source: TermsSource, scope: Scope, rule: AnyRule): RuleMode | undefined {
  const terms = readTerms(source, scope);
  return terms === undefined ? undefined : resolveMode(terms, rule);
}

/** The policies that made it. */
export function readPolicies(
  { policySay }: TermsSource,
  scope: Scope,
): NonNullable<HardeningRemediationStatus['policies']> {
  return (policySay(scope)?.sources ?? []).map(({ kind, name, generation }) => ({ kind, name, generation }));
}
