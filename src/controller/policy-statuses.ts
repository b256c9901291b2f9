/** Keeps the status of each policy true: written only when it says something else than what stands. */
import type { ClusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { HardeningPolicy } from '../api/v1alpha1/hardening-policy.ts';
import { findPolicies, namespacesOf } from '../core/judge.ts';
import type { ConcernedPolicies } from '../core/judge.ts';
import type { Log } from '../core/log.ts';
import { buildOwnPolicyStatus } from '../core/own-policy.ts';
import type { JudgedOwnPolicy, OwnPolicyView } from '../core/own-policy.ts';
import type { MergedPolicy } from '../core/policy-merge.ts';
import { buildPolicyStatus } from '../core/policy-status.ts';
import type { JudgedPolicy, PolicyReach } from '../core/policy-status.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Scope } from '../core/subjects.ts';
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

/** A policy that is changed all the time gets its status no more often than that. */
const STATUS_INTERVAL_MS = 1000;

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
        buildPolicyStatus(state, this.#findReach(state), rules, timestamp()),
      );
    }
    const state = ownPolicies.get(name);
    if (state === undefined) return this.#forget(key);
    return this.#update(key, state.object, () => buildOwnPolicyStatus(state, this.#view(state), timestamp()));
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
    return Math.max(writeIntervalMs, STATUS_INTERVAL_MS);
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
    return { matchedNamespaces, merged: scopes };
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
