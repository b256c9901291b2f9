/**
 * Which policy of Merlon's that sets something one that stands in a cluster is, whoever applied it and under whatever name:
 * one that is planned is compared as it is planned, any other is printed again with what it seems to have been printed with.
 */
import { isDeepStrictEqual } from 'node:util';

import { mutatingPolicySpec } from '../../core/admission-shape.ts';
import { project } from '../../core/project.ts';
import type { AnyRule } from '../../core/rule.ts';
import { planExecLabel } from './exec-label.ts';
import { planImagePulls } from './image-pulls.ts';
import type { PlannedMutatingPolicy, PlannedPolicy } from './planned-policy.ts';
import { defaultingRulesOf, planPodDefaults } from './pod-defaults.ts';
import type { DefaultingRule } from './pod-defaults.ts';
import { whatDecides } from './recognised-guard.ts';
import type { StoredMutatingSpec } from './recognised-image-pulls.ts';
import type { KnownTexts } from './recognised-pod-policy.ts';
import { planServiceAccounts } from './service-accounts.ts';

const everywhere = { withoutLabel: 'deny', keptOut: [] } as const;

/** @returns it as Merlon prints it, but for the namespaces in which it is in force; undefined for any other policy */
export function recogniseSetter(
  policy: StoredMutatingSpec | undefined,
  { planned, catalogue }: Omit<KnownTexts, 'minor'>,
): PlannedMutatingPolicy | undefined {
  if (policy === undefined) return undefined;
  const known: readonly PlannedPolicy[] = [...planned, ...unchosen, ...planDefaults(policy, catalogue)];
  return known.find((one): one is PlannedMutatingPolicy => isSetter(one) && isSame(one, policy));
}

/** Those of which there is one text. */
const unchosen: readonly PlannedPolicy[] = [
  planImagePulls(everywhere),
  ...planServiceAccounts({ canMutate: true, tokenSecrets: false, breakGlassGroups: [] }, everywhere),
  ...planExecLabel(everywhere),
];

function isSetter(one: PlannedPolicy): one is PlannedMutatingPolicy {
  return one.kind === 'MutatingAdmissionPolicy';
}

function isSame({ spec }: PlannedMutatingPolicy, policy: StoredMutatingSpec): boolean {
  return isDeepStrictEqual(whatDecides(project(mutatingPolicySpec, spec)), whatDecides(policy));
}

function planDefaults({ mutations = [] }: StoredMutatingSpec, catalogue: readonly AnyRule[]): readonly PlannedPolicy[] {
  const text = mutations
    .map(({ applyConfiguration, jsonPatch }) => applyConfiguration?.expression ?? jsonPatch?.expression ?? '')
    .join('\n');
  const isNamed = ({ sets: { field } }: DefaultingRule): boolean =>
    text.includes(`?${field}: `) || text.includes(`/securityContext/${field.replaceAll('.', '/')}'`);
  return planPodDefaults(defaultingRulesOf(catalogue).filter(isNamed), everywhere);
}
