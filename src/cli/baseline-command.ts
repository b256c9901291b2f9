/** `merlon baseline`: what fails in a namespace today as exemptions that expire, to start from. */
import { MAX_EXEMPTION_RULES, MAX_EXEMPTION_SUBJECTS } from '../api/v1alpha1/exemption.ts';
import { buildExemptionsOfToday } from '../core/exemptions-of-today.ts';
import { MAX_OWN_EXEMPTIONS } from '../core/exemption-table.ts';
import type { Finding } from '../core/finding.ts';
import { compareText } from '../core/subject-ref.ts';
import { printBaseline } from '../report/baseline-text.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { printable } from '../report/terminal.ts';
import { systemClock } from '../kube/system-clock.ts';
import { rules } from '../rules/index.ts';
import { scanFiles } from '../scan/file-scan.ts';
import { loadHardeningPolicies } from '../scan/hardening-policies.ts';
import { nameScopeOf } from '../scan/thresholds.ts';
import type { BaselineOptions } from './baseline-options.ts';
import { reportFailedRules, reportInput, reportUnjudged } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams } from './output.ts';
import { keepHeapSmall } from './small-heap.ts';

/** As many as an exemption may have, and as many as count in a namespace. */
const limits = { rules: MAX_EXEMPTION_RULES, subjects: MAX_EXEMPTION_SUBJECTS, exemptions: MAX_OWN_EXEMPTIONS };

/** What was judged, and how far that is all there is. */
interface Judged {
  readonly findings: readonly Finding[];
  readonly namespace: string;
  /** Nothing is to be printed: the input cannot be used. */
  readonly isUnusable: boolean;
  readonly isIncomplete: boolean;
}

export async function runBaseline(options: BaselineOptions, streams: CommandStreams): Promise<ExitCode> {
  const { stdout, stderr } = streams;
  const { findings, namespace, isUnusable, isIncomplete } =
    options.paths === undefined
      ? await judgeCluster(options, streams)
      : await judgeFiles(options, options.paths, streams);
  if (isUnusable) return 3;
  const own = findings.filter(({ subject, posture }) => posture !== 'cluster' && nameScopeOf(subject) === namespace);
  const unknown = own.filter(({ outcome }) => outcome === 'unknown').length;
  if (unknown > 0) stderr.write(`not exempt, because it is not known whether it fails: ${unknown} findings\n`);
  const exemptions = buildExemptionsOfToday(own, limits);
  if (exemptions === undefined) {
    stderr.write(
      `namespace "${printable(namespace)}" fails in more ways than ${limits.exemptions} exemptions can say\n`,
    );
    return 4;
  }
  if (exemptions.length === 0)
    stderr.write(`nothing to exempt: nothing fails in namespace "${printable(namespace)}"${tellElsewhere(findings)}\n`);
  else await writeAll(stdout, printBaseline(exemptions, { ...options.terms, namespace }));
  return isIncomplete ? 4 : 0;
}

/** Whoever forgets -n shall not read that all is well. */
function tellElsewhere(findings: readonly Finding[]): string {
  const namespaces = findings
    .filter(({ outcome, posture }) => outcome === 'fail' && posture !== 'cluster')
    .map(({ subject }) => nameScopeOf(subject))
    .filter((namespace) => namespace !== '');
  const [first, ...others] = [...new Set(namespaces)].sort(compareText);
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : ` and in ${others.length} more`;
  return `, but something does in "${printable(first)}"${more}: -n says which is meant`;
}

async function judgeFiles(
  { namespace = 'default', policies }: BaselineOptions,
  inputs: readonly string[],
  streams: CommandStreams,
): Promise<Judged> {
  const { stderr } = streams;
  keepHeapSmall();
  const loaded = await loadHardeningPolicies(policies, streams, rules);
  reportInput(loaded, stderr);
  const scan = await scanFiles(
    {
      inputs,
      rules,
      observer: reportFailedRules(streams.stderr),
      policies: loaded.policies,
      ownPolicies: loaded.ownPolicies,
      nowMs: systemClock.wallTimeMs(),
    },
    streams,
  );
  reportInput(scan, stderr);
  reportUnjudged('no rule is about', scan.notJudged, stderr);
  if (scan.judged === 0) stderr.write(`nothing to judge in ${inputs.map(printable).join(', ')}\n`);
  reportDoubts(scan.doubts, streams);
  return {
    findings: scan.findings,
    namespace,
    isUnusable: loaded.problems.length > 0 || scan.problems.length > 0 || scan.judged === 0,
    isIncomplete: scan.doubts.length > 0 || scan.notJudged.some(({ holdsPodTemplate }) => holdsPodTemplate),
  };
}

async function judgeCluster(options: BaselineOptions, streams: CommandStreams): Promise<Judged> {
  const { stderr, env } = streams;
  const [{ openCluster }, { scanCluster }] = await Promise.all([
    import('./cluster-access.ts'),
    import('../scan/cluster-scan.ts'),
  ]);
  const { transport, server, namespace: ofContext } = await openCluster(options, env);
  const namespace = options.namespace ?? ofContext;
  try {
    const scan = await scanCluster({
      transport,
      server,
      rules,
      observer: reportFailedRules(streams.stderr),
      scope: { namespace },
      nowMs: systemClock.wallTimeMs(),
      onProgress: () => undefined,
    });
    for (const message of scan.missing) stderr.write(`not read: ${printable(message)}\n`);
    if (scan.nothing !== undefined) stderr.write(`nothing to judge: ${printable(scan.nothing)}\n`);
    reportDoubts(scan.doubts, streams);
    return {
      findings: scan.findings,
      namespace,
      isUnusable: scan.nothing !== undefined,
      isIncomplete: scan.missing.length > 0 || scan.doubts.length > 0,
    };
  } finally {
    transport.close();
  }
}

function reportDoubts(doubts: readonly string[], { stderr }: CommandStreams): void {
  for (const doubt of doubts) stderr.write(`not certain: ${printable(doubt)}\n`);
}
