/**
 * Whether a policy that stands in a cluster holds pods to rules as this Merlon prints it, whoever applied it and under
 * whatever name: it is known by its text alone. One that is planned, with what policies and exemptions say, is compared as
 * it is planned; any other is printed again with what it seems to have been printed with.
 */
import { isDeepStrictEqual } from 'node:util';

import { validatingPolicySpec } from '../../core/admission-shape.ts';
import type { PodFamily } from '../../core/enforcement.ts';
import { isCrowd } from '../../core/enforcement-terms.ts';
import { resolveParams } from '../../core/params.ts';
import { project } from '../../core/project.ts';
import type { AnyRule } from '../../core/rule.ts';
import { readTextList } from './cel.ts';
import { findMembership } from './exec-guard.ts';
import { nameVariable, planPodFamily } from './pod-family.ts';
import { isOfNamespaces } from './planned-policy.ts';
import type { PlannedPolicy } from './planned-policy.ts';
import { whatDecides } from './recognised-guard.ts';
import type { StoredPolicySpec } from './recognised-guard.ts';

export interface KnownTexts {
  readonly planned: readonly PlannedPolicy[];
  readonly catalogue: readonly AnyRule[];
  /** Of the API server; undefined where it is not known. */
  readonly minor: number | undefined;
}

/** @returns which of those that are planned for namespaces it is, word for word; undefined for any other policy */
export function recognisePlanned(
  policy: StoredPolicySpec | undefined,
  planned: readonly PlannedPolicy[],
): PlannedPolicy | undefined {
  const ofNamespaces = planned.filter(isOfNamespaces);
  return policy === undefined ? undefined : ofNamespaces.find((one) => isSame(one, policy));
}

/** @returns the ids of the rules that it holds pods to; undefined for any other policy */
export function recognisePodPolicy(
  policy: StoredPolicySpec | undefined,
  { catalogue, minor }: Omit<KnownTexts, 'planned'>,
  family: PodFamily = 'pod-security',
): readonly string[] | undefined {
  if (policy === undefined || policy.paramKind !== undefined) return undefined;
  const printed = printAgain(policy, catalogue, minor, family);
  return printed !== undefined && isSame(printed, policy) ? printed.rules : undefined;
}

function isSame({ kind, spec }: PlannedPolicy, policy: StoredPolicySpec): boolean {
  return (
    kind === 'ValidatingAdmissionPolicy' &&
    isDeepStrictEqual(whatDecides(project(validatingPolicySpec, spec)), whatDecides(policy))
  );
}

function printAgain(
  { variables = [], matchConditions = [] }: StoredPolicySpec,
  catalogue: readonly AnyRule[],
  minor: number | undefined,
  family: PodFamily,
): PlannedPolicy | undefined {
  const names = new Set(variables.map(({ name }) => name));
  const rules = catalogue.filter((rule) => rule.enforce !== undefined && names.has(nameVariable(rule.id)));
  if (rules.length === 0) return undefined;
  const breakGlassGroups = readBreakGlassGroups(matchConditions);
  if (breakGlassGroups === undefined) return undefined;
  return planPodFamily({
    family,
    rules: rules.map((rule) => ({ rule, params: resolveParams(rule) })),
    target: { podSecurityVersion: minor },
    breakGlassGroups,
    exemptions: [],
    withoutLabel: 'deny',
    keptOut: [],
  }).policy;
}

/** @returns undefined where it cannot be told whom a condition lets through, or where that is everybody */
export function readBreakGlassGroups(
  matchConditions: NonNullable<StoredPolicySpec['matchConditions']>,
): readonly string[] | undefined {
  const condition = matchConditions.find(({ name }) => name === 'not-break-glass');
  const list = condition === undefined ? '[]' : findMembership(condition.expression);
  const groups = list === undefined ? undefined : readTextList(list);
  return groups?.some(isCrowd) === true ? undefined : groups;
}
