/** What a posture says of repairs: whether they are switched on, and what has become of them. */
import type { HardeningRemediation, HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import type { PostureCondition } from '../api/v1alpha1/conditions.ts';
import type { UntimedCondition } from '../core/status.ts';
import { shorten } from '../core/posture.ts';
import { readAskedMode, resolveMode } from '../remediation/mode.ts';
import type { Mode, NamespaceTerms } from '../remediation/mode.ts';
import type { Candidates } from './repair-candidates.ts';

export type RemediatedReason = Extract<PostureCondition, { readonly type: 'Remediated' }>['reason'];

export interface RepairView {
  /** For people: `ServiceAccount default`. */
  readonly subject: string;
  readonly mode: Mode;
  /** As its record has it; undefined where there is none. */
  readonly status: HardeningRemediationStatus | undefined;
  /** Whether the rule fails now. */
  readonly isFailing: boolean;
}

export interface RemediatedView {
  /** What the namespace asks for. */
  readonly asked: Mode;
  readonly repairs: readonly RepairView[];
  /** Records that Merlon did not make. */
  readonly strangers: readonly HardeningRemediation[];
  /** What keeps every repair from being done. */
  readonly problem?: { readonly reason: 'ForeignRecord' | 'Unrecorded' | 'Unknown'; readonly message: string };
}

const MAX_CONDITION_MESSAGE = 2048;
const MAX_NAMED_STRANGERS = 3;

/** What people can do most about stands first. */
const worstFirst = [
  'NotStored',
  'Refused',
  'Forbidden',
  'Unguarded',
  'Contested',
  'FieldConflict',
  'GitOpsOwned',
  'RiskUnknown',
  'WorkloadAtRisk',
  'RevertUnguarded',
  'RevertStopped',
  'Skipped',
] as const satisfies readonly RemediatedReason[];

/** @param problem what keeps every repair from being done */
export function describeRepairs(
  terms: NamespaceTerms,
  { repairs, strangers }: Candidates,
  problem?: RemediatedView['problem'],
): UntimedCondition {
  return buildRemediated({
    asked: readAskedMode(terms),
    strangers,
    repairs: repairs.map(({ rule, subject, record, failure }) => ({
      subject: `${subject.kind} ${subject.name}`,
      mode: resolveMode(terms, rule),
      status: record?.status,
      isFailing: failure?.outcome === 'fail',
    })),
    ...(problem === undefined ? {} : { problem }),
  });
}

export function buildRemediated(view: RemediatedView): UntimedCondition {
  const { status, reason, message } = judge(view);
  return { type: 'Remediated', status, reason, message: shorten(message + nameStrangers(view), MAX_CONDITION_MESSAGE) };
}

interface Judged {
  readonly status: 'True' | 'False';
  readonly reason: RemediatedReason;
  readonly message: string;
}

function judge({ asked, repairs, problem }: RemediatedView): Judged {
  const applied = repairs.filter(({ status }) => status?.state === 'Applied');
  const standing = applied.length === 0 ? '' : `; ${countStanding(applied)}`;
  if (asked.mode === 'off') {
    return { status: 'False', reason: asked.reason as RemediatedReason, message: `${asked.message}${standing}` };
  }
  if (problem !== undefined) return { status: 'False', ...problem };
  for (const reason of worstFirst) {
    const concerned = repairs.filter(
      ({ status, isFailing }) => status?.reason === reason && (isFailing || status.state === 'Applied'),
    );
    const [first, ...others] = concerned;
    if (first === undefined) continue;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    return { status: 'False', reason, message: `${first.subject}: ${first.status?.message ?? ''}${more}` };
  }
  const reverted = repairs.filter(({ status }) => status?.state === 'Reverted');
  if (reverted.length > 0) {
    return {
      status: 'False',
      reason: 'Reverted',
      message: `${count(reverted)} taken back, as somebody asked for${standing}`,
    };
  }
  const due = repairs.filter(
    ({ mode, isFailing, status }) => isFailing && mode.mode === 'apply' && status?.reason !== 'PlanOnly',
  );
  if (due.length > 0) {
    return { status: 'False', reason: 'Applying', message: `${count(due)} about to be written${standing}` };
  }
  const planned = repairs.filter(({ mode, isFailing }) => isFailing && mode.mode !== 'off');
  const [first] = planned;
  if (first !== undefined) {
    const reason = first.mode.reason === 'Capped' ? 'Capped' : 'Planned';
    const why = first.status?.reason === 'PlanOnly' ? (first.status.message ?? '') : first.mode.message;
    return {
      status: 'False',
      reason,
      message: `${count(planned)} proposed, see "kubectl get hrem": ${why}${standing}`,
    };
  }
  return applied.length > 0
    ? { status: 'True', reason: 'Applied', message: `${count(applied)} done, and nothing is left to repair` }
    : { status: 'True', reason: 'NothingToRepair', message: 'nothing fails that may be repaired here' };
}

function count(repairs: readonly RepairView[]): string {
  return repairs.length === 1 ? '1 repair is' : `${repairs.length} repairs are`;
}

function countStanding({ length }: readonly RepairView[]): string {
  return length === 1 ? '1 repair was done before and stands' : `${length} repairs were done before and stand`;
}

function nameStrangers({ strangers }: RemediatedView): string {
  if (strangers.length === 0) return '';
  const names = strangers.slice(0, MAX_NAMED_STRANGERS).map(({ metadata }) => `"${metadata.name}"`);
  const more = strangers.length > names.length ? ` and ${strangers.length - names.length} more` : '';
  return `; ignored, because Merlon did not make them: HardeningRemediation ${names.join(', ')}${more}`;
}
