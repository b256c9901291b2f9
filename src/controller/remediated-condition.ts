/** What a posture says of repairs: whether they are switched on, and what has become of them. */
import type { HardeningRemediation, HardeningRemediationStatus } from '../api/v1alpha1/hardening-remediation.ts';
import type { PostureCondition } from '../api/v1alpha1/conditions.ts';
import type { Finding } from '../core/finding.ts';
import type { AnyRule } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Observation, Snapshot } from '../core/snapshot.ts';
import type { UntimedCondition } from '../core/status.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { shorten } from '../core/posture.ts';
import { readAskedMode, resolveMode } from '../remediation/mode.ts';
import type { Mode, ScopeTerms } from '../remediation/mode.ts';
import type { PresentFinding } from '../remediation/situation.ts';
import type { RecordAddress } from './record-address.ts';
import { isTaken, presentFinding } from './repair-candidates.ts';
import type { Candidate, Candidates } from './repair-candidates.ts';

export type RemediatedReason = Extract<PostureCondition, { readonly type: 'Remediated' }>['reason'];

export interface RepairView {
  /** For people: `ServiceAccount default`. */
  readonly subject: string;
  readonly mode: Mode;
  /** As its record has it; undefined where there is none. */
  readonly status: HardeningRemediationStatus | undefined;
  /** What is to be repaired now. */
  readonly outcome: PresentFinding['outcome'];
}

export interface RemediatedView {
  /** What the namespace, or for the cluster its policies, ask for. */
  readonly asked: Mode;
  readonly repairs: readonly RepairView[];
  /** Records that Merlon did not make. */
  readonly strangers: readonly HardeningRemediation[];
  /** Why it is not known whether something is to be repaired. */
  readonly doubts: readonly string[];
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
  'RevertRefused',
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
  terms: ScopeTerms,
  { repairs, strangers, unlisted }: Candidates,
  snapshot: Snapshot,
  problem?: RemediatedView['problem'],
): UntimedCondition {
  const isOn = (rule: AnyRule): boolean => resolveMode(terms, rule).mode !== 'off';
  const doubts = new Map<Finding, string>();
  const views = repairs.map((candidate): RepairView => {
    const { rule, subject, record, finding } = candidate;
    const outcome = isOn(rule) ? outcomeOf(candidate, snapshot) : 'gone';
    if (outcome === 'unknown' && finding !== undefined) doubts.set(finding, describeDoubt(finding));
    return { subject: print(subject), mode: resolveMode(terms, rule), status: record?.status, outcome };
  });
  for (const finding of unlisted) if (isOn(finding.rule)) doubts.set(finding, describeDoubt(finding));
  return buildRemediated({
    asked: readAskedMode(terms),
    strangers,
    repairs: views,
    doubts: [...doubts.values()],
    ...(problem === undefined ? {} : { problem }),
  });
}

function describeDoubt({ outcome, subject, message }: Finding): string {
  return `${print(subject)}: ${outcome === 'unknown' ? message : 'what its repair would break could not be read'}`;
}

function print({ kind, name }: SubjectRef): string {
  return `${kind} ${name}`;
}

/** A record that says why nothing was written says also that something would be. */
function outcomeOf({ finding, record }: Candidate, snapshot: Snapshot): PresentFinding['outcome'] {
  const reason = record?.status?.reason;
  const isPlanned = finding?.outcome === 'fail' && reason !== undefined && reason !== 'NothingToPatch';
  return isPlanned ? 'fails' : presentFinding(finding, snapshot).outcome;
}

/**
 * What keeps every repair from being done.
 *
 * @param records how well the records can be read
 * @param unrecorded why a record could not be written, where it could not
 */
export function findProblem(
  { repairs, strangers }: Candidates,
  records: Observation,
  unrecorded: (address: RecordAddress) => string | undefined,
): RemediatedView['problem'] {
  if (!isReadable(records)) return { reason: 'Unknown', message: `nothing is repaired: ${records.message}` };
  const blocked = repairs.find(({ address }) => isTaken(address, strangers));
  if (blocked !== undefined) {
    const { address, subject } = blocked;
    return {
      reason: 'ForeignRecord',
      message: `HardeningRemediation "${address.name}" is in the way of the repair of ${print(subject)}; delete it`,
    };
  }
  const message = repairs.map(({ address }) => unrecorded(address)).find((one) => one !== undefined);
  return message === undefined
    ? undefined
    : {
        reason: 'Unrecorded',
        message: `the record of a repair may not be written, so nothing is repaired: ${message}`,
      };
}

export function buildRemediated(view: RemediatedView): UntimedCondition {
  const { status, reason, message } = judge(view);
  return { type: 'Remediated', status, reason, message: shorten(message + nameStrangers(view), MAX_CONDITION_MESSAGE) };
}

interface Judged {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: RemediatedReason;
  readonly message: string;
}

function judge({ asked, repairs, doubts, problem }: RemediatedView): Judged {
  const failing = repairs.filter(({ outcome }) => outcome === 'fails');
  const applied = repairs.filter(({ status }) => status?.state === 'Applied');
  const standing = applied.length === 0 ? '' : `; ${countStanding(applied)}`;
  if (asked.mode === 'off') {
    return { status: 'False', reason: asked.reason as RemediatedReason, message: `${asked.message}${standing}` };
  }
  if (problem !== undefined) return { status: problem.reason === 'Unknown' ? 'Unknown' : 'False', ...problem };
  for (const reason of worstFirst) {
    const concerned = repairs.filter(
      ({ status, outcome }) => status?.reason === reason && (outcome === 'fails' || status.state === 'Applied'),
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
  const due = failing.filter(({ mode, status }) => mode.mode === 'apply' && status?.reason !== 'PlanOnly');
  if (due.length > 0) {
    return { status: 'False', reason: 'Applying', message: `${count(due)} about to be written${standing}` };
  }
  const [first] = failing;
  if (first !== undefined) {
    const reason = first.mode.reason === 'Capped' ? 'Capped' : 'Planned';
    const why = first.status?.reason === 'PlanOnly' ? (first.status.message ?? '') : first.mode.message;
    return {
      status: 'False',
      reason,
      message: `${count(failing)} proposed, see "kubectl get hrem": ${why}${standing}`,
    };
  }
  const [doubt] = doubts;
  if (doubt !== undefined) {
    const more = doubts.length === 1 ? '' : ` (and ${doubts.length - 1} more)`;
    const message = `whether anything is to be repaired is not known, ${doubt}${more}${standing}`;
    return { status: 'Unknown', reason: 'Unknown', message };
  }
  const left = repairs.filter(({ outcome }) => outcome === 'unrepairable').length;
  const unrepairable = left === 0 ? '' : `; of what fails, ${left} cannot be repaired by a patch as it is now`;
  return applied.length > 0
    ? {
        status: 'True',
        reason: 'Applied',
        message: `${count(applied)} done, and nothing is left to repair${unrepairable}`,
      }
    : { status: 'True', reason: 'NothingToRepair', message: `nothing fails that may be repaired here${unrepairable}` };
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
