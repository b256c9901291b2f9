/** Attestations in the operator: which of them count at this moment, and whose status says which do not. */
import { findIgnoredAttestations, listAttestations } from '../core/attestation.ts';
import type { Attestation, IgnoredAttestation } from '../core/attestation.ts';
import type { Clock } from '../core/clock.ts';
import type { AcceptedPolicy } from '../core/accepted-policy.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import type { ClusterStore } from './store.ts';

export interface AttestationsOptions {
  readonly clock: Clock;
  readonly cluster: Pick<ClusterStore, 'setAttestations' | 'observedEvidence'>;
  /** Every version that is in force. */
  readonly policies: () => readonly AcceptedPolicy[];
  /** Whether the policies can be read: what may have been taken back counts for nothing. */
  readonly areKnown: () => boolean;
  /** Asks for the status of a policy to be looked at. */
  readonly review: (policy: string) => void;
}

export class Attestations {
  readonly #options: AttestationsOptions;
  readonly #expiry: ExpiryWatch<Attestation>;
  #attestations: readonly Attestation[] = [];

  constructor(options: AttestationsOptions) {
    this.#options = options;
    this.#expiry = new ExpiryWatch({
      clock: options.clock,
      items: () => this.#attestations,
      onExpired: () => {
        this.#apply();
        this.review();
      },
    });
  }

  start(): void {
    this.#apply();
    this.#expiry.start();
  }

  stop(): void {
    this.#expiry.stop();
  }

  /** Policies, or how well they can be read, may be others now. */
  refresh(): void {
    this.#attestations = listAttestations(this.#options.policies());
    for (const attestation of this.#attestations) this.#expiry.add(attestation);
    this.#apply();
  }

  /** Has the statuses looked at of the policies that attest anything. */
  review(): void {
    for (const { name, spec } of this.#options.policies()) {
      if (spec.attestations !== undefined) this.#options.review(name);
    }
  }

  /** Those of one policy that count for nothing now. */
  ignoredOf(policy: AcceptedPolicy): readonly IgnoredAttestation[] {
    const { clock, cluster } = this.#options;
    return findIgnoredAttestations(policy, {
      attestations: this.#attestations,
      evidence: cluster.observedEvidence,
      nowMs: clock.wallTimeMs(),
    });
  }

  #apply(): void {
    const { cluster, clock, areKnown } = this.#options;
    cluster.setAttestations(areKnown() ? this.#attestations : [], clock.wallTimeMs());
  }
}
