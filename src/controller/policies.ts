/**
 * Policies in the operator: what they say of a scope, how well they are known, what is judged again where one changes, and
 * the status of each.
 */
import { POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import type { Clock } from '../core/clock.ts';
import { findPolicies, labelsOf, namespacesOf, remediationSayOf } from '../core/judge.ts';
import type { Judge } from '../core/judge.ts';
import { judgeOwnPolicy } from '../core/own-policy.ts';
import type { JudgedOwnPolicy } from '../core/own-policy.ts';
import type { ExemptionTerms } from '../core/exemption-terms.ts';
import type { EffectivePolicy } from '../core/policy.ts';
import type { AcceptedPolicy } from '../core/accepted-policy.ts';
import { policyMergerOf } from '../core/policy-merge.ts';
import { judgePolicy } from '../core/policy-status.ts';
import type { JudgedPolicy } from '../core/policy-status.ts';
import type { RemediationSay } from '../core/remediation-terms.ts';
import type { AnyRule } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Observation } from '../core/snapshot.ts';
import type { Scope } from '../core/scope.ts';
import { Attestations } from './attestations.ts';
import { namespaceKey } from './enqueue.ts';
import type { Key, PolicyKey } from './enqueue.ts';
import type { EnforcedSummary } from './enforced-condition.ts';
import { findReach } from './policy-reach.ts';
import { PolicyStatuses } from './policy-statuses.ts';
import { PolicyStore } from './policy-store.ts';
import type { PolicyChange } from './policy-store.ts';
import type { StatusUpdatesOptions } from './status-updates.ts';
import type { ClusterStore } from './store.ts';

export interface PoliciesOptions extends StatusUpdatesOptions<PolicyKey> {
  readonly rules: readonly AnyRule[];
  readonly clock: Clock;
  readonly snapshot: ClusterStore;
  /** What has become of what they say of enforcement; undefined until that is known. */
  readonly enforced: () => EnforcedSummary | undefined;
  /** Asks for a scope to be judged, or for a status to be looked at. */
  readonly add: (key: Key) => void;
}

export class Policies {
  readonly ofCluster: PolicyStore<JudgedPolicy>;
  /** Those of namespaces. */
  readonly own: PolicyStore<JudgedOwnPolicy>;
  input: Observation<typeof POLICY_KIND> = { source: POLICY_KIND, state: 'pending', message: 'not read yet' };
  ownInput: Observation<typeof OWN_POLICY_KIND> = {
    source: OWN_POLICY_KIND,
    state: 'pending',
    message: 'not read yet',
  };
  readonly attestations: Attestations;
  readonly #options: PoliciesOptions;
  readonly #statuses: PolicyStatuses;

  constructor(options: PoliciesOptions) {
    const { rules, add } = options;
    this.#options = options;
    this.ofCluster = new PolicyStore<JudgedPolicy>(
      (object, remembered) => judgePolicy(object, rules, remembered),
      (name, change) => {
        // Before anything is looked at, which may be done at once.
        if (change.isInForceChanged) this.attestations.refresh();
        add(`policy/${name}`);
        if (change.isInForceChanged) this.#addReach(change);
      },
    );
    this.own = new PolicyStore<JudgedOwnPolicy>(
      (object, remembered) => judgeOwnPolicy(object, rules, remembered),
      (key, { isInForceChanged }) => {
        add(`own-policy/${key}`);
        if (!isInForceChanged) return;
        const namespace = namespaceOf(key);
        add('cluster');
        add(namespaceKey(namespace));
        this.#reviewOwn(new Set([namespace]));
      },
    );
    this.attestations = new Attestations({
      clock: options.clock,
      cluster: options.snapshot,
      policies: () => this.ofCluster.states().flatMap(({ accepted }) => accepted ?? []),
      areKnown: () => isReadable(this.input),
      review: (name) => {
        add(`policy/${name}`);
      },
    });
    this.#statuses = new PolicyStatuses({
      ...options,
      policies: this.ofCluster,
      ownPolicies: this.own,
      ignoredAttestationsOf: (policy) => this.attestations.ignoredOf(policy),
    });
  }

  /** Takes note of how well those of the cluster can be read. */
  observe(input: Observation<typeof POLICY_KIND>): void {
    this.input = input;
    this.attestations.refresh();
  }

  /** What a scope is judged by. */
  of(scope: Scope): Pick<Judge, 'policies' | 'policyInput' | 'ownPolicies' | 'ownPolicyInput'> {
    return {
      policies: this.ofCluster.states(),
      policyInput: this.input,
      ownPolicies: scope === 'cluster' ? this.own.states() : this.own.inNamespace(scope.namespace),
      ownPolicyInput: this.ownInput,
    };
  }

  /** What they say of repairs in a scope now; undefined where not all of them are known. */
  remediationSay(scope: Scope): RemediationSay | undefined {
    const inputs = scope === 'cluster' ? [this.input] : [this.input, this.ownInput];
    // Where the API server does not serve policies there are none.
    if (inputs.some(({ state }) => state !== 'observed' && state !== 'absent')) return undefined;
    const { rules, snapshot } = this.#options;
    const found = findPolicies(scope, { rules, snapshot, ...this.of(scope) });
    return found === undefined ? undefined : remediationSayOf(found, scope);
  }

  /**
   * What they say of the whole cluster; undefined where not all of them are known, nor whether there are any: what stands must not
   * be taken away because their kind is gone for a moment.
   */
  policyOfCluster(): EffectivePolicy | undefined {
    if (this.input.state !== 'observed') return undefined;
    const { rules, snapshot } = this.#options;
    return findPolicies('cluster', { rules, snapshot, ...this.of('cluster') })?.policy;
  }

  /** What they say of exemptions in a namespace; undefined where that is not known, or it is gone. */
  exemptionTermsIn(namespace: string): ExemptionTerms | undefined {
    if (this.input.state !== 'observed') return undefined;
    const { rules, snapshot } = this.#options;
    const found = findPolicies({ namespace }, { rules, snapshot, ...this.of({ namespace }) });
    return found?.labels === undefined ? undefined : found.policy.exemptions;
  }

  /** What they say of exemptions wherever one may count: what one of them never exempts, or lets live no longer. */
  exemptionTermsAnywhere(): ExemptionTerms {
    const accepted = this.ofCluster.states().flatMap((one) => one.accepted ?? []);
    return policyMergerOf(this.#options.rules).merge(accepted, []).policy.exemptions;
  }

  /** Has the statuses looked at of all cluster policies, and of those of the namespaces: what counts of them may differ. */
  review(namespaces: ReadonlySet<string> | 'all'): void {
    for (const name of this.ofCluster.names()) this.#options.add(`policy/${name}`);
    this.#reviewOwn(namespaces);
  }

  /** @returns how long this policy is left alone now, in milliseconds: 0 where nothing was written */
  reconcile(key: PolicyKey): Promise<number> {
    return this.#statuses.reconcile(key);
  }

  /** What a changed policy concerned before or concerns now; one may overrule another everywhere. */
  #addReach(change: PolicyChange<AcceptedPolicy>): void {
    const { add, snapshot } = this.#options;
    const { namespaces, cluster } = findReach(change, namespacesOf(snapshot), (namespace) => {
      const labels = labelsOf(snapshot, namespace);
      return labels === 'unknown' ? undefined : labels;
    });
    if (cluster) add('cluster');
    for (const namespace of namespaces) add(namespaceKey(namespace));
    this.review(namespaces);
  }

  #reviewOwn(namespaces: ReadonlySet<string> | 'all'): void {
    for (const key of this.own.names()) {
      if (namespaces === 'all' || namespaces.has(namespaceOf(key))) this.#options.add(`own-policy/${key}`);
    }
  }
}

/** @param key `shop/own` */
function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}
