/** Everything that decides whether a namespace is repaired, as it is at this moment. */
import type { HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import { labelsOf } from '../core/judge.ts';
import type { RemediationSay } from '../core/remediation-terms.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { resolveMode } from '../remediation/mode.ts';
import type { NamespaceTerms, RuleMode } from '../remediation/mode.ts';

export interface TermsSource {
  /** What is known of the cluster. */
  readonly snapshot: () => Snapshot;
  /** Undefined where it is not known: then nothing is repaired. */
  readonly policySay: (namespace: string) => RemediationSay | undefined;
  /** Merlon's own namespace. */
  readonly ownNamespace: string;
}

/** @returns undefined where the namespace is gone, or not all is known */
export function readTerms(
  { snapshot, policySay, ownNamespace }: TermsSource,
  namespace: string,
): NamespaceTerms | undefined {
  const labels = labelsOf(snapshot(), namespace);
  const say = policySay(namespace);
  if (labels === undefined || labels === 'unknown' || say === undefined) return undefined;
  return { terms: say.terms, isNamed: say.isNamed, namespace, labels, ownNamespace };
}

/** @returns undefined where not all is known */
export function readMode(source: TermsSource, namespace: string, rule: AnyRule): RuleMode | undefined {
  const terms = readTerms(source, namespace);
  return terms === undefined ? undefined : resolveMode(terms, rule);
}

/** The policies that made it. */
export function readPolicies(
  { policySay }: TermsSource,
  namespace: string,
): NonNullable<HardeningRemediationStatus['policies']> {
  return (policySay(namespace)?.sources ?? []).map(({ kind, name, generation }) => ({ kind, name, generation }));
}
