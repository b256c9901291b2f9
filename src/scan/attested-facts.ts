/** What policies attest of the API server, for a scan of files, which say nothing of it: only what is attested is judged. */
import { accountForAttestations, attest, listAttestations } from '../core/attestation.ts';
import type { Evaluator } from '../core/evaluate.ts';
import { factNames } from '../core/evidence.ts';
import type { Evidence, FactName, Unobserved } from '../core/evidence.ts';
import type { SelectedRule } from '../core/policy.ts';
import type { AcceptedPolicy } from '../core/accepted-policy.ts';
import type { Snapshot } from '../core/snapshot.ts';

export interface AttestedFacts {
  /** Undefined where nothing is attested. */
  readonly evidence: Evidence | undefined;
  /** What counts, and by whom, in sentences. */
  readonly counting: readonly string[];
  /** Attestations that count for nothing, and why, in sentences. */
  readonly idle: readonly string[];
}

const nothingObserved = Object.fromEntries(
  factNames.map((name) => [name, { unobserved: 'manifests say nothing about the API server' }]),
) as { readonly [Name in FactName]: Unobserved };

/** @param nowMs milliseconds since 1970 */
export function readAttestedFacts(policies: readonly AcceptedPolicy[], nowMs: number): AttestedFacts {
  const { counting, idle } = accountForAttestations(policies, nothingObserved, nowMs);
  const evidence = counting.length === 0 ? undefined : attest(nothingObserved, listAttestations(policies), nowMs);
  return { evidence, counting, idle };
}

/** Whether a rule about the API server can be decided by what is attested; of all others files say nothing. */
export function isDecidedByFacts(selected: SelectedRule, evaluator: Evaluator, snapshot: Snapshot): boolean {
  const { subject, reads = [], facts = [] } = selected.rule;
  // Where rules compare whatever was observed, there is nothing to be compared.
  if (subject !== 'APIServer' || !reads.includes('Evidence') || facts.length === factNames.length) return false;
  return evaluator.evaluate('cluster', [selected], snapshot).some(({ outcome }) => outcome !== 'unknown');
}
