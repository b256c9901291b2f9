/**
 * Lays the policies that concern a scope over each other, the strongest on top, Merlon's own defaults below: pure and
 * total. The table in docs/policies.md says it for people.
 */
import type { PolicyLayer, GeneralSettings } from './policy-layer.ts';
import type { Said } from './said.ts';
import { readBuiltInLayer, readClusterLayer, readOwnLayer, sourceOf } from './policy-layer.ts';
import { buildEnforcementTerms, rankOfMode } from './enforcement-terms.ts';
import { delegateTo } from './delegation.ts';
import type { IgnoredSetting } from './ignored-settings.ts';
import type { AcceptedOwnPolicy, AcceptedPolicy } from './accepted-policy.ts';
import { DEFAULT_POLICY_NAME } from './policy.ts';
import type { EffectivePolicy } from './policy.ts';
import { buildExemptionTerms, buildRemediationTerms } from './policy-terms.ts';
import { remediationModes } from './remediation-terms.ts';
import type { AnyRule } from './rule.ts';
import { RuleSelections } from './rule-selections.ts';
import { sortPolicies } from './policy-scope.ts';

/** What the policies of one scope come to. */
export interface MergedPolicy {
  readonly policy: EffectivePolicy;
  /** All that was decided, each with who decided it. */
  readonly settings: PolicyLayer;
  /** What of each of the namespace's own policies has no effect. */
  readonly ignored: ReadonlyMap<AcceptedOwnPolicy, readonly IgnoredSetting[]>;
}

interface Node {
  merged?: MergedPolicy;
  readonly next: WeakMap<AcceptedPolicy | AcceptedOwnPolicy, Node>;
}

/** Remembers what it merged as long as the policies are there: the same policies give the same object. */
export class PolicyMerger {
  /** How often something was merged since the start, for tests. */
  merges = 0;
  readonly #catalogue: readonly AnyRule[];
  readonly #builtIn: PolicyLayer;
  readonly #selections: RuleSelections;
  readonly #layers = new WeakMap<AcceptedPolicy | AcceptedOwnPolicy, PolicyLayer>();
  readonly #known: Node = { next: new WeakMap() };

  constructor(catalogue: readonly AnyRule[]) {
    this.#catalogue = catalogue;
    this.#builtIn = readBuiltInLayer(catalogue);
    this.#selections = new RuleSelections(catalogue);
  }

  /**
   * @param cluster those that concern the scope, in any order
   * @param own those of the namespace itself, by name
   */
  merge(cluster: readonly AcceptedPolicy[], own: readonly AcceptedOwnPolicy[]): MergedPolicy {
    const sorted = sortPolicies(cluster);
    let node = this.#known;
    for (const policy of [...sorted, ...own]) {
      const next: Node = node.next.get(policy) ?? { next: new WeakMap() };
      node.next.set(policy, next);
      node = next;
    }
    node.merged ??= own.length === 0 ? this.#mergeCluster(sorted) : this.#mergeOwn(this.merge(sorted, []), own);
    return node.merged;
  }

  /** What one policy says by itself. */
  layerOf(policy: AcceptedPolicy | AcceptedOwnPolicy): PolicyLayer {
    const known =
      this.#layers.get(policy) ??
      ('namespace' in policy ? readOwnLayer(policy, this.#catalogue) : readClusterLayer(policy, this.#catalogue));
    this.#layers.set(policy, known);
    return known;
  }

  #mergeCluster(sorted: readonly AcceptedPolicy[]): MergedPolicy {
    this.merges += 1;
    const settings = [this.#builtIn, ...sorted.map((policy) => this.layerOf(policy)).reverse()].reduce(overlay);
    return {
      settings,
      ignored: new Map(),
      policy: {
        name: sorted[0]?.name ?? DEFAULT_POLICY_NAME,
        sources: sorted.map(sourceOf),
        rules: this.#selections.select(settings),
        threshold: valueOf(settings.general.threshold),
        exemptions: buildExemptionTerms(settings.general, this.#catalogue),
        remediation: buildRemediationTerms(settings.general, undefined, this.#catalogue),
        enforcement: buildEnforcementTerms(settings.general),
      },
    };
  }

  #mergeOwn({ policy, settings: base }: MergedPolicy, own: readonly AcceptedOwnPolicy[]): MergedPolicy {
    this.merges += 1;
    const { settings, ignored, asked } = delegateTo(
      base,
      own.map((one) => ({ policy: one, layer: this.layerOf(one) })),
      this.#catalogue,
    );
    const areRulesSame =
      settings.states === base.states && settings.severities === base.severities && settings.params === base.params;
    return {
      settings,
      ignored,
      policy: {
        ...policy,
        sources: [...policy.sources, ...own.map(sourceOf)],
        rules: areRulesSame ? policy.rules : this.#selections.select(settings),
        threshold: valueOf(settings.general.threshold),
        remediation:
          asked.mode === undefined && asked.repairable === undefined
            ? policy.remediation
            : buildRemediationTerms(settings.general, asked, this.#catalogue),
      },
    };
  }
}

const mergers = new WeakMap<readonly AnyRule[], PolicyMerger>();

/** One for each catalogue: whoever asks for the same policies gets the same object. */
export function policyMergerOf(catalogue: readonly AnyRule[]): PolicyMerger {
  const known = mergers.get(catalogue) ?? new PolicyMerger(catalogue);
  mergers.set(catalogue, known);
  return known;
}

/** What applies where no policy does: every rule that is on by default, Compliant judged at high. */
export function buildDefaultPolicy(catalogue: readonly AnyRule[]): EffectivePolicy {
  return policyMergerOf(catalogue).merge([], []).policy;
}

function overlay(below: PolicyLayer, above: PolicyLayer): PolicyLayer {
  const params = new Map(below.params);
  for (const [rule, set] of above.params) params.set(rule, new Map([...(params.get(rule) ?? []), ...set]));
  return {
    states: new Map([...below.states, ...above.states]),
    severities: new Map([...below.severities, ...above.severities]),
    params,
    general: { ...below.general, ...above.general, ...mostRestrictive(below.general, above.general) },
  };
}

/** What only ever becomes tighter, whichever policy is on top. */
function mostRestrictive(below: GeneralSettings, above: GeneralSettings): GeneralSettings {
  const restricted: GeneralSettings = {};
  const mode = least(below.mode, above.mode, (value) => remediationModes.indexOf(value));
  if (mode !== undefined) restricted.mode = mode;
  const lifetime = least(below.maxLifetimeDays, above.maxLifetimeDays, (value) => value);
  if (lifetime !== undefined) restricted.maxLifetimeDays = lifetime;
  const enforced = least(below.enforcementMode, above.enforcementMode, rankOfMode);
  if (enforced !== undefined) restricted.enforcementMode = enforced;
  const nodesProxy = least(below.nodesProxyMode, above.nodesProxyMode, rankOfMode);
  if (nodesProxy !== undefined) restricted.nodesProxyMode = nodesProxy;
  const clusterRbac = least(below.clusterRbacMode, above.clusterRbacMode, rankOfMode);
  if (clusterRbac !== undefined) restricted.clusterRbacMode = clusterRbac;
  const never = together(below.never, above.never);
  if (never !== undefined) restricted.never = never;
  const namespacesOut = together(below.namespacesOut, above.namespacesOut);
  if (namespacesOut !== undefined) restricted.namespacesOut = namespacesOut;
  return restricted;
}

function together<T>(
  below: Said<readonly T[]> | undefined,
  above: Said<readonly T[]> | undefined,
): Said<readonly T[]> | undefined {
  if (below === undefined || above === undefined) return above ?? below;
  return { ...above, value: [...new Set([...above.value, ...below.value])] };
}

function least<T>(
  below: Said<T> | undefined,
  above: Said<T> | undefined,
  rankOf: (value: T) => number,
): Said<T> | undefined {
  if (below === undefined || above === undefined) return above ?? below;
  return rankOf(below.value) < rankOf(above.value) ? below : above;
}

/** @throws {Error} where the built-in layer is not complete */
function valueOf<T>(said: Said<T> | undefined): T {
  if (said === undefined) throw new Error('Merlon itself says nothing of a setting');
  return said.value;
}
