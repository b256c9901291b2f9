/** `merlon policy explain`: which policies concern a namespace, and which of them says what. */
import { POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import { findIgnoredAttestations, listAttestations } from '../core/attestation.ts';
import { describeProblem, findPolicies } from '../core/judge.ts';
import { findIgnoredEnforcement } from '../core/enforcement-terms.ts';
import {
  explainAttestations,
  explainChangedRules,
  explainGeneralSettings,
  explainRuleSettings,
} from '../core/policy-explanation.ts';
import type { AcceptedPolicy } from '../core/accepted-policy.ts';
import type { MergedPolicy } from '../core/policy-merge.ts';
import { matchPolicy, sortPolicies } from '../core/policy-scope.ts';
import type { Labels } from '../core/policy-scope.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Scope } from '../core/scope.ts';
import { printPolicyExplanation, printPolicyExplanationJson } from '../report/policy-explanation.ts';
import type { IgnoredOfPolicy, PolicyExplanation } from '../report/policy-explanation.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, printable, hasColour } from '../report/terminal.ts';
import { loadHardeningPolicies } from '../scan/hardening-policies.ts';
import { choosePolicy } from '../scan/policy-choice.ts';
import { isJsonObject } from '../scan/manifest.ts';
import type { JsonObject } from '../scan/manifest.ts';
import { reportInput } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export interface PolicyExplainOptions {
  /** Explained alone. */
  readonly rule: AnyRule | undefined;
  readonly rules: readonly AnyRule[];
  /** Files, folders, and `-`. */
  readonly filename?: readonly string[];
  readonly namespace?: string;
  /** The cluster itself instead. */
  readonly cluster: boolean;
  readonly output: 'table' | 'json';
  /** Milliseconds since 1970: the moment at which attestations are asked whether they have ended. */
  readonly nowMs: number;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What was found, and what could not be. */
interface Found {
  readonly scope: Scope;
  readonly merged: MergedPolicy;
  /** What may make another policy decide, in sentences. */
  readonly doubts: readonly string[];
  /** Every cluster policy that is in force. */
  readonly policies: readonly AcceptedPolicy[];
}

export async function runPolicyExplain(options: PolicyExplainOptions, streams: CommandStreams): Promise<ExitCode> {
  const { stdout, stderr, env } = streams;
  const found =
    options.filename === undefined ? await readCluster(options, streams) : await readFiles(options, streams);
  if (found === undefined) return 3;
  const { doubts } = found;
  const explanation = explain(found, options);
  await writeAll(
    stdout,
    options.output === 'json'
      ? [printPolicyExplanationJson(explanation)]
      : printPolicyExplanation(explanation, buildPainter(hasColour(stdout, env))),
  );
  for (const doubt of doubts) stderr.write(`not certain: ${printable(doubt)}\n`);
  return doubts.length > 0 ? 4 : 0;
}

function explain(found: Found, { rule, rules, nowMs }: PolicyExplainOptions): PolicyExplanation {
  const { scope, merged } = found;
  const attested = scope === 'cluster' && rule === undefined;
  const settings =
    rule === undefined
      ? [
          ...explainGeneralSettings(merged, scope),
          ...(attested ? explainAttestations(found.policies, nowMs) : []),
          ...explainChangedRules(merged, rules),
        ]
      : explainRuleSettings(merged, rule);
  return {
    scope: scope === 'cluster' ? 'the cluster itself' : `namespace "${scope.namespace}"`,
    policies: merged.policy.sources,
    settings,
    rulesInForce: merged.policy.rules.length,
    ignored: [...ignoredOfNamespace(merged), ...(attested ? ignoredOfCluster(found.policies, nowMs) : [])],
  };
}

function ignoredOfNamespace({ ignored }: MergedPolicy): readonly IgnoredOfPolicy[] {
  return [...ignored].flatMap(([{ name }, some]) =>
    some.map((one) => ({ kind: OWN_POLICY_KIND, policy: name, ...one })),
  );
}

/** Attestations whatever is observed, which nobody looks at here. */
function ignoredOfCluster(policies: readonly AcceptedPolicy[], nowMs: number): readonly IgnoredOfPolicy[] {
  const view = { attestations: listAttestations(policies), evidence: undefined, nowMs };
  return sortPolicies(policies).flatMap((policy) =>
    [...findIgnoredAttestations(policy, view), ...findIgnoredEnforcement(policy)].map(({ path, reason, message }) => {
      return { kind: POLICY_KIND, policy: policy.name, path, reason, message };
    }),
  );
}

async function readFiles(options: PolicyExplainOptions, streams: CommandStreams): Promise<Found | undefined> {
  const { filename = [], rules, namespace = 'default', cluster } = options;
  const written = new Map<string, (Labels | undefined)[]>();
  const loaded = await loadHardeningPolicies(filename, streams, rules, ({ apiVersion, kind, name, json }) => {
    if (apiVersion !== 'v1' || kind !== 'Namespace') return false;
    written.set(name, [...(written.get(name) ?? []), readLabels(json)]);
    return true;
  });
  reportInput(loaded, streams.stderr);
  if (loaded.problems.length > 0) return undefined;
  const { policies, ownPolicies } = loaded;
  const scope: Scope = cluster ? 'cluster' : { namespace };
  const labelsOf = (name: string) => written.get(name) ?? [];
  const { doubt, ...merged } = choosePolicy(scope, { policies, ownPolicies, rules, labelsOf });
  return { scope, merged, policies, doubts: doubt === undefined ? [] : [doubt] };
}

/** @returns undefined where they cannot be read */
function readLabels({ metadata }: JsonObject): Labels | undefined {
  if (!isJsonObject(metadata)) return undefined;
  const { labels = {} } = metadata;
  if (!isJsonObject(labels)) return undefined;
  const entries = Object.entries(labels).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value] as const] : [],
  );
  return entries.length === Object.keys(labels).length ? Object.fromEntries(entries) : undefined;
}

async function readCluster(options: PolicyExplainOptions, { env, stderr }: CommandStreams): Promise<Found | undefined> {
  const [{ openCluster }, { readObjects }, { readPolicies }] = await Promise.all([
    import('./cluster-access.ts'),
    import('../scan/cluster-objects.ts'),
    import('../scan/cluster-scan.ts'),
  ]);
  const { rules } = options;
  const { transport, namespace: ofContext } = await openCluster(options, env);
  try {
    const namespace = options.namespace ?? ofContext;
    const scope: Scope = options.cluster ? 'cluster' : { namespace };
    const snapshot = await readObjects(['Namespace'], { transport, scope: { namespace } });
    const read = await readPolicies({ transport, rules, scope: { namespace } });
    const found = findPolicies(scope, { snapshot, rules, ...read });
    if (found === undefined) {
      stderr.write(`namespace "${printable(namespace)}" does not exist, or is being deleted\n`);
      return undefined;
    }
    // One that was never good may be about this scope: nobody can tell.
    const concerning = read.policies.filter(
      ({ accepted }) => accepted === undefined || found.selected.includes(accepted),
    );
    for (const policy of [...concerning, ...(options.cluster ? [] : read.ownPolicies)]) {
      const problem = describeProblem(policy);
      if (problem !== undefined) stderr.write(`${printable(problem)}\n`);
    }
    const unread = [read.policyInput, ...(options.cluster ? [] : [read.ownPolicyInput])]
      .filter(({ state }) => state !== 'observed')
      .map(({ message }) => message);
    const unmatched = read.policies
      .flatMap(({ accepted }) => accepted ?? [])
      .filter((policy) => matchPolicy(policy, scope, found.labels) === 'unknown')
      .map(({ name }) => `whether "${name}" selects it: ${snapshot.observation('Namespace').message}`);
    const policies = read.policies.flatMap(({ accepted }) => accepted ?? []);
    return { scope, merged: found, policies, doubts: [...unread, ...unmatched] };
  } finally {
    transport.close();
  }
}
