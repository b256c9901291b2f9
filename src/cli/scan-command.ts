/** `merlon scan`: reads, judges, prints; the exit code tells how it ended. */
import type { EvaluatorObserver } from '../core/evaluate.ts';
import { buildDefaultPolicy } from '../core/policy.ts';
import { isSeverity } from '../core/severity.ts';
import type { Severity } from '../core/severity.ts';
import type { Finding } from '../core/finding.ts';
import { buildReport, exitCodeOf } from '../report/posture-report.ts';
import type { ExitCode, SourcePlace } from '../report/posture-report.ts';
import { printFindings } from '../report/findings-table.ts';
import { buildPainter, printable, hasColour } from '../report/terminal.ts';
import { rules } from '../rules/index.ts';
import { scanFiles } from '../scan/file-scan.ts';

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

/** What the command touches of the process. */
export interface CommandStreams {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}
export interface OutputStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
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
interface Scanned {
  readonly findings: readonly Finding[];
  readonly placeOf: (finding: Finding) => SourcePlace | undefined;
  readonly hasInputProblem: boolean;
  readonly isIncomplete: boolean;
}

export async function runScan(options: ScanOptions, streams: CommandStreams): Promise<ExitCode> {
  const { target, output, isComplete, failOn } = options;
  const scanned = target.kind === 'files' ? await runFileScan(target, streams) : await runClusterScan(target, streams);
  const paint = buildPainter(hasColour(streams.stdout, streams.env));
  const report = buildReport(scanned.findings, { isComplete, placeOf: scanned.placeOf });
  streams.stdout.write(output === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : printFindings(report, paint));
  return exitCodeOf({ ...scanned, failOn });
}

async function runFileScan({ paths }: FileTarget, { stdin, stderr }: CommandStreams): Promise<Scanned> {
  const scan = await scanFiles(paths, { stdin }, buildDefaultPolicy(rules), reportFailedRules(stderr));
  for (const { path, line, reason } of scan.problems) {
    stderr.write(`${printable(path)}${line === undefined ? '' : `:${line}`}: ${printable(reason)}\n`);
  }
  const others = [...scan.notJudged].map(([kind, count]) => `${count} ${printable(kind)}`).sort();
  if (others.length > 0) stderr.write(`no rule is about: ${others.join(', ')}\n`);
  if (scan.judged === 0) {
    stderr.write(`nothing to judge in ${paths.map(printable).join(', ')}: no object of a kind that a rule is about\n`);
  }
  return {
    findings: scan.findings,
    placeOf(finding) {
      const manifest = scan.manifestOf.get(finding);
      if (manifest === undefined) return undefined;
      const [first] = finding.violations;
      return {
        path: manifest.source.path,
        line: first === undefined ? manifest.source.line : manifest.lineOf(first.path),
      };
    },
    hasInputProblem: scan.problems.length > 0 || (scan.judged === 0 && scan.notJudged.size === 0),
    isIncomplete: false,
  };
}

async function runClusterScan(target: ClusterTarget, { stderr, env }: CommandStreams): Promise<Scanned> {
  const [{ openCluster }, { scanCluster }] = await Promise.all([
    import('./cluster-access.ts'),
    import('../scan/cluster-scan.ts'),
  ]);
  const { transport, anonymousGet, namespace } = await openCluster(target, env);
  const showProgress = (what: string): void => {
    if (stderr.isTTY === true) stderr.write(`\r\x1b[Kreading ${printable(what)}`);
  };
  try {
    const scan = await scanCluster({
      transport,
      anonymousGet,
      rules,
      observer: reportFailedRules(stderr),
      scope: target.isEverything ? 'everything' : { namespace: target.namespace ?? namespace },
      onProgress: showProgress,
    });
    for (const message of scan.missing) stderr.write(`not read: ${printable(message)}\n`);
    return {
      findings: scan.findings,
      placeOf: () => undefined,
      hasInputProblem: false,
      isIncomplete: scan.missing.length > 0,
    };
  } finally {
    if (stderr.isTTY === true) stderr.write('\r\x1b[K');
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
