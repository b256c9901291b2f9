/** What `merlon scan --cluster` says of a cluster, put as postures would say it. */
import { MAX_FINDINGS, MAX_VIOLATIONS } from '../../src/api/v1alpha1/posture-status.ts';
import type { PostureReport, ReportedFinding } from '../../src/report/posture-report.ts';
import type { Cluster } from '../support/cluster.ts';
import { compileCacheEnvironment } from '../support/compile-cache.ts';
import { runProcess } from '../support/run-process.ts';
import { testedPrograms } from '../support/tested-programs.ts';
import { waitUntil } from '../support/wait-until.ts';
import { CLUSTER_SCOPE, describeDifference, readPostures } from './golden-posture.ts';
import type { Postures } from './golden-posture.ts';

const scanTimeoutMs = 30_000;
const exitCodes = { clean: 0, findings: 1 };

/** Waits until counts and findings of every posture are those of a scan by the administrator. */
export async function untilScanAgrees(cluster: Cluster): Promise<void> {
  await waitUntil(
    async () => {
      const scanned = await scanPostures(cluster);
      const written = new Map(
        [...(await readPostures(cluster))].map(([scope, status]) => [scope, selectCompared(status)]),
      );
      // A scan does not name what it has nothing to say about.
      for (const [scope, { summary }] of written) if (summary?.['subjects'] === 0) written.delete(scope);
      forgetUnnamed(scanned, written);
      const difference = describeDifference(scanned, written);
      if (difference !== undefined) throw new Error(difference);
      return true;
    },
    { what: 'the postures to say what "merlon scan --cluster" says', timeoutMs: 20_000, isCostly: true },
  );
}

/**
 * Of the cluster some subjects may be counted that no finding names: who breaks each rule by a role is in the findings on
 * these roles, as one of many. Everybody whom a finding names must be counted all the same.
 */
function forgetUnnamed(scanned: Postures, written: Map<string, Compared>): void {
  const named = (scanned.get(CLUSTER_SCOPE) as Compared | undefined)?.summary?.['subjects'] ?? 0;
  const found = written.get(CLUSTER_SCOPE);
  const counted = found?.summary?.['subjects'] ?? 0;
  if (found === undefined || counted <= named || !JSON.stringify(found.findings).includes('"kind":"ClusterRole"'))
    return;
  written.set(CLUSTER_SCOPE, { ...found, summary: { ...found.summary, subjects: named } });
}

async function scanPostures(cluster: Cluster): Promise<Postures> {
  const words = ['scan', '--cluster', '--all-namespaces', '--all', '--output', 'json'];
  const { code, stdout, stderr } = await runProcess(process.execPath, [testedPrograms.cli, ...words], {
    env: { ...compileCacheEnvironment, KUBECONFIG: cluster.adminKubeconfig },
    timeoutMs: scanTimeoutMs,
  });
  if (code !== exitCodes.clean && code !== exitCodes.findings) {
    throw new Error(`merlon ${words.join(' ')} ended with ${code ?? 'a signal'}: ${stderr}`);
  }
  const { findings } = JSON.parse(stdout) as PostureReport;
  const byScope = Map.groupBy(findings, ({ posture, subject: { kind, name, namespace } }) => {
    if (posture === 'cluster') return CLUSTER_SCOPE;
    return kind === 'Namespace' ? name : (namespace ?? CLUSTER_SCOPE);
  });
  return new Map([...byScope].map(([scope, found]) => [scope, buildCompared(found)]));
}

/** What both say in the same way. */
interface Compared {
  readonly summary: Readonly<Record<string, number>> | undefined;
  readonly findings: unknown;
  readonly omittedFindings: unknown;
}

function selectCompared(status: object): Compared {
  const { summary, findings, omittedFindings } = status as Compared;
  return { summary, findings, omittedFindings };
}

function buildCompared(findings: readonly ReportedFinding[]): Compared {
  const open = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown' || outcome === 'exempt');
  const count = (name: string) =>
    findings.filter(({ outcome, severity }) => (outcome === 'fail' ? severity : outcome) === name).length;
  const names = ['critical', 'high', 'medium', 'low', 'info', 'pass', 'notApplicable', 'unknown', 'exempt'];
  return {
    summary: {
      ...Object.fromEntries(names.map((name) => [name, count(name)])),
      subjects: new Set(findings.map(({ subject }) => JSON.stringify(subject))).size,
    },
    findings: open.slice(0, MAX_FINDINGS).map(({ controls, posture, violations, pods, ...finding }) => ({
      ...finding,
      ...(pods?.revisions === undefined ? {} : { revisions: pods.revisions }),
      ...(violations.length === 0 ? {} : { violations: violations.slice(0, MAX_VIOLATIONS) }),
      ...(violations.length > MAX_VIOLATIONS ? { omittedViolations: violations.length - MAX_VIOLATIONS } : {}),
    })),
    omittedFindings: Math.max(0, open.length - MAX_FINDINGS),
  };
}
