/**
 * From what policies say to what is enforced: whoever prints it and whoever applies it ask here, so that the files in git and
 * the objects in the cluster are the same.
 */
import { rankOfMode } from '../../core/enforcement-terms.ts';
import type { EnforcementCeiling, EnforcementTerms } from '../../core/enforcement-terms.ts';
import { furtherFamilies, furtherPolicies, planFamilies } from './chosen-families.ts';
import type { PlannedFamilies } from './chosen-families.ts';
import { planExecLabel } from './exec-label.ts';
import type { SelectedRule } from '../../core/policy.ts';
import type { AnyRule } from '../../core/rule.ts';
import { selectRules } from '../../core/rule-selector.ts';
import { DEBUG_GUARD_NAME, EXEC_GUARD_NAME, planExecGuard } from './exec-guard.ts';
import { knowMutating, knowValidating } from './known-policy.ts';
import type { KnownPolicy } from './known-policy.ts';
import { silentModes } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { NODES_PROXY_GUARD_NAME, planNodesProxyGuard } from './nodes-proxy-guard.ts';
import { planPodFamily, podFamilyPolicies } from './pod-family.ts';
import type { LeftOut, PlannedExemption, PlannedFamily } from './pod-family.ts';
import { CANARY_NAME } from './trial.ts';
import type { PlannedPolicy, SilentMode } from './planned-policy.ts';

/** What new pods are held to. */
export interface HeldTo {
  /** Those in force for the cluster itself, with their parameters. */
  readonly rules: readonly SelectedRule[];
  /** Of the API server; undefined where nobody said. */
  readonly minor: number | undefined;
  /** What is accepted, as far as CEL can tell. */
  readonly exemptions: readonly PlannedExemption[];
}

export interface PlannedEnforcement extends PlannedFamilies {
  readonly policies: readonly PlannedPolicy[];
  /** Of the rules what cannot be enforced. */
  readonly leftOut: readonly LeftOut[];
}

const NOTHING: PlannedEnforcement = { policies: [], leftOut: [], unserved: [], remarks: [] };

/** @returns nothing where nothing is to be enforced */
export function planEnforcement(terms: EnforcementTerms, heldTo: HeldTo): PlannedEnforcement {
  const { ceiling = 'off', exec, families, breakGlassGroups, namespacesOut, cluster } = terms;
  if (ceiling === 'off') return NOTHING;
  const atMost = (mode: EnforcementCeiling) => (rankOfMode(mode) < rankOfMode(ceiling) ? mode : ceiling);
  const modes: NamespaceModes = { ceiling, withoutLabel: atMost(terms.withoutLabel), keptOut: namespacesOut };
  const nodesProxy = silence(atMost(cluster.nodesProxy));
  // What keeps the label refuses, whatever the mode of the guard.
  const byLabel = exec.byLabel === true && ceiling === 'deny';
  const pods = families.includes('pod-security') ? planPods(terms, modes, heldTo) : undefined;
  const { rules, minor, exemptions } = heldTo;
  const { defaults, tokenSecrets, clusterAdmins } = terms;
  const chosen = furtherFamilies.filter((family) => families.includes(family));
  const further = planFamilies(
    {
      ...{ families: chosen, modes, breakGlassGroups, minor, exemptions },
      ...{ defaults, tokenSecrets, clusterAdmins, clusterRbac: atMost(cluster.rbac) },
    },
    rules,
  );
  return {
    ...further,
    policies: [
      ...(families.includes('exec')
        ? [...(byLabel ? planExecLabel(modes) : []), ...planExecGuard({ ...modes, ...exec, byLabel, breakGlassGroups })]
        : []),
      ...(nodesProxy === 'off' ? [] : [planNodesProxyGuard(nodesProxy, breakGlassGroups)]),
      ...(pods?.policy === undefined ? [] : [pods.policy]),
      ...further.policies,
    ],
    leftOut: [...(pods?.leftOut ?? []), ...further.leftOut],
  };
}

function planPods(terms: EnforcementTerms, modes: NamespaceModes, { rules, minor, exemptions }: HeldTo): PlannedFamily {
  const all = rules.map(({ rule }) => rule);
  const named = new Set((terms.rules ?? ['*']).flatMap((selector) => selectRules(selector, all)));
  const planned = planPodFamily({
    ...modes,
    family: 'pod-security',
    rules: rules.filter(({ rule }) => named.has(rule)),
    target: { podSecurityVersion: minor },
    breakGlassGroups: terms.breakGlassGroups,
    exemptions,
  });
  // What is named by itself is missed where it is not there; of all rules most are about something else.
  const missed = terms.rules === undefined || terms.rules.includes('*') ? [] : [...named].filter(isOnlyJudged);
  return { ...planned, leftOut: [...planned.leftOut, ...missed.map(({ id }) => ({ rule: id, reason: ONLY_JUDGED }))] };
}

const ONLY_JUDGED = 'can be judged and not enforced';

function isOnlyJudged(rule: AnyRule): boolean {
  return rule.subject === 'Workload' && rule.enforce === undefined;
}

/** Who connects to something is shown no warnings: who asks for them gets the next less. */
function silence(mode: EnforcementCeiling): SilentMode | 'off' {
  return mode === 'warn' ? 'audit' : mode;
}

/** All that this Merlon may apply by itself. */
export const knownPolicies: readonly KnownPolicy[] = [
  knowValidating(EXEC_GUARD_NAME, silentModes),
  knowValidating(DEBUG_GUARD_NAME, silentModes),
  knowValidating(NODES_PROXY_GUARD_NAME, silentModes),
  knowValidating(podFamilyPolicies['pod-security']),
  ...furtherPolicies,
  // Never planned: what a trial left behind, because its process ended, is taken away.
  knowValidating(CANARY_NAME, ['deny']),
  knowMutating(CANARY_NAME),
];
