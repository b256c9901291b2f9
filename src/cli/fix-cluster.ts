/** `merlon fix --cluster`: repairs a live cluster with the caller's own rights, or prints what it would do. */
import type { Finding } from '../core/finding.ts';
import { MalformedField } from '../core/shape.ts';
import { NotObserved } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { systemClock } from '../kube/system-clock.ts';
import { createTargetWriter } from '../kube/target-writer.ts';
import { findUnstored, FIX_FIELD_MANAGER, holdForOwner, judgeFix } from '../remediation/fix-step.ts';
import type { FixStep } from '../remediation/fix-step.ts';
import { systemNamespaces } from '../remediation/mode.ts';
import type { PatchOutcome } from '../remediation/outcome.ts';
import { ownershipOfManager } from '../remediation/ownership.ts';
import type { PlannedRepair } from '../remediation/planned-repair.ts';
import { planRepair, remedyOf } from '../remediation/remedies.ts';
import type { Remedy } from '../remediation/remedy.ts';
import type { TargetWriter } from '../remediation/target-writer.ts';
import { printFixResult } from '../report/fix-report.ts';
import type { FixResult } from '../report/fix-report.ts';
import type { ExitCode } from '../report/posture-report.ts';
import { buildPainter, hasColour, printable } from '../report/terminal.ts';
import { rules } from '../rules/index.ts';
import { scanCluster } from '../scan/cluster-scan.ts';
import type { ClusterScan } from '../scan/cluster-scan.ts';
import { nameScopeOf } from '../scan/thresholds.ts';
import { openCluster } from './cluster-access.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { FixClusterTarget, FixOptions } from './fix-options.ts';
import { reportFailedRules } from './input-report.ts';
import { writeAll } from './output.ts';
import type { CommandStreams, OutputStream } from './output.ts';

export async function fixCluster(
  target: FixClusterTarget,
  wanted: FixOptions['rules'],
  streams: CommandStreams,
): Promise<ExitCode> {
  const { stdout, stderr, env } = streams;
  const access = await openCluster(target, env);
  try {
    const scan = await judgeCluster(target, access, stderr);
    if (scan.nothing !== undefined) return 3;
    const repairable = scan.findings.filter(({ rule }) => wanted.has(rule.id) && remedyOf(rule.id) !== undefined);
    const unknown = repairable.filter(({ outcome }) => outcome === 'unknown').length;
    const failed = scan.findings.filter(({ outcome, rule }) => outcome === 'fail' && wanted.has(rule.id));
    const mine = failed.filter((finding) => !isLeftAlone(finding, target));
    const repairs = mine.map((finding) => planFinding(finding, scan.snapshot));
    const paint = buildPainter(hasColour(stdout, env));
    const writer = createTargetWriter(access.transport, FIX_FIELD_MANAGER);
    const results: FixResult[] = [];
    for (const repair of repairs) {
      if (repair === undefined) continue;
      const result = 'result' in repair ? repair.result : await perform(repair, writer, target);
      results.push(result);
      await writeAll(stdout, [printFixResult(result, target.dryRun, paint)]);
    }
    if (failed.length === 0 && unknown === 0) stderr.write('nothing to fix\n');
    const count = (outcome: FixResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
    reportRest(
      [
        [count('held'), 'held back'],
        [count('planOnly'), 'to be applied by yourself'],
        [count('failed'), 'not patched'],
        [unknown, 'of which it is not known whether they fail'],
        [
          failed.filter((one) => remedyOf(one.rule.id) !== undefined && isLeftAlone(one, target)).length,
          'left alone in namespaces of the cluster itself, which -n names',
        ],
        [repairs.filter((repair) => repair === undefined).length, 'that no patch repairs'],
      ],
      stderr,
    );
    if (scan.missing.length > 0 || scan.doubts.length > 0 || unknown > 0 || count('failed') > 0) return 4;
    return count('held') > 0 || count('wouldBePatched') > 0 ? 1 : 0;
  } finally {
    access.transport.close();
  }
}

async function judgeCluster(
  { isEverything, namespace }: FixClusterTarget,
  access: ClusterAccess,
  stderr: OutputStream,
): Promise<ClusterScan> {
  const scan = await scanCluster({
    transport: access.transport,
    server: access.server,
    rules,
    observer: reportFailedRules(stderr),
    scope: isEverything ? 'everything' : { namespace: namespace ?? access.namespace },
    onProgress: () => undefined,
    nowMs: systemClock.wallTimeMs(),
  });
  for (const message of scan.missing) stderr.write(`not read: ${printable(message)}\n`);
  if (scan.nothing !== undefined) stderr.write(`nothing to judge: ${printable(scan.nothing)}\n`);
  for (const doubt of scan.doubts) stderr.write(`not certain: ${printable(doubt)}\n`);
  return scan;
}

/** Namespaces of the cluster itself are repaired by whoever names them. */
function isLeftAlone({ subject }: Finding, { namespace }: FixClusterTarget): boolean {
  const of = nameScopeOf(subject);
  return systemNamespaces.includes(of) && of !== namespace;
}

interface Repair {
  readonly finding: Finding;
  readonly plan: PlannedRepair;
  readonly remedy: Remedy;
}

/** @returns undefined where no patch repairs it */
function planFinding(finding: Finding, snapshot: Snapshot): Repair | { readonly result: FixResult } | undefined {
  const remedy = remedyOf(finding.rule.id);
  if (remedy === undefined) return undefined;
  try {
    const plan = planRepair(finding, snapshot);
    return plan === undefined ? undefined : { finding, plan, remedy };
  } catch (error) {
    if (!(error instanceof NotObserved || error instanceof MalformedField)) throw error;
    const { rule, subject } = finding;
    return {
      result: { rule: rule.id, subject, outcome: 'held', reason: 'RiskUnknown', messages: [error.message], fields: [] },
    };
  }
}

async function perform(repair: Repair, writer: TargetWriter, target: FixClusterTarget): Promise<FixResult> {
  const { finding, plan, remedy } = repair;
  const live = remedy.isPlanOnly ? unread : await writer.readTarget(finding.subject);
  const step = judgeFix({ plan, remedy, live, allowsInUse: target.isAllowedInUse });
  if (step.kind !== 'patch') return describeStep(repair, step);
  const done = { rule: finding.rule.id, subject: finding.subject, messages: [], fields: step.fields };
  if (target.dryRun === 'client') return { ...done, outcome: 'wouldBePatched' };
  // Tried first, so that what a webhook would make of it is known before anything is stored.
  const tried = describeOutcome(repair, step, await writer.applyFields(step.target, step.patch, true));
  if (tried !== undefined) return tried;
  if (target.dryRun === 'server') return { ...done, outcome: 'wouldBePatched' };
  const written = describeOutcome(repair, step, await writer.applyFields(step.target, step.patch, false));
  return written ?? { ...done, outcome: 'patched' };
}

/** Nobody reads what is never written. */
const unread = { outcome: 'gone' } as const;

function describeStep({ finding, plan }: Repair, step: Exclude<FixStep, { readonly kind: 'patch' }>): FixResult {
  const base = { rule: finding.rule.id, subject: finding.subject, fields: plan.fields };
  switch (step.kind) {
    case 'planOnly':
      return { ...base, outcome: 'planOnly', messages: step.messages, patch: plan.patch };
    case 'held': {
      const isAtRisk = step.reason === 'WorkloadAtRisk' || step.reason === 'RiskUnknown';
      return isAtRisk
        ? {
            ...base,
            outcome: 'held',
            reason: step.reason,
            messages: [...step.messages, '--allow-in-use patches it all the same'],
          }
        : { ...base, outcome: 'held', reason: step.reason, messages: step.messages, patch: plan.patch };
    }
    case 'outdated':
      return { ...base, outcome: 'failed', reason: 'Outdated', messages: [`${step.message}; run it again`] };
    case 'forbidden':
      return { ...base, outcome: 'failed', reason: 'Forbidden', messages: [step.message] };
  }
}

/** @returns what kept it from being stored as it was sent; undefined where nothing did */
function describeOutcome(
  repair: Repair,
  step: Extract<FixStep, { readonly kind: 'patch' }>,
  result: PatchOutcome,
): FixResult | undefined {
  const { finding, plan, remedy } = repair;
  const failed = (reason: string, message: string): FixResult => ({
    rule: finding.rule.id,
    subject: finding.subject,
    outcome: 'failed',
    reason,
    messages: [message],
    fields: plan.fields,
  });
  switch (result.outcome) {
    case 'written': {
      const difference = findUnstored(step.fields, result.object);
      return difference === undefined ? undefined : failed('NotStored', difference);
    }
    case 'conflict':
    case 'gone':
      return failed('Outdated', 'somebody changed it since it was read; run it again');
    case 'fieldConflict': {
      const held = holdForOwner(ownershipOfManager(result.manager, step.target, remedy.fields));
      return held === undefined || held.kind === 'patch'
        ? failed('FieldConflict', result.message)
        : describeStep(repair, held);
    }
    case 'forbidden':
      return failed('Forbidden', `you may not patch it: ${result.message}`);
    case 'refused':
      return failed('Refused', `the API server refuses it: ${result.message}`);
  }
}

/** One line, of what is not zero. */
function reportRest(counts: readonly (readonly [number, string])[], stderr: OutputStream): void {
  const said = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  if (said.length > 0) stderr.write(`${said.join(', ')}\n`);
}
