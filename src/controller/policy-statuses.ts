/** Keeps the status of each policy true: written only when it says something else than what stands. */
import type { IgnoredAttestation } from '../core/attestation.ts';
import { findPolicies, namespacesOf } from '../core/judge.ts';
import type { ConcernedPolicies } from '../core/judge.ts';
import { buildOwnPolicyStatus } from '../core/own-policy.ts';
import type { JudgedOwnPolicy, OwnPolicyView } from '../core/own-policy.ts';
import type { AcceptedPolicy } from '../core/accepted-policy.ts';
import type { MergedPolicy } from '../core/policy-merge.ts';
import { buildPolicyStatus } from '../core/policy-status.ts';
import type { JudgedPolicy, PolicyReach } from '../core/policy-status.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Scope } from '../core/scope.ts';
import type { EnforcedSummary } from './enforced-condition.ts';
import type { PolicyKey } from './enqueue.ts';
import type { PolicyStore } from './policy-store.ts';
import { StatusUpdates } from './status-updates.ts';
import type { StatusUpdatesOptions } from './status-updates.ts';

export interface PolicyStatusesOptions extends StatusUpdatesOptions<PolicyKey> {
  readonly policies: PolicyStore<JudgedPolicy>;
  readonly ownPolicies: PolicyStore<JudgedOwnPolicy>;
  readonly snapshot: Snapshot;
  readonly rules: readonly AnyRule[];
  readonly enforced: () => EnforcedSummary | undefined;
  readonly ignoredAttestationsOf: (policy: AcceptedPolicy) => readonly IgnoredAttestation[];
}

export class PolicyStatuses {
  readonly #options: PolicyStatusesOptions;
  readonly #statuses: StatusUpdates<PolicyKey>;

  constructor(options: PolicyStatusesOptions) {
    this.#options = options;
    this.#statuses = new StatusUpdates(options);
  }

  /** @returns how long this policy is left alone now, in milliseconds: 0 where nothing was written */
  async reconcile(key: PolicyKey): Promise<number> {
    const { policies, ownPolicies, rules, timestamp } = this.#options;
    const name = key.slice(key.indexOf('/') + 1);
    if (key.startsWith('policy/')) {
      const state = policies.get(name);
      if (state === undefined) return this.#forget(key);
      // Whoever finds out what is enforced has this looked at again.
      if (state.accepted?.spec.enforcement !== undefined && this.#options.enforced() === undefined) return 0;
      return this.#statuses.update(key, state.object, () =>
        buildPolicyStatus(state, this.#findReach(state), rules, timestamp()),
      );
    }
    const state = ownPolicies.get(name);
    if (state === undefined) return this.#forget(key);
    return this.#statuses.update(key, state.object, () => buildOwnPolicyStatus(state, this.#view(state), timestamp()));
  }

  #forget(key: PolicyKey): number {
    this.#statuses.forget(key);
    return 0;
  }

  #findReach({ accepted }: JudgedPolicy): PolicyReach {
    if (accepted === undefined) return { matchedNamespaces: 0, merged: [] };
    let matchedNamespaces = 0;
    const merged = new Set<MergedPolicy['policy']>();
    const scopes: MergedPolicy[] = [];
    for (const scope of this.#scopes()) {
      const concerned = this.#findPolicies(scope, []);
      if (concerned?.selected.includes(accepted) !== true) continue;
      if (scope !== 'cluster') matchedNamespaces += 1;
      if (!merged.has(concerned.policy)) scopes.push(concerned);
      merged.add(concerned.policy);
    }
    const { ignoredAttestationsOf, enforced } = this.#options;
    return {
      matchedNamespaces,
      merged: scopes,
      ignored: ignoredAttestationsOf(accepted),
      enforcement: enforced()?.report,
    };
  }

  #scopes(): readonly Scope[] {
    return ['cluster', ...namespacesOf(this.#options.snapshot).map((namespace) => ({ namespace }))];
  }

  #view({ object, accepted }: JudgedOwnPolicy): OwnPolicyView | undefined {
    const { namespace = '' } = object.metadata;
    const concerned = this.#findPolicies({ namespace }, this.#options.ownPolicies.inNamespace(namespace));
    if (concerned === undefined) return undefined;
    const counts = accepted === undefined || concerned.own.some((one) => one.accepted === accepted);
    return { merged: concerned, counts };
  }

  #findPolicies(scope: Scope, ownPolicies: readonly JudgedOwnPolicy[]): ConcernedPolicies | undefined {
    const { policies, snapshot, rules } = this.#options;
    return findPolicies(scope, { snapshot, rules, policies: policies.states(), ownPolicies });
  }
}
