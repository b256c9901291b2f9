/**
 * From what policies say to what is enforced: whoever prints it and whoever applies it ask here, so that the files in git and
 * the objects in the cluster are the same.
 */
import { rankOfMode } from '../../core/enforcement-terms.ts';
import type { EnforcementCeiling, EnforcementTerms } from '../../core/enforcement-terms.ts';
import { LABEL_KEEPER_NAME, LABEL_SETTER_NAME, planExecLabel } from './exec-label.ts';
import { DEBUG_GUARD_NAME, EXEC_GUARD_NAME, planExecGuard } from './exec-guard.ts';
import { allModes, silentModes } from './namespace-modes.ts';
import type { NamespaceModes } from './namespace-modes.ts';
import { NODES_PROXY_GUARD_NAME, planNodesProxyGuard } from './nodes-proxy-guard.ts';
import { nameBinding } from './planned-policy.ts';
import type { EnforcementMode, PlannedPolicy, SilentMode } from './planned-policy.ts';

/** @returns nothing where nothing is to be enforced */
export function planEnforcement(terms: EnforcementTerms): readonly PlannedPolicy[] {
  const { ceiling = 'off', exec, breakGlassGroups, namespacesOut, cluster } = terms;
  if (ceiling === 'off') return [];
  const atMost = (mode: EnforcementCeiling) => (rankOfMode(mode) < rankOfMode(ceiling) ? mode : ceiling);
  const modes: NamespaceModes = { ceiling, withoutLabel: atMost(terms.withoutLabel), keptOut: namespacesOut };
  const nodesProxy = silence(atMost(cluster.nodesProxy));
  // What keeps the label refuses, whatever the mode of the guard.
  const byLabel = exec.byLabel === true && ceiling === 'deny';
  return [
    ...(terms.families.includes('exec')
      ? [...(byLabel ? planExecLabel(modes) : []), ...planExecGuard({ ...modes, ...exec, byLabel, breakGlassGroups })]
      : []),
    ...(nodesProxy === 'off' ? [] : [planNodesProxyGuard(nodesProxy, breakGlassGroups)]),
  ];
}

/** Who connects to something is shown no warnings: who asks for them gets the next less. */
function silence(mode: EnforcementCeiling): SilentMode | 'off' {
  return mode === 'warn' ? 'audit' : mode;
}

/** A policy that this Merlon may apply, and what it may be bound by. */
export interface KnownPolicy {
  readonly kind: PlannedPolicy['kind'];
  readonly name: string;
  readonly bindings: readonly string[];
}

/** All that there can be, for who removes what is not planned any more, and for the role that names them. */
export const knownPolicies: readonly KnownPolicy[] = [
  know(EXEC_GUARD_NAME, silentModes),
  know(DEBUG_GUARD_NAME, silentModes),
  know(NODES_PROXY_GUARD_NAME, silentModes),
  know(LABEL_KEEPER_NAME, ['deny']),
  { kind: 'MutatingAdmissionPolicy', name: LABEL_SETTER_NAME, bindings: [nameBinding(LABEL_SETTER_NAME, 'on')] },
];

function know(name: string, modes: readonly EnforcementMode[] = allModes): KnownPolicy {
  return { kind: 'ValidatingAdmissionPolicy', name, bindings: modes.map((mode) => nameBinding(name, mode)) };
}
