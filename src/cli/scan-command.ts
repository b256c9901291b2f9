/** `merlon scan`: reads, judges, prints; the exit code tells how it ended. */
import { setFlagsFromString } from 'node:v8';

import type { EvaluatorObserver } from '../core/evaluate.ts';
import { buildDefaultPolicy } from '../core/policy.ts';
import { isSeverity } from '../core/severity.ts';
import type { Severity } from '../core/severity.ts';
import { printFindings } from '../report/findings-table.ts';
import { exitCodeOf, printReport } from '../report/posture-report.ts';
import type { ExitCode, ScanResult } from '../report/posture-report.ts';
import { buildPainter, printable, hasColour } from '../report/terminal.ts';
import { rules } from '../rules/index.ts';
import { scanFiles } from '../scan/file-scan.ts';
import type { KeptFindings } from '../core/finding-collector.ts';
import { writeAll } from './output.ts';
import type { CommandStreams, OutputStream } from './output.ts';

export interface ScanOptions {
  readonly output: 'table' | 'json';
  readonly failOn: Severity;
  /** Also what passes and what does not apply. */
  readonly isComplete: boolean;
  /** What to judge. */
  readonly target: FileTarget | ClusterTarget;
}
export interface FileTarget {
  readonly kind: 'files';
  readonly paths: readonly string[];
}
export interface ClusterTarget {
  readonly kind: 'cluster';
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Every namespace and the cluster itself. */
  readonly isEverything: boolean;
  /** Undefined for the context's own. */
  readonly namespace?: string;
}

/** @param options as the command line gave them */
export function parseScanOptions(
  paths: readonly string[],
  options: Readonly<Record<string, unknown>>,
): { readonly options: ScanOptions } | { readonly usageError: string } {
  const { cluster, allNamespaces, namespace, context, kubeconfig, output, failOn, all } = options;
  const isCluster = cluster === true;
  if (isCluster && paths.length > 0) return { usageError: '--cluster judges a live cluster and takes no paths' };
  if (!isCluster && paths.length === 0) {
    return { usageError: 'nothing to scan: name files or folders, - for standard input, or use --cluster' };
  }
  const clusterOnly = Object.entries({ '--namespace': namespace, '--context': context, '--kubeconfig': kubeconfig });
  const stray = isCluster ? undefined : clusterOnly.find(([, given]) => given !== undefined)?.[0];
  if (stray !== undefined || (!isCluster && allNamespaces === true)) {
    return { usageError: `${stray ?? '--all-namespaces'} goes with --cluster` };
  }
  if (allNamespaces === true && namespace !== undefined) {
    return { usageError: '--namespace and --all-namespaces exclude each other' };
  }
  if (namespace === '') return { usageError: '--namespace needs a name' };
  return {
    options: {
      output: output === 'json' ? 'json' : 'table',
      failOn: isSeverity(failOn) ? failOn : 'high',
      isComplete: all === true,
      target: isCluster
        ? {
            kind: 'cluster',
            isEverything: allNamespaces === true,
            ...(typeof kubeconfig === 'string' ? { kubeconfig } : {}),
            ...(typeof context === 'string' ? { context } : {}),
            ...(typeof namespace === 'string' ? { namespace } : {}),
          }
        : { kind: 'files', paths },
    },
  };
}

/** What a scan of either kind comes to. */
interface Scanned extends ScanResult {
  readonly hasInputProblem: boolean;
  readonly isIncomplete: boolean;
}

export async function runScan(options: ScanOptions, streams: CommandStreams): Promise<ExitCode> {
  const { target, output, failOn } = options;
  const kept = options.isComplete ? 'all' : 'open';
  const scanned =
    target.kind === 'files' ? await runFileScan(target, kept, streams) : await runClusterScan(target, kept, streams);
  const paint = buildPainter(hasColour(streams.stdout, streams.env));
  await writeAll(streams.stdout, output === 'json' ? printReport(scanned) : printFindings(scanned, paint));
  return exitCodeOf({ ...scanned, failOn });
}

async function runFileScan({ paths }: FileTarget, kept: KeptFindings, streams: CommandStreams): Promise<Scanned> {
  const { stderr } = streams;
  keepYoungGenerationSmall();
  const scan = await scanFiles(paths, streams, buildDefaultPolicy(rules), reportFailedRules(stderr), kept);
  for (const { path, line, reason } of scan.problems) {
    stderr.write(`${printable(path)}${line === undefined ? '' : `:${line}`}: ${printable(reason)}\n`);
  }
  for (const { leftOut, by } of scan.leftOut) {
    stderr.write(`left out: ${printable(leftOut)} (named in ${printable(by)})\n`);
  }
  const others = [...scan.notJudged].map(([kind, count]) => `${count} ${printable(kind)}`).sort();
  if (others.length > 0) stderr.write(`no rule is about: ${others.join(', ')}\n`);
  if (scan.judged === 0) {
    stderr.write(`nothing to judge in ${paths.map(printable).join(', ')}: no object of a kind that a rule is about\n`);
  }
  return {
    findings: scan.findings,
    summary: scan.summary,
    placeOf(finding) {
      const place = scan.placeOf(finding);
      if (place === undefined) return undefined;
      const [first] = finding.violations;
      return { path: place.path, line: first === undefined ? place.line : place.lineOf(first.path) };
    },
    isWhole: scan.problems.length === 0,
    hasInputProblem: scan.problems.length > 0 || (scan.judged === 0 && scan.notJudged.size === 0),
    isIncomplete: false,
  };
}

/** V8 would let it grow to 32 MB, twice, while documents come and go; at 1 MB it only collects more often. */
function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

async function runClusterScan(
  target: ClusterTarget,
  kept: KeptFindings,
  { stderr, env }: CommandStreams,
): Promise<Scanned> {
  const [{ openCluster }, { scanCluster }] = await Promise.all([
    import('./cluster-access.ts'),
    import('../scan/cluster-scan.ts'),
  ]);
  const { transport, anonymousGet, namespace } = await openCluster(target, env);
  const showProgress = (what: string): void => {
    if (stderr.isTTY === true) stderr.write(`\r\x1b[Kreading ${printable(what)}`);
  };
  const clearProgress = (): void => {
    if (stderr.isTTY === true) stderr.write('\r\x1b[K');
  };
  try {
    const scan = await scanCluster({
      transport,
      anonymousGet,
      rules,
      observer: reportFailedRules(stderr),
      scope: target.isEverything ? 'everything' : { namespace: target.namespace ?? namespace },
      onProgress: showProgress,
      kept,
    });
    clearProgress();
    for (const message of scan.missing) stderr.write(`not read: ${printable(message)}\n`);
    if (scan.nothing !== undefined) stderr.write(`nothing to judge: ${printable(scan.nothing)}\n`);
    return {
      findings: scan.findings,
      summary: scan.summary,
      placeOf: () => undefined,
      isWhole: scan.missing.length === 0,
      hasInputProblem: scan.nothing !== undefined,
      isIncomplete: scan.missing.length > 0,
    };
  } catch (error) {
    clearProgress();
    throw error;
  } finally {
    transport.close();
  }
}

function reportFailedRules(stderr: OutputStream): EvaluatorObserver {
  return {
    ruleThrew: (rule, error) => {
      stderr.write(`rule ${rule} failed, its findings are unknown: ${printable(String(error))}\n`);
    },
  };
}
