/**
 * Whether a policy that stands in a cluster has every image pulled with the credentials of its pod as this Merlon prints it:
 * the one that sets imagePullPolicy, the one that keeps it, or the twin that refuses another. None is known by its name: all
 * that decides is compared, word for word, but where it is in force, which can be weighed.
 */
import { isDeepStrictEqual } from 'node:util';

import {
  mutatingPolicyBindingSpec,
  mutatingPolicySpec,
  validatingPolicyBindingSpec,
  validatingPolicySpec,
} from '../../core/admission-shape.ts';
import { project } from '../../core/project.ts';
import type { AnyRule } from '../../core/rule.ts';
import type { Infer } from '../../core/shape.ts';
import { IMAGE_PULLS_NAME, planImagePulls } from './image-pulls.ts';
import { planPullsKeeper } from './image-pulls-keeper.ts';
import { allModes, bindByNamespace } from './namespace-modes.ts';
import { whatBinds, whatDecides } from './recognised-guard.ts';
import type { StoredBindingSpec, StoredPolicySpec } from './recognised-guard.ts';
import { readBreakGlassGroups, recognisePodPolicy } from './recognised-pod-policy.ts';

export type StoredMutatingSpec = Infer<typeof mutatingPolicySpec>;
export type StoredMutatingBindingSpec = Infer<typeof mutatingPolicyBindingSpec>;

const everywhere = { withoutLabel: 'deny', keptOut: [] } as const;

export function setsImagePulls(policy: StoredMutatingSpec | undefined): boolean {
  const planned = project(mutatingPolicySpec, planImagePulls(everywhere).spec);
  return policy !== undefined && isDeepStrictEqual(whatDecides(policy), whatDecides(planned));
}

/** @param rule the one that pods are held to; with exemptions it is another policy, which may let anything through */
export function refusesOtherPulls(policy: StoredPolicySpec | undefined, rule: AnyRule): boolean {
  return recognisePodPolicy(policy, { catalogue: [rule], minor: undefined }, 'image-pulls')?.includes(rule.id) === true;
}

/** The same of what keeps what is set, for whichever rule. */
export function keepsPulls(policy: StoredPolicySpec | undefined): boolean {
  const breakGlassGroups = readBreakGlassGroups(policy?.matchConditions ?? []);
  if (policy === undefined || breakGlassGroups === undefined) return false;
  const planned = planPullsKeeper({ rules: [], breakGlassGroups, exemptions: [] }, everywhere);
  const printed = project(validatingPolicySpec, planned.spec);
  return isDeepStrictEqual(whatDecides(printed), whatDecides(policy));
}

/** Whether a binding takes nothing from the policy that sets but namespaces. */
export function setsByNamespace(binding: StoredMutatingBindingSpec): boolean {
  return planImagePulls(everywhere).bindings.some(({ spec }) =>
    isDeepStrictEqual(whatBinds(project(mutatingPolicyBindingSpec, spec)), whatBinds(binding)),
  );
}

/** The same of the one that refuses. */
export function refusesByNamespace(binding: StoredBindingSpec): boolean {
  return bindByNamespace(IMAGE_PULLS_NAME, everywhere, allModes).some(({ spec }) =>
    isDeepStrictEqual(whatBinds(project(validatingPolicyBindingSpec, spec)), whatBinds(binding)),
  );
}
