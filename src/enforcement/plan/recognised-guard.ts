/**
 * Whether a policy that stands in a cluster is the exec guard as this Merlon prints it. Neither its name nor a label says
 * so: the guard is printed again with what the policy seems to have been printed with, and all that decides is compared,
 * word for word. Only where it is in force is left out, because that can be weighed.
 */
import { isDeepStrictEqual } from 'node:util';

import { validatingPolicyBindingSpec, validatingPolicySpec } from '../../core/admission-shape.ts';
import { isCrowd } from '../../core/enforcement-terms.ts';
import { project } from '../../core/project.ts';
import type { Infer } from '../../core/shape.ts';
import { readTextList } from './cel.ts';
import { buildExecGuard, findMembership, furtherConnections, planExecGuard } from './exec-guard.ts';
import type { ExecGuardChoice } from './exec-guard.ts';
import { buildKeeper } from './exec-label.ts';

export type StoredPolicySpec = Infer<typeof validatingPolicySpec>;
export type StoredBindingSpec = Infer<typeof validatingPolicyBindingSpec>;

const everywhere = { withoutLabel: 'deny', keptOut: [] } as const;

/** @returns what it was printed with; undefined for any other policy */
export function recogniseExecGuard(policy: StoredPolicySpec | undefined): ExecGuardChoice | undefined {
  if (policy?.paramKind?.kind !== 'Pod') return undefined;
  const list = findMembership(policy.validations?.[0]?.expression ?? '');
  const breakGlassGroups = list === undefined ? [] : readTextList(list);
  if (breakGlassGroups === undefined || breakGlassGroups.some(isCrowd)) return undefined;
  const stored = whatDecides(policy);
  return choicesWith(breakGlassGroups).find((choice) =>
    isDeepStrictEqual(whatDecides(project(validatingPolicySpec, buildExecGuard(choice, everywhere))), stored),
  );
}

/** Whether a binding gives the guard every pod to look at, and takes nothing else from it than namespaces. */
export function bindsEveryPod(binding: StoredBindingSpec): boolean {
  return isPlannedBinding(binding, false);
}

/** The same, but for pods whose label spares them: which is worth as much as the label. */
export function bindsByLabel(binding: StoredBindingSpec): boolean {
  return isPlannedBinding(binding, true);
}

/** Whether it keeps the label of pods honest, wherever it is asked. */
export function isLabelKeeper(policy: StoredPolicySpec | undefined): boolean {
  const planned = project(validatingPolicySpec, buildKeeper(everywhere));
  return policy !== undefined && isDeepStrictEqual(whatDecides(policy), whatDecides(planned));
}

function isPlannedBinding(binding: StoredBindingSpec, byLabel: boolean): boolean {
  const [planned] = planExecGuard({ ...anyChoice, ...everywhere, ephemeralContainers: false, byLabel });
  const own = planned?.bindings.map(({ spec }) => whatBinds(project(validatingPolicyBindingSpec, spec))) ?? [];
  return own.some((one) => isDeepStrictEqual(one, whatBinds(binding)));
}

/** Of a policy of either kind. */
export function whatDecides({ matchConstraints, ...policy }: Pick<StoredPolicySpec, 'matchConstraints'>): object {
  return { ...policy, matchConstraints: { ...matchConstraints, namespaceSelector: undefined } };
}

export function whatBinds({
  paramRef,
  matchResources,
}: Pick<StoredBindingSpec, 'paramRef' | 'matchResources'>): object {
  return { paramRef, matchResources: { ...matchResources, namespaceSelector: undefined } };
}

const anyChoice: ExecGuardChoice = { connections: [], hostNetwork: false, breakGlassGroups: [] };

function choicesWith(breakGlassGroups: readonly string[]): readonly ExecGuardChoice[] {
  const subsets = furtherConnections.reduce<readonly ExecGuardChoice['connections'][]>(
    (sets, one) => [...sets, ...sets.map((set) => [...set, one])],
    [[]],
  );
  return subsets.flatMap((connections) =>
    [false, true].map((hostNetwork) => ({ connections, hostNetwork, breakGlassGroups })),
  );
}
