/** `merlon api-server`: the verdicts on the API server, with who says so and how sure it is. */
import { isAtLeast } from '../core/severity.ts';
import type { Severity } from '../core/severity.ts';
import { describeApiServer, printApiServer } from '../report/api-server-report.ts';
import { buildPainter, hasColour, printableJson } from '../report/terminal.ts';
import { rules } from '../rules/index.ts';
import { nameProbeReviewers } from '../rules/lib/probe-reviewers.ts';
import { systemClock } from '../kube/system-clock.ts';
import { scanCluster } from '../scan/cluster-scan.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterChoice } from './cluster-access.ts';
import { reportFailedRules } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';

export interface ApiServerOptions extends ClusterChoice {
  readonly output: 'table' | 'json';
  readonly evidence: boolean;
  /** As `10.0.0.5:6443`. */
  readonly apiServerEndpoint: readonly string[];
  readonly failOn?: Severity;
}

/** @returns 0 where nothing fails, 1 where something does at the threshold, else 4 where not everything is known */
export async function runApiServer(options: ApiServerOptions, streams: CommandStreams): Promise<number> {
  const { stdout, stderr, env } = streams;
  const { transport, server, servers } = await openCluster(options, env, options.apiServerEndpoint);
  try {
    const scan = await scanCluster({
      transport,
      server,
      servers,
      rules: rules.filter(({ reads = [] }) => reads.includes('Evidence')),
      observer: reportFailedRules(stderr),
      scope: 'everything',
      isClusterAlone: true,
      reviewers: nameProbeReviewers,
      onProgress: () => undefined,
      kept: 'all',
      nowMs: systemClock.wallTimeMs(),
    });
    const report = describeApiServer(scan.findings, scan.snapshot, scan.serverDoubt);
    const hasFailed = scan.findings.some(
      (finding) =>
        finding.outcome === 'fail' && isAtLeast(finding.severity, options.failOn ?? scan.thresholdOf(finding)),
    );
    await writeAll(
      stdout,
      options.output === 'json'
        ? [`${printableJson(JSON.stringify(report, undefined, 2))}\n`]
        : printApiServer(report, {
            withFacts: options.evidence,
            paint: buildPainter(hasColour(stdout, env)),
            nowMs: systemClock.wallTimeMs(),
          }),
    );
    if (hasFailed) return 1;
    return scan.serverDoubt !== undefined || scan.findings.some(({ outcome }) => outcome === 'unknown') ? 4 : 0;
  } finally {
    servers.close();
    transport.close();
  }
}
