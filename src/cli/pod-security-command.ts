/** `merlon pod-security`: what Pod Security admission would say of the pods of manifests, in its own words. */
import { wouldViolate } from '../pod-security/evaluate.ts';
import type { Level } from '../pod-security/evaluate.ts';
import { clampVersion, LATEST_VERSION, printVersion } from '../pod-security/version.ts';
import type { PolicyVersion } from '../pod-security/version.ts';
import { exitCodeOfVerdicts, printVerdicts, printVerdictsJson } from '../report/pod-security-report.ts';
import type { PodSecurityReport, ReportedVerdict } from '../report/pod-security-report.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { printable } from '../report/terminal.ts';
import { scanPodSecurity } from '../scan/pod-security-scan.ts';
import type { PodSecurityResult } from '../scan/pod-security-scan.ts';
import { reportInput, reportUnjudged } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { parseVersionOption } from './pod-security-version.ts';
import { keepHeapSmall } from './small-heap.ts';
import type { UsageError } from './usage-error.ts';

/** `privileged` refuses nothing. */
export type PodSecurityLevel = Exclude<Level, 'privileged'>;

export interface PodSecurityOptions {
  readonly output: 'text' | 'json';
  readonly level: PodSecurityLevel;
  readonly version: PolicyVersion | 'latest';
  readonly paths: readonly string[];
}

/** What the command line gives. */
export interface GivenPodSecurityOptions {
  readonly output: 'text' | 'json';
  readonly level: PodSecurityLevel;
  readonly version: string;
}

export function parsePodSecurityOptions(
  paths: readonly string[],
  { output, level, version: given }: GivenPodSecurityOptions,
): { readonly options: PodSecurityOptions } | UsageError {
  if (paths.length === 0) return { usageError: 'nothing to judge: name files or folders, or - for standard input' };
  const version = parseVersionOption('--version', given);
  return typeof version === 'object' ? version : { options: { output, level, version, paths } };
}

export async function runPodSecurity(options: PodSecurityOptions, streams: CommandStreams): Promise<ExitCode> {
  const { level, version, paths, output } = options;
  const { stdout, stderr } = streams;
  keepHeapSmall();
  const scan = await scanPodSecurity(paths, level, clampVersion(version, LATEST_VERSION), streams);
  reportInput(scan, stderr);
  reportUnjudged('no pods in', scan.notJudged, stderr);
  if (scan.results.length === 0) {
    stderr.write(`nothing to judge in ${paths.map(printable).join(', ')}: no pod, and nothing that makes pods\n`);
  }
  const label = printVersion(version);
  const results = scan.results.map((result) => toReported(result, level, label));
  const report: PodSecurityReport = { level, version: label, results };
  await writeAll(stdout, output === 'json' ? printVerdictsJson(report) : printVerdicts(report));
  const isNothing = results.length === 0 && scan.notJudged.length === 0;
  return exitCodeOfVerdicts(results, scan.problems.length > 0 || isNothing);
}

function toReported(result: PodSecurityResult, level: PodSecurityLevel, version: string): ReportedVerdict {
  const { subject, path, line, verdict } = result;
  const source = { path, line };
  if ('error' in verdict) return { source, subject, allowed: false, text: '', checks: [], error: verdict.error };
  const { allowed, text, checks } = verdict;
  return { source, subject, allowed, text: allowed ? '' : wouldViolate(level, version, text), checks };
}
