/** What was observed of the API server, what is attested of it, and what both come to. */
import { attest, isInForce } from '../core/attestation.ts';
import type { Attestation } from '../core/attestation.ts';
import { isObserved } from '../core/evidence.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Observation } from '../core/snapshot.ts';

export class AttestedEvidence {
  #observed: Evidence | undefined;
  #attestations: readonly Attestation[] = [];
  #merged: Evidence | undefined;

  /** Without what is attested; undefined until it was gathered. */
  get observed(): Evidence | undefined {
    return this.#observed;
  }

  /** Undefined until it was gathered: before, nobody knows what will not be observed. */
  get merged(): Evidence | undefined {
    return this.#merged;
  }

  setObserved(evidence: Evidence): void {
    this.#observed = evidence;
    this.#merge();
  }

  /**
   * @param attestations the strongest first
   * @param nowMs milliseconds since 1970; whoever sets them sets them anew when one ends
   */
  setAttestations(attestations: readonly Attestation[], nowMs: number): void {
    this.#attestations = attestations.filter((one) => isInForce(one, nowMs));
    this.#merge();
  }

  #merge(): void {
    // Those that have ended are left out already.
    this.#merged = this.#observed === undefined ? undefined : attest(this.#observed, this.#attestations, -Infinity);
  }
}

/** How well the version is known that Pod Security Standards are judged by. */
export function observeVersion(version: Evidence['minorVersion']): Observation<'ServerVersion'> {
  const source = 'ServerVersion';
  if (!isObserved(version)) return { source, state: 'unobserved', message: version.unobserved };
  // It stands in the postures of namespaces too, whose readers need not know who vouches for what.
  return version.attestation === undefined
    ? { source, state: 'observed', message: '' }
    : { source, state: 'attested', message: 'the minor version of the API server is attested, not observed' };
}
