/** Keeps the status of each policy true: written only when it says something else than what stands. */
import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicy } from '../api/v1alpha1/hardening-policy.ts';
import { labelsOf, namespacesOf } from '../core/judge.ts';
import type { Log } from '../core/log.ts';
import { buildOwnPolicyStatus } from '../core/own-policy.ts';
import type { JudgedOwnPolicy } from '../core/own-policy.ts';
import { buildPolicyStatus } from '../core/policy-status.ts';
import type { JudgedPolicy } from '../core/policy-status.ts';
import { buildDefaultPolicy, buildPolicy, selectPolicy } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { PolicyKey } from './enqueue.ts';
import type { PolicyStore } from './policy-store.ts';
import type { PostureWriter } from './posture-controller.ts';
import { digestOf } from './posture-store.ts';

export type AnyPolicy = ClusterHardeningPolicy | HardeningPolicy;

export interface PolicyStatusesOptions {
  readonly policies: PolicyStore<JudgedPolicy>;
  readonly ownPolicies: PolicyStore<JudgedOwnPolicy>;
  readonly snapshot: Snapshot;
  readonly rules: readonly AnyRule[];
  readonly writer: Pick<PostureWriter, 'replacePolicyStatus'>;
  /** Whether this process is the one that writes, at this very moment. */
  readonly mayWrite: () => boolean;
  readonly log: Log;
  /** The present moment as RFC 3339 with second precision. */
  readonly timestamp: () => string;
  /** Least time between two writes of one object, in milliseconds. */
  readonly writeIntervalMs: number;
  /** Called where a write was refused: it may be allowed later. */
  readonly retryLater: (key: PolicyKey) => void;
  /** Called for a policy that is gone. */
  readonly forget: (key: PolicyKey) => void;
}

export class PolicyStatuses {
  readonly #options: PolicyStatusesOptions;
  /** Of each policy the version that its status was last written over: until the watch shows another, nothing is due. */
  readonly #versions = new Map<PolicyKey, string>();

  constructor(options: PolicyStatusesOptions) {
    this.#options = options;
  }

  /** @returns how long this policy is left alone now, in milliseconds: 0 where nothing was written */
  async reconcile(key: PolicyKey): Promise<number> {
    const { policies, ownPolicies, rules, timestamp } = this.#options;
    const name = key.slice(key.indexOf('/') + 1);
    if (key.startsWith('policy/')) {
      const state = policies.get(name);
      if (state === undefined) return this.#forget(key);
      return this.#update(key, state.object, () =>
        buildPolicyStatus(state, this.#countNamespaces(name), rules, timestamp()),
      );
    }
    const state = ownPolicies.get(name);
    if (state === undefined) return this.#forget(key);
    const { namespace = '' } = state.object.metadata;
    return this.#update(key, state.object, () =>
      buildOwnPolicyStatus(state, this.#judgesExpectations(namespace), timestamp()),
    );
  }

  #forget(key: PolicyKey): number {
    this.#versions.delete(key);
    this.#options.forget(key);
    return 0;
  }

  async #update(key: PolicyKey, object: AnyPolicy, buildStatus: () => object): Promise<number> {
    const { mayWrite, writer, log, retryLater, writeIntervalMs } = this.#options;
    const { resourceVersion } = object.metadata;
    if (resourceVersion !== undefined && this.#versions.get(key) === resourceVersion) return 0;
    const status = buildStatus();
    if (object.status !== undefined && digestOf(status) === digestOf(object.status)) return 0;
    if (!mayWrite()) throw new Error('another process writes now');
    const result = await writer.replacePolicyStatus(object, status);
    if (result.outcome === 'conflict') throw new Error('the policy changed meanwhile');
    if (result.outcome === 'refused') {
      log.warn("a policy's status may not be written", { policy: key, reason: result.message });
      retryLater(key);
    }
    if (result.outcome !== 'written') return 0;
    if (resourceVersion !== undefined) this.#versions.set(key, resourceVersion);
    return writeIntervalMs;
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
