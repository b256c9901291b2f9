/**
 * Judges one scope on what is known now, and says what its posture is to say. What it comes to for each namespace is kept,
 * as the posture of the cluster counts them. Writes nothing.
 */
import { buildClusterStatus } from '../core/cluster-status.ts';
import { Evaluator } from '../core/evaluate.ts';
import { judgeScope, namespacesOf } from '../core/judge.ts';
import type { Log } from '../core/log.ts';
import type { Verdict } from '../core/posture.ts';
import type { AnyRule } from '../core/rule.ts';
import { buildStatus } from '../core/status.ts';
import type { Judged, UntimedCondition } from '../core/status.ts';
import type { Scope } from '../core/scope.ts';
import { adviseLevel } from '../pod-security/level-advisor.ts';
import { buildNamespaceStatus } from '../pod-security/namespace-status.ts';
import { countAdminPaths } from '../rbac/admin-paths.ts';
import type { EnforcedSummary } from './enforced-condition.ts';
import type { Exemptions } from './exemptions.ts';
import { countRefusedIn, NamespaceEnforcements } from './namespace-enforcement.ts';
import type { PlannedView } from './namespace-enforcement.ts';
import type { Policies } from './policies.ts';
import type { ClusterStore } from './store.ts';

export interface ScopeJudgeOptions {
  readonly rules: readonly AnyRule[];
  readonly log: Log;
  readonly cluster: ClusterStore;
  readonly policies: Policies;
  readonly exemptions: Exemptions;
}

export class ScopeJudge {
  readonly evaluator: Evaluator;
  ruleErrors = 0;
  readonly #options: ScopeJudgeOptions;
  readonly #enforcements: NamespaceEnforcements;
  readonly #verdicts = new Map<string, Verdict>();

  constructor(options: ScopeJudgeOptions) {
    const { rules, log } = options;
    this.#options = options;
    this.#enforcements = new NamespaceEnforcements(rules);
    this.evaluator = new Evaluator({
      ruleThrew: (rule, error) => {
        this.ruleErrors += 1;
        log.error('a rule failed; its findings are unknown', { rule, error: String(error) });
      },
    });
  }

  /** Also those that were judged and are gone: one that went while nobody could read namespaces is told of by nothing else. */
  get namespaces(): ReadonlySet<string> {
    return new Set([...namespacesOf(this.#options.cluster), ...this.#verdicts.keys()]);
  }

  /** Whether every namespace that is there was judged. */
  get isWhole(): boolean {
    return namespacesOf(this.#options.cluster).every((namespace) => this.#verdicts.has(namespace));
  }

  /** @returns undefined for what is not there */
  judge(scope: Scope): Judged | undefined {
    const { rules, cluster, policies, exemptions } = this.#options;
    return judgeScope(scope, {
      rules,
      evaluator: this.evaluator,
      snapshot: cluster,
      ...policies.of(scope),
      exemptions: exemptions.given(),
    });
  }

  /** @param planned undefined where it is not known */
  describeNamespace(
    namespace: string,
    judged: Judged,
    { remediated, planned }: { remediated: UntimedCondition | undefined; planned: PlannedView | undefined },
  ): ReturnType<typeof buildNamespaceStatus> {
    const { cluster } = this.#options;
    const { inShort, ofFinding } = this.#enforcements.of(namespace, {
      snapshot: cluster,
      evaluator: this.evaluator,
      planned,
      judgedBy: judged.policy.rules,
    });
    return buildNamespaceStatus(
      buildStatus(judged, remediated, ofFinding),
      namespace,
      adviseLevel(cluster, namespace),
      inShort,
    );
  }

  describeCluster(
    judged: Judged,
    {
      remediated,
      refusals,
      enforced,
      planned,
    }: {
      remediated: UntimedCondition | undefined;
      refusals: readonly [string, string][];
      enforced: EnforcedSummary;
      /** Undefined where it is not known. */
      planned: PlannedView | undefined;
    },
  ): ReturnType<typeof buildClusterStatus> {
    const { cluster, policies, exemptions } = this.#options;
    return buildClusterStatus(buildStatus(judged, remediated), {
      snapshot: cluster,
      serverDoubt: cluster.serverDoubt,
      verdicts: [...this.#verdicts.values()],
      refusals,
      policyInput: policies.input,
      adminPaths: countAdminPaths(cluster),
      ownPolicyInput: policies.ownInput,
      exemptionInputs: exemptions.inputs,
      enforced: planned === undefined ? enforced : countRefusedIn(enforced, planned.policies, cluster),
    });
  }

  /** @param verdict undefined for one that is gone. @returns whether it is another one than before */
  noteVerdict(namespace: string, verdict: Verdict | undefined): boolean {
    if (verdict === undefined) return this.#verdicts.delete(namespace);
    if (this.#verdicts.get(namespace) === verdict) return false;
    this.#verdicts.set(namespace, verdict);
    return true;
  }
}
