/** `merlon enforce`: what the API server is to enforce by itself, as YAML to keep in git. */
import { findIgnoredEnforcement } from '../core/enforcement-terms.ts';
import type { EffectivePolicy, SelectedRule } from '../core/policy.ts';
import { policyMergerOf } from '../core/policy-merge.ts';
import { selectPolicies } from '../core/policy-scope.ts';
import { resolveParams } from '../core/params.ts';
import type { AnyRule } from '../core/rule.ts';
import { planEnforcement } from '../enforcement/plan/planned-enforcement.ts';
import { describeEnforcement, printEnforcement } from '../report/enforcement-text.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { loadHardeningPolicies } from '../scan/hardening-policies.ts';
import { readEnforcedExemptions } from './enforced-exemptions.ts';
import { explainNoLabel, explainTooOld } from './enforce-options.ts';
import type { EnforceOptions } from './enforce-options.ts';
import { reportInput } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export async function runEnforce(
  { enforced, exemptions, minor, output }: EnforceOptions,
  rules: readonly AnyRule[],
  streams: CommandStreams,
): Promise<ExitCode> {
  const { stdout, stderr, env } = streams;
  const tooOld = minor === undefined ? undefined : explainTooOld(minor);
  if (tooOld !== undefined) {
    stderr.write(`${tooOld}\n`);
    return 3;
  }
  const policy = 'policies' in enforced ? await readPolicy(enforced.policies, rules, streams) : undefined;
  const terms = 'policies' in enforced ? policy?.enforcement : enforced;
  if (terms === undefined) return 3;
  const noLabel = minor === undefined || terms.exec.byLabel !== true ? undefined : explainNoLabel(minor);
  if (noLabel !== undefined) {
    stderr.write(`${noLabel}\n`);
    return 3;
  }
  const accepted = await readEnforcedExemptions(exemptions, rules, streams);
  if (accepted === undefined) return 3;
  const held = policy?.rules ?? selectInForce(terms.rules, rules);
  const planned = planEnforcement(terms, { rules: held, minor, exemptions: accepted });
  const { policies } = planned;
  await writeAll(
    stdout,
    output === 'yaml'
      ? printEnforcement(policies)
      : describeEnforcement(policies, terms.namespacesOut, buildPainter(hasColour(stdout, env))),
  );
  for (const { rule, reason } of planned.leftOut) stderr.write(`left out: ${rule} ${reason}\n`);
  for (const { message } of planned.unserved) stderr.write(`left out: ${message}\n`);
  for (const remark of planned.remarks) stderr.write(`${remark}\n`);
  if (policies.length === 0)
    stderr.write('nothing is to be enforced: no policy sets spec.enforcement.mode to more than off\n');
  return 0;
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
): Promise<EffectivePolicy | undefined> {
  const loaded = await loadHardeningPolicies(files, streams, rules);
  reportInput(loaded, streams.stderr);
  if (loaded.problems.length > 0) return undefined;
  for (const policy of loaded.policies) {
    for (const { path, message } of findIgnoredEnforcement(policy)) {
      streams.stderr.write(`${path} of "${printable(policy.name)}" counts for nothing: ${message}\n`);
    }
  }
  const ofCluster = selectPolicies(loaded.policies, 'cluster', undefined);
  return policyMergerOf(rules).merge(ofCluster, []).policy;
}
