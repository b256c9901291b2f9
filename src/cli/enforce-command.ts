/** `merlon enforce`: what the API server is to enforce by itself, as YAML to keep in git. */
import { findIgnoredEnforcement } from '../core/enforcement-terms.ts';
import type { EnforcementTerms } from '../core/enforcement-terms.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../core/exemption-terms.ts';
import type { ExemptionTerms } from '../core/exemption-terms.ts';
import type { EffectivePolicy, SelectedRule } from '../core/policy.ts';
import { policyMergerOf } from '../core/policy-merge.ts';
import { selectPolicies } from '../core/policy-scope.ts';
import { resolveParams } from '../core/params.ts';
import type { AnyRule } from '../core/rule.ts';
import type { ExemptionConditions } from '../enforcement/plan/exemption-conditions.ts';
import { explainNoLabel, planEnforcement } from '../enforcement/plan/planned-enforcement.ts';
import type { PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { describeEnforcement, printEnforcement } from '../report/enforcement-text.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { choosePolicy } from '../scan/policy-choice.ts';
import { loadHardeningPolicies } from '../scan/hardening-policies.ts';
import { readEnforcedExemptions } from './enforced-exemptions.ts';
import { explainTooOld, isTooOldForLabel } from './enforce-options.ts';
import type { EnforceOptions } from './enforce-options.ts';
import { reportInput } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export async function runEnforce(
  options: EnforceOptions,
  rules: readonly AnyRule[],
  streams: CommandStreams,
): Promise<ExitCode> {
  const { stdout, env } = streams;
  const asked = await planAsked(options, rules, streams);
  if (asked === undefined) return 3;
  const { policies, terms } = asked;
  await writeAll(
    stdout,
    options.output === 'yaml'
      ? printEnforcement(policies)
      : describeEnforcement(policies, terms.namespacesOut, buildPainter(hasColour(stdout, env))),
  );
  reportAsked(asked, streams);
  return 0;
}

/** What is asked for, planned. */
export interface AskedEnforcement {
  readonly terms: EnforcementTerms;
  readonly policies: readonly PlannedPolicy[];
  /** By which policies are made that are made of rules, with their parameters. */
  readonly selected: readonly SelectedRule[];
  readonly exemptions: ExemptionConditions;
  /** What is not enforced though it was asked for, in lines. */
  readonly remarks: readonly string[];
}

/** @returns undefined where it cannot be enforced, or not be read; why, stands on stderr */
export async function planAsked(
  { enforced, exemptions, minor }: Omit<EnforceOptions, 'output' | 'preview'>,
  rules: readonly AnyRule[],
  streams: CommandStreams,
): Promise<AskedEnforcement | undefined> {
  const { stderr } = streams;
  const tooOld = minor === undefined ? undefined : explainTooOld(minor);
  if (tooOld !== undefined) {
    stderr.write(`${tooOld}\n`);
    return undefined;
  }
  const read = 'policies' in enforced ? await readPolicy(enforced.policies, rules, streams) : undefined;
  const policy = read?.policy;
  const terms = 'policies' in enforced ? policy?.enforcement : enforced;
  if (terms === undefined) return undefined;
  if ('exec' in enforced && enforced.exec.byLabel && isTooOldForLabel(minor)) {
    stderr.write(
      `${explainNoLabel(minor)}: leave out --with label; the guard does the same without it, and takes longer in namespaces of thousands of pods\n`,
    );
    return undefined;
  }
  const exemptionTerms = { anywhere: read?.termsAnywhere ?? DEFAULT_EXEMPTION_TERMS, inNamespace: read?.termsIn };
  const accepted = await readEnforcedExemptions(exemptions, exemptionTerms, rules, streams);
  if (accepted === undefined) return undefined;
  const selected = policy?.rules ?? selectInForce(terms.rules, rules);
  const planned = planEnforcement(terms, { rules: selected, minor, exemptions: accepted.exemptions });
  return {
    terms,
    policies: planned.policies,
    selected,
    exemptions: accepted,
    remarks: [
      ...planned.leftOut.map(({ rule, reason }) => `left out: ${rule} ${reason}`),
      ...planned.unserved.map(({ message }) => `left out: ${message}`),
      ...planned.remarks,
      ...(planned.policies.length === 0
        ? ['nothing is to be enforced: no policy sets spec.enforcement.mode to more than off']
        : []),
    ],
  };
}

export function reportAsked({ remarks }: AskedEnforcement, { stderr }: CommandStreams): void {
  for (const remark of remarks) stderr.write(`${remark}\n`);
}

/** Those that are in force without a policy that says so: what is enforced is what is reported. */
function selectInForce(selectors: readonly string[] = [], rules: readonly AnyRule[]): readonly SelectedRule[] {
  return rules
    .filter((rule) => rule.inForce !== 'whereEnabled' || selectors.includes(rule.id))
    .map((rule) => ({ rule, params: resolveParams(rule) }));
}

/** What the policies in the files say together. @returns undefined where one of them cannot be used */
async function readPolicy(
  files: readonly string[],
  rules: readonly AnyRule[],
  streams: CommandStreams,
): Promise<ReadPolicy | undefined> {
  const loaded = await loadHardeningPolicies(files, streams, rules);
  reportInput(loaded, streams.stderr);
  if (loaded.problems.length > 0) return undefined;
  for (const policy of loaded.policies) {
    for (const { path, message } of findIgnoredEnforcement(policy)) {
      streams.stderr.write(`${path} of "${printable(policy.name)}" counts for nothing: ${message}\n`);
    }
  }
  const ofCluster = selectPolicies(loaded.policies, 'cluster', undefined);
  return {
    policy: policyMergerOf(rules).merge(ofCluster, []).policy,
    termsAnywhere: policyMergerOf(rules).merge(loaded.policies, []).policy.exemptions,
    termsIn: (namespace) => {
      // Of its labels nothing is known but the name.
      const { policy, doubt } = choosePolicy({ namespace }, { ...loaded, rules, labelsOf: () => [] });
      return doubt === undefined ? policy.exemptions : undefined;
    },
  };
}

interface ReadPolicy {
  /** Of the whole cluster. */
  readonly policy: EffectivePolicy;
  /** What they say of exemptions, all of them together. */
  readonly termsAnywhere: ExemptionTerms;
  /** What they say of them in a namespace; undefined where that is in doubt. */
  readonly termsIn: (namespace: string) => ExemptionTerms | undefined;
}
