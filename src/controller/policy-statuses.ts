/** Keeps the status of each policy true: written only when it says something else than what stands. */
import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicy } from '../api/v1alpha1/hardening-policy.ts';
import { labelsOf, namespacesOf } from '../core/judge.ts';
import { buildOwnPolicyStatus } from '../core/own-policy.ts';
import type { JudgedOwnPolicy } from '../core/own-policy.ts';
import { buildPolicyStatus } from '../core/policy-status.ts';
import type { JudgedPolicy } from '../core/policy-status.ts';
import { buildDefaultPolicy, buildPolicy, selectPolicy } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { PolicyKey } from './enqueue.ts';
import type { PolicyStore } from './policy-store.ts';
import { StatusUpdates } from './status-updates.ts';
import type { StatusUpdatesOptions } from './status-updates.ts';

export type AnyPolicy = ClusterHardeningPolicy | HardeningPolicy;

export interface PolicyStatusesOptions extends StatusUpdatesOptions<PolicyKey> {
  readonly policies: PolicyStore<JudgedPolicy>;
  readonly ownPolicies: PolicyStore<JudgedOwnPolicy>;
  readonly snapshot: Snapshot;
  readonly rules: readonly AnyRule[];
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
      return this.#statuses.update(key, state.object, () =>
        buildPolicyStatus(state, this.#countNamespaces(name), rules, timestamp()),
      );
    }
    const state = ownPolicies.get(name);
    if (state === undefined) return this.#forget(key);
    const { namespace = '' } = state.object.metadata;
    return this.#statuses.update(key, state.object, () =>
      buildOwnPolicyStatus(state, this.#judgesExpectations(namespace), timestamp()),
    );
  }

  #forget(key: PolicyKey): number {
    this.#statuses.forget(key);
    return 0;
  }

  /** For how many namespaces a policy decides. */
  #countNamespaces(name: string): number {
    const { policies, snapshot } = this.#options;
    const accepted = policies.accepted();
    return namespacesOf(snapshot).filter((namespace) => {
      const labels = labelsOf(snapshot, namespace);
      return labels !== undefined && selectPolicy(accepted, labels)?.name === name;
    }).length;
  }

  /** Whether the policy that decides for a namespace selects the rule that judges expectations. */
  #judgesExpectations(namespace: string): boolean {
    const { policies, snapshot, rules } = this.#options;
    const labels = labelsOf(snapshot, namespace);
    const accepted = labels === undefined ? undefined : selectPolicy(policies.accepted(), labels);
    const policy =
      accepted === undefined
        ? buildDefaultPolicy(rules)
        : buildPolicy(accepted.name, accepted.generation, accepted.spec, rules);
    return policy.rules.some(({ rule }) => rule.subject === 'Expectation');
  }
}
