/** What `merlon enforce` is asked for, from what the command line says. */
import { isCrowd } from '../core/enforcement-terms.ts';
import type { EnforcementTerms } from '../core/enforcement-terms.ts';
import { furtherConnections } from '../enforcement/plan/exec-guard.ts';
import { allModes, defaultModes, silentModes } from '../enforcement/plan/namespace-modes.ts';
import { WITHOUT_POLICIES } from '../enforcement/plan/without-policies.ts';
import { oldestMinors } from '../enforcement/plan/planned-policy.ts';
import type { EnforcementMode } from '../enforcement/plan/planned-policy.ts';
import { resolveParams } from '../core/params.ts';
import type { AnyRule } from '../core/rule.ts';
import { findSelectorProblem, selectRules } from '../core/rule-selector.ts';
import { rules } from '../rules/index.ts';
import { enforcedFamilies } from '../api/v1alpha1/enforcement.ts';
import { furtherAdditions, parseFamilies } from './enforce-families.ts';
import type { EnforceOutput, GivenEnforceOptions } from './given-enforce-options.ts';
import { parsePreviewTarget } from './preview-target.ts';
import type { PreviewTarget } from './preview-target.ts';
import type { UsageError } from './usage-error.ts';

export interface EnforceOptions {
  /** What is to be enforced, or the files and folders that hold the policies which say it. */
  readonly enforced: EnforcementTerms | { readonly policies: readonly string[] };
  /** Files and folders that hold exemptions. */
  readonly exemptions: readonly string[];
  /** Of the cluster that it is for; undefined where nobody said. */
  readonly minor: number | undefined;
  /** What is to be looked at, where it is asked what would be refused; undefined where policies are printed. */
  readonly preview: PreviewTarget | undefined;
  readonly output: EnforceOutput;
}

export const additions = [
  ...furtherConnections,
  'ephemeral-containers',
  'host-network',
  'label',
  ...furtherAdditions,
] as const;

/** @param isGiven whether somebody wrote the option, and it is not its default */
export function parseEnforceOptions(
  given: GivenEnforceOptions,
  isGiven: (option: keyof GivenEnforceOptions) => boolean = () => false,
): { readonly options: EnforceOptions } | UsageError {
  const minor = given.kubernetesVersion === undefined ? undefined : parseMinor(given.kubernetesVersion);
  if (Number.isNaN(minor)) {
    return { usageError: `--kubernetes-version: "${given.kubernetesVersion ?? ''}" is no version as 1.31` };
  }
  const { output, exemptions = [] } = given;
  const target = parsePreviewTarget(given);
  if ('usageError' in target) return target;
  const { preview } = target;
  if (given.policy !== undefined) {
    const beside = saidByPolicies.find(isGiven);
    if (beside !== undefined) {
      return { usageError: `--policy says all that ${optionNames[beside]} would say: leave one of them out` };
    }
    return { options: { enforced: { policies: given.policy }, exemptions, minor, preview, output } };
  }
  const terms = parseTerms(given);
  return 'usageError' in terms ? terms : { options: { enforced: terms.terms, exemptions, minor, preview, output } };
}

export const families = enforcedFamilies;

const optionNames = {
  families: '--families',
  rules: '--rules',
  mode: '--mode',
  atMost: '--at-most',
  namespacesOut: '--namespaces-out',
  breakGlassGroup: '--break-glass-group',
  with: '--with',
  nodesProxy: '--nodes-proxy',
  defaults: '--defaults',
  clusterAdmin: '--cluster-admin',
  clusterRbac: '--cluster-rbac',
} as const satisfies Partial<Record<keyof GivenEnforceOptions, string>>;
const saidByPolicies = Object.keys(optionNames) as (keyof typeof optionNames)[];

function parseTerms(given: GivenEnforceOptions): { readonly terms: EnforcementTerms } | UsageError {
  const chosen = splitList(given.families);
  const withoutLabel = defaultModes.find((mode) => mode === given.mode);
  if (withoutLabel === undefined || (withoutLabel === 'warn' && !chosen.some(canWarn))) {
    return { usageError: explainMode('--mode', given.mode, defaultModes) };
  }
  const ceiling = allModes.find((mode) => mode === given.atMost);
  if (ceiling === undefined) return { usageError: explainMode('--at-most', given.atMost, allModes) };
  const nodesProxy = (['off', ...silentModes] as const).find((mode) => mode === given.nodesProxy);
  if (nodesProxy === undefined)
    return { usageError: explainMode('--nodes-proxy', given.nodesProxy, ['off', ...silentModes]) };
  const words = splitList(given.with ?? '');
  const keptOut = splitList(given.namespacesOut);
  const groups = given.breakGlassGroup ?? [];
  const mistake =
    findFamilyMistake(chosen, given.rules) ??
    findAdditionMistake(words, ceiling) ??
    findNamespaceMistake(keptOut) ??
    groups.map(findGroupMistake).find((one) => one !== undefined);
  if (mistake !== undefined) return { usageError: mistake };
  const further = parseFamilies(
    {
      families: chosen,
      additions: words,
      defaults: given.defaults === undefined ? undefined : splitList(given.defaults),
      clusterAdmin: given.clusterAdmin,
      clusterRbac: given.clusterRbac,
    },
    rules,
  );
  if ('usageError' in further) return further;
  const { clusterRbac, ...choices } = further.chosen;
  return {
    terms: {
      ceiling,
      withoutLabel,
      families: enforcedFamilies.filter((family) => chosen.includes(family)),
      rules: splitList(given.rules ?? '*'),
      namespacesOut: keptOut,
      breakGlassGroups: [...new Set(groups)],
      exec: {
        connections: furtherConnections.filter((one) => words.includes(one)),
        ephemeralContainers: words.includes('ephemeral-containers'),
        hostNetwork: words.includes('host-network'),
        byLabel: words.includes('label'),
      },
      ...choices,
      cluster: { nodesProxy, rbac: clusterRbac },
    },
  };
}

/** Whether whoever is answered is shown warnings, of some of it at least. */
function canWarn(family: string): boolean {
  return family !== 'exec' && family !== 'pod-defaults';
}

/** Whether nothing sets there the label that `--with label` asks for. @param minor undefined where nobody said */
export function isTooOldForLabel(minor: number | undefined): minor is number {
  return minor !== undefined && minor < oldestMinors.MutatingAdmissionPolicy;
}

/** @returns why nothing can be enforced there, and what would do instead; undefined where it can */
export function explainTooOld(minor: number): string | undefined {
  return minor >= oldestMinors.ValidatingAdmissionPolicy
    ? undefined
    : `Kubernetes 1.${minor} serves no ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1 has it from 1.${oldestMinors.ValidatingAdmissionPolicy} on), so that its API server enforces nothing of this by itself: ${WITHOUT_POLICIES}`;
}

function explainMode(option: string, mode: string, allowed: readonly string[]): string {
  return mode === 'warn'
    ? `${option}: "warn" would tell nobody: who connects to a pod is answered 101, and warnings are lost with it; use audit, which writes into the audit log`
    : `${option}: "${mode}" is no mode; allowed are ${allowed.join(', ')}`;
}

function findFamilyMistake(chosen: readonly string[], selectors: string | undefined): string | undefined {
  const unknown = chosen.find((one) => !families.some((known) => known === one));
  if (unknown !== undefined) return `--families: there is no "${unknown}"; allowed are ${families.join(', ')}`;
  if (selectors === undefined) return undefined;
  if (!chosen.includes('pod-security')) return '--rules goes with --families pod-security';
  for (const selector of splitList(selectors)) {
    const problem = findSelectorProblem(selector, rules);
    if (problem !== undefined) return `--rules ${problem}`;
    if (!selectRules(selector, rules).some(isOfPodSecurity)) {
      const known = rules.filter(isOfPodSecurity).map(({ id }) => id);
      return `--rules: "${selector}" can be judged and not enforced; allowed are ${known.join(', ')}`;
    }
  }
  return undefined;
}

function isOfPodSecurity(rule: AnyRule): boolean {
  return rule.enforce?.(resolveParams(rule), { podSecurityVersion: undefined }).family === 'pod-security';
}

function findAdditionMistake(words: readonly string[], ceiling: EnforcementMode): string | undefined {
  const unknown = words.find((word) => !additions.some((one) => one === word));
  if (unknown !== undefined) return `--with: there is no "${unknown}"; allowed are ${additions.join(', ')}`;
  return words.includes('label') && ceiling !== 'deny'
    ? `--with label takes --at-most deny: what keeps the label refuses whoever changes it`
    : undefined;
}

function findNamespaceMistake(names: readonly string[]): string | undefined {
  const wrong = names.find((name) => name.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name));
  return wrong === undefined ? undefined : `--namespaces-out: "${wrong}" is no name of a namespace`;
}

function findGroupMistake(group: string): string | undefined {
  if (group.trim() === '' || !group.isWellFormed()) return '--break-glass-group needs the name of a group';
  return isCrowd(group) ? `--break-glass-group: "${group}" is a crowd, of which nobody would be refused` : undefined;
}

function splitList(text: string): readonly string[] {
  return text === '' ? [] : [...new Set(text.split(',').map((word) => word.trim()))];
}

/** @returns NaN for what is no version */
function parseMinor(text: string): number {
  return Number(/^v?1\.(0|[1-9][0-9]{0,2})(?:\.[0-9]+.*)?$/.exec(text)?.[1] ?? Number.NaN);
}
