/** `merlon scan --psp`: what PodSecurityPolicies would have said of the pods of manifests, instead of the rules. */
import { setFlagsFromString } from 'node:v8';

import { AUTHENTICATED } from '../rbac/request.ts';
import type { Requester } from '../rbac/request.ts';
import type { PolicyRefusal } from '../psp/select-policy.ts';
import { exitCodeOfPsp, printPspJson, printPspTable, summarizePsp } from '../report/psp-report.ts';
import type { PodSecurityPolicyReport, ReportedPspResult, ReportedRefusal } from '../report/psp-report.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import type { ManifestPlace } from '../scan/manifest.ts';
import { describePlace, describePolicy } from '../scan/psp-documents.ts';
import type { LoadedPolicy } from '../scan/psp-documents.ts';
import type { PspResult } from '../scan/psp-judgement.ts';
import { scanWithPolicies } from '../scan/psp-scan.ts';
import type { PspScan, PspScanOptions } from '../scan/psp-scan.ts';
import { stdinPath } from '../scan/manifests.ts';
import { reportInput, reportUnjudged } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams, OutputStream } from './output.ts';
import type { UsageError } from './usage-error.ts';

export interface PspScanCommand extends PspScanOptions {
  readonly output: 'table' | 'json';
}

/** What belongs to judging by rules or to a cluster, and would be ignored here. */
const otherOptions = {
  failOn: '--fail-on',
  all: '--all',
  policy: '--policy',
  podSecurityVersion: '--pod-security-version',
  cluster: '--cluster',
  kubeconfig: '--kubeconfig',
  context: '--context',
  namespace: '--namespace',
  allNamespaces: '--all-namespaces',
} as const;

/**
 * @param options as the command line gave them
 * @param isGiven whether an option was given, and has not only its default
 */
export function parsePspScanOptions(
  paths: readonly string[],
  options: Readonly<Record<string, unknown>>,
  isGiven: (option: string) => boolean,
): { readonly options: PspScanCommand } | UsageError {
  const { psp, pspUser, pspGroup, output } = options;
  const stray = Object.entries(otherOptions).find(([name]) => isGiven(name));
  if (stray !== undefined)
    return { usageError: `--psp judges files as PodSecurityPolicy did, and takes no ${stray[1]}` };
  if (paths.length === 0) return { usageError: 'nothing to scan: name files or folders, or - for standard input' };
  const policies = toTexts(psp);
  if (policies.includes(stdinPath) && paths.includes(stdinPath)) {
    return { usageError: 'standard input can be read only once: for --psp, or as what is judged' };
  }
  const groups = toTexts(pspGroup);
  if (groups.length > 0 && typeof pspUser !== 'string') return { usageError: '--psp-group goes with --psp-user' };
  return {
    options: {
      output: output === 'json' ? 'json' : 'table',
      policies,
      paths,
      ...(typeof pspUser === 'string' ? { creator: toRequester(pspUser, groups) } : {}),
    },
  };
}

function toRequester(user: string, groups: readonly string[]): Requester {
  return { user, groups: [...groups, AUTHENTICATED] };
}

function toTexts(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
}

export async function runPspScan(options: PspScanCommand, streams: CommandStreams): Promise<ExitCode> {
  const { stdout, stderr, env } = streams;
  setFlagsFromString('--semi-space-growth-factor=1');
  const scan = await scanWithPolicies(options, streams);
  const report = buildPspReport(scan);
  explain(scan, report, options.paths, stderr);
  const paint = buildPainter(hasColour(stdout, env));
  await writeAll(stdout, options.output === 'json' ? [printPspJson(report)] : printPspTable(report, paint));
  const hasInputProblem = scan.problems.length > 0 || (scan.results.length === 0 && scan.notJudged.length === 0);
  const code = exitCodeOfPsp(report.summary, hasInputProblem);
  return code === 0 && scan.notJudged.length > 0 ? 4 : code;
}

function explain(scan: PspScan, report: PodSecurityPolicyReport, paths: readonly string[], stderr: OutputStream): void {
  const say = (line: string): unknown => stderr.write(`${printable(line)}\n`);
  reportInput(scan, stderr);
  reportUnjudged('', scan.notJudged, stderr);
  for (const policy of scan.policies) for (const gap of describeGaps(policy)) say(gap);
  if (scan.notAsked > 0) {
    say(
      `not asked: ${scan.notAsked} PodSecurityPolic${scan.notAsked === 1 ? 'y' : 'ies'} among what is judged; name the files with --psp`,
    );
  }
  if (scan.results.length === 0) say(`nothing to judge in ${paths.join(', ')}: no pod, and nothing that makes pods`);
  else if (scan.policies.length > 0) say(report.candidates.message);
}

/** What the API required and a fragment lacks. */
function* describeGaps(loaded: LoadedPolicy): Generator<string> {
  const { missingStrategies } = loaded.gaps;
  if (missingStrategies.length === 0) return;
  const where = `${describePlace(loaded.place)}: ${describePolicy(loaded)}`;
  yield `${where} lacks ${missingStrategies.join(', ')}, which the API required: nothing is asked there`;
}

function buildPspReport({ policies, isUseGiven, results }: PspScan): PodSecurityPolicyReport {
  const reported = results.map(toReported);
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'PodSecurityPolicyReport',
    candidates: {
      selection: isUseGiven ? 'rbac' : 'all',
      message: isUseGiven
        ? 'candidates for a pod are the PodSecurityPolicies that RBAC objects among the files let it use'
        : 'no role among the files is about the use of PodSecurityPolicies: each of them is a candidate for every pod',
      policies: policies.map(({ name, place }) => ({ name, source: { path: place.path, line: place.line } })),
    },
    summary: summarizePsp(reported),
    results: reported,
  };
}

function toReported(result: PspResult): ReportedPspResult {
  const { subject, place } = result;
  const base = { source: { path: place.path, line: place.line }, subject };
  if (result.outcome === 'admitted') {
    const { outcome, policy, mutations, note } = result;
    const mutated = mutations.length > 0;
    const message = note === undefined ? {} : { message: note };
    return { ...base, outcome, policy, mutated, mutations, ...message, refusals: [] };
  }
  const refusals = result.refusals.map((refusal) => toReportedRefusal(refusal, place));
  const first = refusals[0]?.reasons[0]?.line ?? place.line;
  if (result.outcome === 'refused') {
    return { ...base, source: { path: place.path, line: first }, outcome: 'refused', refusals };
  }
  const line = result.path === undefined ? place.line : place.lineOf(result.path);
  const { outcome, message } = result;
  return { ...base, source: { path: place.path, line }, outcome, message, refusals };
}

function toReportedRefusal({ policy, reasons }: PolicyRefusal, place: ManifestPlace): ReportedRefusal {
  return {
    policy,
    reasons: reasons.map(({ path, field, message }) => ({ path, line: place.lineOf(path), field, message })),
  };
}
