/** `merlon scan`: reads, judges, prints; the exit code tells how it ended. */
import { EXEMPTION_KIND } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import { POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { OWN_EXEMPTION_KIND } from '../api/v1alpha1/hardening-exemption.ts';
import { OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import type { Finding } from '../core/finding.ts';
import type { KeptFindings } from '../core/finding-collector.ts';
import { labelsOf, namespacesOf } from '../core/judge.ts';
import type { Severity } from '../core/severity.ts';
import { compareText } from '../core/subject-ref.ts';
import type { EnforcementOf } from '../core/posture.ts';
import { findEnforcers, findKnownEnforcers } from '../enforcement/plan/enforcers.ts';
import { findingEnforcementOf } from '../enforcement/plan/finding-enforcement.ts';
import { systemClock } from '../kube/system-clock.ts';
import { printFindings } from '../report/findings-table.ts';
import { exitCodeOf, printReport } from '../report/posture-report.ts';
import type { EnforcedInNamespace, ExitCode, ScanResult } from '../report/posture-report.ts';
import { buildPainter, printable, hasColour } from '../report/terminal.ts';
import { rules } from '../rules/index.ts';
import { scanFiles } from '../scan/file-scan.ts';
import type { ClusterScan } from '../scan/cluster-scan.ts';
import type { FileScan } from '../scan/file-scan.ts';
import { loadHardeningExemptions } from '../scan/hardening-exemptions.ts';
import { loadHardeningPolicies } from '../scan/hardening-policies.ts';
import { reportFailedRules, reportInput, reportUnjudged } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams, OutputStream } from './output.ts';
import type { ClusterTarget, FileTarget, ScanOptions } from './scan-options.ts';
import { keepHeapSmall } from './small-heap.ts';

/** What a scan of either kind comes to. */
interface Scanned extends ScanResult {
  /** Of the policy that a finding was judged by. */
  readonly thresholdOf: (finding: Finding) => Severity;
  readonly hasInputProblem: boolean;
  readonly isIncomplete: boolean;
  readonly isDoubtful: boolean;
}

export async function runScan(options: ScanOptions, streams: CommandStreams): Promise<ExitCode> {
  const { target, output, failOn } = options;
  const kept = options.isComplete ? 'all' : 'open';
  const scanned =
    target.kind === 'files' ? await runFileScan(target, kept, streams) : await runClusterScan(target, kept, streams);
  const paint = buildPainter(hasColour(streams.stdout, streams.env));
  await writeAll(streams.stdout, output === 'json' ? printReport(scanned) : printFindings(scanned, paint));
  return exitCodeOf({ ...scanned, ...(failOn === undefined ? {} : { thresholdOf: () => failOn }) });
}

async function runFileScan(target: FileTarget, kept: KeptFindings, streams: CommandStreams): Promise<Scanned> {
  const { paths, podSecurityVersion } = target;
  const { stderr } = streams;
  keepHeapSmall();
  const loaded = await loadHardeningPolicies(target.policies, streams, rules);
  reportInput(loaded, stderr);
  const accepted = await loadHardeningExemptions(target.exemptions ?? [], streams, rules);
  reportInput(accepted, stderr);
  const scan = await scanFiles(
    {
      inputs: paths,
      rules,
      observer: reportFailedRules(stderr),
      kept,
      policies: loaded.policies,
      ownPolicies: loaded.ownPolicies,
      exemptions: accepted.exemptions,
      nowMs: systemClock.wallTimeMs(),
      ...(podSecurityVersion === undefined ? {} : { podSecurityVersion }),
    },
    streams,
  );
  reportInput(scan, stderr);
  reportUnjudged('no rule is about', scan.notJudged, stderr);
  const unasked = scan.notJudged.find(({ kind }) => kind === POLICY_KIND || kind === OWN_POLICY_KIND);
  if (target.policies.length === 0 && unasked !== undefined) {
    stderr.write(`no ${unasked.kind} was asked: name their files with --policy to judge by them\n`);
  }
  const unheard = scan.notJudged.find(({ kind }) => kind === EXEMPTION_KIND || kind === OWN_EXEMPTION_KIND);
  if (target.exemptions === undefined && unheard !== undefined) {
    stderr.write(`no ${unheard.kind} was asked: name their files with --exemptions to exempt by them\n`);
  }
  if (scan.judged === 0) {
    stderr.write(`nothing to judge in ${paths.map(printable).join(', ')}: no object of a kind that a rule is about\n`);
  }
  for (const idle of scan.idleExemptions) stderr.write(`${printable(idle)}\n`);
  reportAttestations(scan, stderr);
  reportDoubts(scan.doubts, stderr);
  const hasProblem = loaded.problems.length > 0 || accepted.problems.length > 0 || scan.problems.length > 0;
  const isSilentOnPods = scan.notJudged.some(({ holdsPodTemplate }) => holdsPodTemplate);
  return {
    findings: scan.findings,
    summary: { ...scan.summary, notJudged: scan.notJudged },
    placeOf(finding) {
      const place = scan.placeOf(finding);
      if (place === undefined) return undefined;
      const [first] = finding.violations;
      return { path: place.path, line: first === undefined ? place.line : place.lineOf(first.path) };
    },
    thresholdOf: scan.thresholdOf,
    attested: scan.attested,
    isWhole: !hasProblem && !isSilentOnPods && scan.doubts.length === 0,
    hasInputProblem: hasProblem || (scan.judged === 0 && scan.notJudged.length === 0),
    isIncomplete: false,
    isDoubtful: scan.doubts.length > 0,
  };
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
  const { transport, server, servers, namespace } = await openCluster(target, env);
  const showProgress = (what: string): void => {
    if (stderr.isTTY === true) stderr.write(`\r\x1b[Kreading ${printable(what)}`);
  };
  const clearProgress = (): void => {
    if (stderr.isTTY === true) stderr.write('\r\x1b[K');
  };
  try {
    const scan = await scanCluster({
      transport,
      server,
      servers,
      rules,
      observer: reportFailedRules(stderr),
      scope: target.isEverything ? 'everything' : { namespace: target.namespace ?? namespace },
      onProgress: showProgress,
      kept,
      nowMs: systemClock.wallTimeMs(),
    });
    clearProgress();
    for (const message of scan.missing) stderr.write(`not read: ${printable(message)}\n`);
    reportAttestations(scan, stderr);
    if (scan.nothing !== undefined) stderr.write(`nothing to judge: ${printable(scan.nothing)}\n`);
    const doubts = [...scan.doubts, ...(scan.serverDoubt === undefined ? [] : [scan.serverDoubt])];
    reportDoubts(doubts, stderr);
    return {
      findings: scan.findings,
      summary: scan.summary,
      placeOf: () => undefined,
      thresholdOf: scan.thresholdOf,
      attested: scan.attested,
      ...describeEnforced(scan),
      isWhole: scan.missing.length === 0 && doubts.length === 0,
      hasInputProblem: scan.nothing !== undefined,
      isIncomplete: scan.missing.length > 0,
      isDoubtful: doubts.length > 0,
    };
  } catch (error) {
    clearProgress();
    throw error;
  } finally {
    servers.close();
    transport.close();
  }
}

/** Of all namespaces; where only one is scanned nothing of that is read. */
function describeEnforced({
  snapshot,
  judgedBy,
}: Pick<ClusterScan, 'snapshot' | 'judgedBy'>): Required<Pick<ScanResult, 'enforced' | 'enforcementOf'>> {
  const known = findKnownEnforcers(snapshot, [], rules);
  const enforced: EnforcedInNamespace[] = [];
  const ofFindings = new Map<string, EnforcementOf>();
  for (const namespace of namespacesOf(snapshot).toSorted(compareText)) {
    const labels = labelsOf(snapshot, namespace);
    if (labels === undefined || labels === 'unknown') continue;
    enforced.push(...findEnforcers(namespace, labels, known, snapshot).map((one) => ({ namespace, ...one })));
    const place = { namespace, labels, known, snapshot, judgedBy: judgedBy.get(namespace) ?? [] };
    ofFindings.set(namespace, findingEnforcementOf(place));
  }
  return { enforced, enforcementOf: (finding) => ofFindings.get(finding.subject.namespace ?? '')?.(finding) };
}

function reportDoubts(doubts: readonly string[], stderr: OutputStream): void {
  for (const doubt of doubts) stderr.write(`not certain: ${printable(doubt)}\n`);
}

/** What a verdict relies on without anybody having looked. */
function reportAttestations(
  { attested, idleAttestations }: Pick<FileScan, 'attested' | 'idleAttestations'>,
  stderr: OutputStream,
): void {
  for (const one of attested) stderr.write(`attested: ${printable(one)}\n`);
  for (const one of idleAttestations) stderr.write(`${printable(one)}\n`);
}
