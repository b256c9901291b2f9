/** Writes the status of a repair's record. Nothing that stands in it is ever read for what is written to a target. */
import {
  MAX_FIELDS,
  MAX_PATCH_LENGTH,
  MAX_RISKS,
  MAX_VALUE_LENGTH,
  remediationActions,
} from '../api/v1alpha1/hardening-remediation.ts';
import type {
  HardeningRemediation,
  HardeningRemediationStatus,
  RemediationAction,
} from '../api/v1alpha1/hardening-remediation.ts';
import { MAX_MESSAGE_LENGTH, MAX_PATH_LENGTH } from '../api/v1alpha1/posture-status.ts';
import type { StateReason } from '../api/v1alpha1/remediation-reasons.ts';
import { shorten } from '../core/posture.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { isOwnedByMerlon } from './ownership.ts';
import { printPatch } from './patch-text.ts';
import { printKeys } from './planned-repair.ts';
import type { Json, PatchFields, PlannedField, Risk } from './planned-repair.ts';
import type { LiveTarget, Situation } from './situation.ts';

export type Status = HardeningRemediationStatus;

/** What a step says of the repair; what it leaves out stays as the record has it, but for message and manager. */
export type Verdict = StateReason & {
  readonly message: string;
  readonly manager?: string;
  readonly intent?: 'Apply' | 'Revert';
  readonly setBackTimes?: readonly string[];
  readonly appliedTime?: string;
  readonly revertedTime?: string;
  /** Nothing was decided by an approval that is new: it counts later. */
  readonly isUnheard?: true;
};

/** Of the record, where it is about the object that is there now: one that was created anew is another one. */
export function statusOf({ record, live }: Situation): Status | undefined {
  const status = record?.status;
  if (status?.state === undefined) return undefined;
  return live.outcome === 'read' && status.target?.uid !== live.object.metadata.uid ? undefined : status;
}

export function actionOf(record: HardeningRemediation | undefined): RemediationAction | undefined {
  const action = record?.spec?.action;
  return remediationActions.find((known) => known === action);
}

/**
 * @param fields what is written, with what stood there; by default as the record has it, or as it is planned
 */
export function buildStatus(situation: Situation, verdict: Verdict, fields?: readonly PlannedField[]): Status {
  const { rule, subject, record, finding, live, policies = [], nowMs } = situation;
  const before = statusOf(situation);
  const { state, reason, message, intent, manager, isUnheard, ...times } = verdict;
  const isSame = before?.state === state && before.reason === reason;
  const now = printTime(nowMs);
  const action = actionOf(record);
  const isHeard = isUnheard !== true || action !== 'Approve' || before?.observedAction === action;
  const plan = finding.outcome === 'fails' ? finding.plan : undefined;
  const uid = live.outcome === 'read' ? live.object.metadata.uid : (before?.target?.uid ?? plan?.target.uid ?? '');
  // What is planned may be planned from what stood there before, or after.
  const isWritten = before?.state === 'Applied' || state === 'Applied' || state === 'Reverted';
  const changed = fields ?? (isWritten && before?.fields !== undefined ? undefined : plan?.fields);
  const { apiVersion, kind, namespace, name } = subject;
  return {
    state,
    reason,
    message: shorten(message, MAX_MESSAGE_LENGTH),
    rule: rule.id,
    target: {
      apiVersion,
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      uid,
      display: `${kind} ${name}`,
    },
    ...pick('patch', plan === undefined ? before?.patch : printStatusPatch(subject, plan.patch)),
    ...pick('fields', markOwned(situation, changed?.slice(0, MAX_FIELDS).map(toStatusField) ?? before?.fields)),
    ...pick('risks', plan === undefined ? before?.risks : toStatusRisks(plan.risks)),
    ...pick('manager', manager === undefined ? undefined : shorten(manager, 253)),
    ...pick('policies', isSame ? before.policies : policies.slice(0, 16)),
    ...pick('intent', intent),
    ...pick('intentVersion', intent === undefined ? undefined : versionOf(live)),
    ...pick('observedAction', isHeard ? action : undefined),
    proposedTime: before?.proposedTime ?? now,
    ...pick('appliedTime', times.appliedTime ?? before?.appliedTime),
    ...pick('revertedTime', times.revertedTime ?? before?.revertedTime),
    transitionTime: isSame ? (before.transitionTime ?? now) : now,
    ...pick('setBackTimes', nonEmpty(times.setBackTimes ?? before?.setBackTimes)),
  };
}

function versionOf(live: LiveTarget): string | undefined {
  return live.outcome === 'read' ? live.object.metadata.resourceVersion : undefined;
}

/** As it stands in the record. */
export function printStatusPatch(subject: SubjectRef, patch: PatchFields): string {
  return shorten(printPatch(subject, patch), MAX_PATCH_LENGTH);
}

function pick<Key extends keyof Status>(key: Key, value: Status[Key] | undefined): Partial<Status> {
  return value === undefined ? {} : { [key]: value };
}

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function toStatusField({ path, before, after }: PlannedField): NonNullable<Status['fields']>[number] {
  return {
    path: shorten(path, MAX_PATH_LENGTH),
    ...(before === undefined ? {} : { before: shorten(JSON.stringify(before), MAX_VALUE_LENGTH) }),
    ...(after === undefined ? {} : { after: shorten(JSON.stringify(after), MAX_VALUE_LENGTH) }),
  };
}

type StatusFields = NonNullable<Status['fields']>;

/** With which of them Merlon owns now: whoever takes one of these sets it back. */
function markOwned({ remedy, live }: Situation, fields: StatusFields | undefined): StatusFields | undefined {
  if (live.outcome !== 'read') return fields;
  const owned = remedy.fields.filter((keys) => isOwnedByMerlon(live.object, keys)).map(printKeys);
  return fields?.map(({ owned: _before, ...field }) => ({
    ...field,
    ...(owned.includes(field.path) && { owned: true }),
  }));
}

/** Those that block stand first, so that what is left out is what is said of every repair. */
function toStatusRisks(risks: readonly Risk[]): readonly string[] {
  const messages = risks.map(({ message }) => shorten(message, MAX_MESSAGE_LENGTH));
  if (messages.length <= MAX_RISKS) return messages;
  return [...messages.slice(0, MAX_RISKS - 1), `and ${messages.length - MAX_RISKS + 1} more`];
}

/** What a record says that stood in a field: to be believed no further than the remedy's `isRestorable`. */
export function recordedValue(status: Status | undefined, path: string): Json | undefined {
  const text = status?.fields?.find((field) => field.path === path)?.before;
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** RFC 3339 with second precision. */
export function printTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** NaN for what is no time. */
export function readTime(text: string | undefined): number {
  return text === undefined ? NaN : Date.parse(text);
}
