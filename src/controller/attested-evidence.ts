/** What was observed of the API server, what is attested of it, and what both come to. */
import { attest, isInForce } from '../core/attestation.ts';
import type { Attestation } from '../core/attestation.ts';
import { isObserved, reasonUnobserved } from '../core/evidence.ts';
import type { Evidence, ServerEvidence } from '../core/evidence.ts';
import { mergeServers } from '../core/server-evidence.ts';
import type { Observation } from '../core/snapshot.ts';

export class AttestedEvidence {
  /** Why there may be API servers that were not asked; undefined where there are none. */
  doubt: string | undefined;
  #observed: readonly ServerEvidence[] | undefined;
  #attestations: readonly Attestation[] = [];
  #servers: readonly ServerEvidence[] = [];
  #merged: Evidence | undefined;

  /** Without what is attested; undefined until it was gathered. */
  get observed(): Evidence | undefined {
    return this.#observed === undefined ? undefined : mergeServers(this.#observed);
  }

  /** Each of the API servers, with what is attested. */
  get servers(): readonly ServerEvidence[] {
    return this.#servers;
  }

  /** Undefined until it was gathered: before, nobody knows what will not be observed. */
  get merged(): Evidence | undefined {
    return this.#merged;
  }

  setObserved(servers: readonly ServerEvidence[]): void {
    this.#observed = servers;
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
    this.#servers = (this.#observed ?? []).map(({ instance, evidence }) => ({
      instance,
      evidence: attest(evidence, this.#attestations, -Infinity),
    }));
    this.#merged = this.#observed === undefined ? undefined : mergeServers(this.#servers);
  }
}

/** How well the version is known that Pod Security Standards are judged by. */
export function observeVersion(version: Evidence['minorVersion']): Observation<'ServerVersion'> {
  const source = 'ServerVersion';
  if (!isObserved(version)) return { source, state: 'unobserved', message: reasonUnobserved(version) };
  // It stands in the postures of namespaces too, whose readers need not know who vouches for what.
  return version.attestation === undefined
    ? { source, state: 'observed', message: '' }
    : { source, state: 'attested', message: 'the minor version of the API server is attested, not observed' };
}
