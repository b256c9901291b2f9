/**
 * From what policies say to what is enforced: whoever prints it and whoever applies it ask here, so that the files in git and
 * the objects in the cluster are the same.
 */
import { rankOfMode } from '../../core/enforcement-terms.ts';
import type { EnforcementCeiling, EnforcementTerms } from '../../core/enforcement-terms.ts';
import { furtherFamilies, furtherPolicies, planFamilies } from './chosen-families.ts';
import type { PlannedFamilies, Unserved } from './chosen-families.ts';
import { labelPolicies, planExecLabel } from './exec-label.ts';
import type { SelectedRule } from '../../core/policy.ts';
import type { AnyRule } from '../../core/rule.ts';
import { selectRules } from '../../core/rule-selector.ts';
import { DEBUG_GUARD_NAME, EXEC_GUARD_NAME, planExecGuard } from './exec-guard.ts';
import { suggestLevelLabel } from './level-label.ts';
import { knowMutating, knowValidating } from './known-policy.ts';
import type { KnownPolicy } from './known-policy.ts';
import { silentModes } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { NODES_PROXY_GUARD_NAME, planNodesProxyGuard } from './nodes-proxy-guard.ts';
import { planPodFamily, podFamilyPolicies } from './pod-family.ts';
import type { LeftOut, PlannedExemption, PlannedFamily } from './pod-family.ts';
import { CANARY_NAME } from './trial.ts';
import { oldestMinors } from './planned-policy.ts';
import type { PlannedPolicy, SilentMode } from './planned-policy.ts';

/** What new pods are held to. */
export interface HeldTo {
  /** Those in force for the cluster itself, with their parameters. */
  readonly rules: readonly SelectedRule[];
  /** Of the API server; undefined where nobody said. */
  readonly minor: number | undefined;
  /** What is accepted, as far as CEL can tell. */
  readonly exemptions: readonly PlannedExemption[];
  /** Why pods are not to be spared by their label, after "it"; undefined where they may be. */
  readonly labelDoubt?: string | undefined;
  /** Why new pods are not to get it, in the same way. */
  readonly setterDoubt?: string | undefined;
}

export interface PlannedEnforcement extends PlannedFamilies {
  readonly policies: readonly PlannedPolicy[];
  /** Of the rules what cannot be enforced. */
  readonly leftOut: readonly LeftOut[];
}

const NOTHING: PlannedEnforcement = { policies: [], leftOut: [], unserved: [], remarks: [] };

/** @returns nothing where nothing is to be enforced */
export function planEnforcement(terms: EnforcementTerms, heldTo: HeldTo): PlannedEnforcement {
  const { ceiling = 'off', families, breakGlassGroups, namespacesOut, cluster } = terms;
  if (ceiling === 'off') return NOTHING;
  const atMost = (mode: EnforcementCeiling) => (rankOfMode(mode) < rankOfMode(ceiling) ? mode : ceiling);
  const modes: NamespaceModes = { ceiling, withoutLabel: atMost(terms.withoutLabel), keptOut: namespacesOut };
  const nodesProxy = silence(atMost(cluster.nodesProxy));
  const ofExec = families.includes('exec') ? planExec(terms, modes, heldTo) : undefined;
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
      ...(ofExec?.policies ?? []),
      ...(nodesProxy === 'off' ? [] : [planNodesProxyGuard(nodesProxy, breakGlassGroups)]),
      ...(pods?.policy === undefined ? [] : [pods.policy]),
      ...further.policies,
    ],
    leftOut: [...(ofExec?.leftOut ?? []), ...(pods?.leftOut ?? []), ...further.leftOut],
    unserved: [...(ofExec?.unserved ?? []), ...further.unserved],
    remarks: [...(pods?.remarks ?? []), ...further.remarks],
  };
}

/** What keeps the label first; the guard goes by it where that is kept, and else looks at every pod. */
function planExec(
  { exec, breakGlassGroups }: EnforcementTerms,
  modes: NamespaceModes,
  { minor, labelDoubt, setterDoubt }: HeldTo,
): Omit<PlannedEnforcement, 'remarks'> {
  // What keeps the label refuses, whatever the mode of the guard.
  const isWanted = exec.byLabel && modes.ceiling === 'deny';
  const isServed = (minor ?? Infinity) >= oldestMinors.MutatingAdmissionPolicy;
  const isLabelled = isWanted && isServed;
  const [keeper, setter] = planExecLabel(modes);
  const doubts = isLabelled ? [labelDoubt, setterDoubt].filter((one) => one !== undefined) : [];
  return {
    policies: [
      ...(isLabelled ? [keeper] : []),
      ...(isLabelled && setterDoubt === undefined ? [setter] : []),
      ...planExecGuard({ ...modes, ...exec, byLabel: isLabelled && labelDoubt === undefined, breakGlassGroups }),
    ],
    leftOut: doubts.map((reason) => ({ rule: 'exec.byLabel', reason })),
    unserved: isWanted && !isServed ? [explainLookingAtAll(minor ?? 0)] : [],
  };
}

function explainLookingAtAll(minor: number): Unserved {
  const message = `${explainNoLabel(minor)}; the exec guard looks at every pod, and takes longer in namespaces of thousands`;
  return { family: 'exec', message, isRefusedInstead: true };
}

/** What an API server cannot do that sets nothing. */
export function explainNoLabel(minor: number): string {
  return `Kubernetes 1.${minor} serves no MutatingAdmissionPolicy (it is there from 1.${oldestMinors.MutatingAdmissionPolicy} on), by which pods get the label`;
}

function planPods(
  terms: EnforcementTerms,
  modes: NamespaceModes,
  { rules, minor, exemptions }: HeldTo,
): PlannedFamily & { readonly remarks: readonly string[] } {
  const { rules: selectors = ['*'] } = terms;
  const all = rules.map(({ rule }) => rule);
  const ofRules = new Set(selectors.flatMap((selector) => selectRules(selector, all)));
  const named = rules.filter(({ rule }) => ofRules.has(rule));
  const planned = planPodFamily({
    ...modes,
    family: 'pod-security',
    rules: named,
    target: { podSecurityVersion: minor },
    breakGlassGroups: terms.breakGlassGroups,
    exemptions,
  });
  const isChosen = !selectors.includes('*');
  // What is named by itself is missed where it is not there; of all rules most are about something else.
  const missed = isChosen ? named.map(({ rule }) => rule).filter(isOnlyJudged) : [];
  // A label knows no exemptions, and lets no group through.
  const isAsLabelled =
    selectors.every((one) => one.startsWith('pss/')) && exemptions.length + terms.breakGlassGroups.length === 0;
  const label = isAsLabelled ? suggestLevelLabel(named, minor) : undefined;
  return {
    ...planned,
    leftOut: [...planned.leftOut, ...(missed.length === 0 ? [] : [{ rule: enumerate(missed), reason: ONLY_JUDGED }])],
    remarks: label === undefined ? [] : [label],
  };
}

const ONLY_JUDGED = 'can be judged and not enforced';

/** As many as are worth naming in a line; "merlon rules" lists all. */
const MAX_NAMED = 5;

function enumerate(rules: readonly AnyRule[]): string {
  const more = rules.length - MAX_NAMED;
  const named = rules.slice(0, MAX_NAMED).map(({ id }) => id);
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

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
  // After the guard that goes by the label.
  ...labelPolicies,
  knowValidating(podFamilyPolicies['pod-security']),
  ...furtherPolicies,
  // Never planned: what a trial left behind, because its process ended, is taken away.
  knowValidating(CANARY_NAME, ['deny']),
  knowMutating(CANARY_NAME),
];
