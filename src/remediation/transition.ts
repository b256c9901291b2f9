/**
 * What is to be done next about one repair: the state machine, as a pure function of what is there. Crashes need no case
 * of their own: what was under way is seen in the object itself, by the fields that Merlon owns there.
 *
 * The record is a memory and never an order: of its status only the state, when somebody set the repair back, what was
 * asked for, which fields Merlon owned and what stood in them before are read, and these are believed no further than harmless.
 */
import { MAX_SET_BACK_TIMES, REMEDIATION_FIELD_MANAGER } from '../api/v1alpha1/hardening-remediation.ts';
import type { HardeningRemediation } from '../api/v1alpha1/hardening-remediation.ts';
import { judgeBlocks, lookAgain } from './blocks.ts';
import { isBlocking, printKeys } from './planned-repair.ts';
import type { FieldKeys, PlannedField, PlannedRepair } from './planned-repair.ts';
import { valueAt } from './live-object.ts';
import type { LiveObject } from './live-object.ts';
import { isOwnedByMerlon } from './ownership.ts';
import { mergeOwned } from './patch-fields.ts';
import { actionOf, buildStatus, printTime, readTime, recordedValue, statusOf } from './record-status.ts';
import type { Status, Verdict } from './record-status.ts';
import { findRetry } from './retry.ts';
import { stepOfRevert } from './revert.ts';
import { NO_ACT } from './situation.ts';
import type { Situation, Step } from './situation.ts';

const minuteMs = 60_000;
/** Set back twice in that time, a repair is contested. */
export const CONTEST_MS = 60 * minuteMs;
/** How long a record is kept that has nothing to say any more. */
export const SUPERSEDED_KEPT_MS = 60 * minuteMs;

export function nextStep(situation: Situation): Step {
  const { live, finding, remedy } = situation;
  if (live.outcome === 'gone') return supersede(situation, 'TargetGone', 'the object is gone');
  if (finding.outcome === 'unknown') return stay(situation);
  if (live.outcome === 'forbidden') return stepUnread(situation, live.message);
  const { object } = live;
  if (object.metadata.deletionTimestamp !== undefined) {
    return supersede(situation, 'TargetGone', 'the object is being deleted');
  }
  // Whoever approved it has never seen the object that is there now: it gets a record of its own.
  if (actionOf(situation.record) === 'Approve' && isOfAnother(situation.record, object)) return forget(situation);
  const owned = remedy.fields.filter((keys) => isOwnedByMerlon(object, keys));
  if (actionOf(situation.record) === 'Revert' && !remedy.isPlanOnly) {
    const step = stepOfRevert(situation, object, owned);
    if (step !== undefined) return step;
  }
  if (finding.outcome !== 'fails') {
    return owned.length > 0
      ? keepApplied(situation, object, owned)
      : stepWithoutFinding(situation, finding.outcome, object);
  }
  const { plan } = finding;
  // Made from an older state than that of the object: the next one is on its way.
  if (plan.target.uid !== undefined && plan.target.uid !== object.metadata.uid) return stay(situation);
  const missing = plan.fields.filter(({ keys, after }) => keys === undefined || valueAt(object, keys) !== after);
  if (missing.length === 0) {
    // The finding is of before, and it may be again as it was then when the next one is made.
    const step = owned.length > 0 ? keepApplied(situation, object, owned) : stay(situation);
    return { ...step, recheckAtMs: situation.nowMs + BEHIND_RECHECK_MS };
  }
  return stepOfFailure(situation, object, plan, missing, owned);
}

function stepWithoutFinding(
  situation: Situation,
  outcome: 'gone' | 'exempt' | 'unrepairable',
  object: LiveObject,
): Step {
  switch (outcome) {
    case 'gone':
      return supersede(situation, 'FindingGone', 'the rule no longer fails, without the help of this repair', object);
    case 'exempt':
      return supersede(situation, 'Exempt', 'the failure is exempt, so nothing is repaired', object);
    case 'unrepairable':
      return supersede(situation, 'NothingToPatch', 'the rule fails, and no patch repairs it as it is now', object);
  }
}

function stepOfFailure(
  situation: Situation,
  object: LiveObject,
  plan: PlannedRepair,
  missing: readonly PlannedField[],
  owned: readonly FieldKeys[],
): Step {
  const { record, remedy, mode, isGuarded, nowMs } = situation;
  const status = statusOf(situation);
  const lost = remedy.fields.filter((keys) => !owned.includes(keys));
  const setBackTimes = countSetBacks(situation, object, lost);
  const isApproved = actionOf(record) === 'Approve' && isGuarded;
  const isNewlyApproved = isApproved && status?.observedAction !== 'Approve';
  const { patch, fields } = mergeOwned(plan, object, owned, (path) => recordedValue(status, path));
  const decide = (verdict: Verdict): Step => ({
    status: buildStatus(situation, { setBackTimes: isNewlyApproved ? [] : setBackTimes, ...verdict }, fields),
    act: NO_ACT,
  });

  if (mode.mode === 'off') return stepWhereOff(situation, owned, setBackTimes);
  const isContested = status?.reason === 'Contested' || setBackTimes.length >= 2;
  if (isContested && !isNewlyApproved) {
    return decide({
      state: 'Blocked',
      reason: 'Contested',
      message: `somebody has set it back twice within an hour, so Merlon stops; find out who${nameOfSetter(object)}, then set spec.action to Approve (remove it first where it stands there) to have it tried again`,
    });
  }
  // Whoever skips what is contested, and later does not, has not said that it may be tried again.
  if (actionOf(record) === 'Skip') {
    return decide({ state: 'Blocked', reason: 'Skipped', message: 'spec.action is Skip: it is left alone' });
  }

  const block = judgeBlocks(situation, object, plan, missing, isApproved);
  if (block !== undefined) return lookAgain(decide(block), nowMs);
  const retry = isNewlyApproved ? undefined : findRetry(situation, status, plan);
  if (retry !== undefined) return { ...decide(retry.refusal), recheckAtMs: retry.atMs };

  const isRisky = isApproved && plan.risks.some(isBlocking);
  const { status: intended } = decide({
    state: 'Proposed',
    reason: 'Applying',
    message: isRisky ? 'it is approved and about to be written' : 'it is about to be written',
    intent: 'Apply',
  });
  return { status: intended, act: { kind: 'apply', target: object, fields: patch } };
}

/**
 * Whether somebody has taken from Merlon a field that it owned when the record was written last. Where Merlon died before it could
 * say so only the version of the object tells that it may have: then whoever else wrote it counts, too.
 *
 * @param lost fields of the remedy that Merlon does not own
 */
function wasSetBack(
  { intent, intentVersion, fields = [] }: Status,
  object: LiveObject,
  lost: readonly FieldKeys[],
): boolean {
  const mayBeDone = intent !== undefined && intentVersion !== object.metadata.resourceVersion;
  // What Merlon itself may have given back nobody has taken.
  if (mayBeDone && intent === 'Revert') return false;
  const paths = lost.map(printKeys);
  return fields.some(({ path, owned }) => (owned === true || mayBeDone) && paths.includes(path));
}

/** When it was set back within the time that counts. @param lost as for `wasSetBack` */
function countSetBacks(situation: Situation, object: LiveObject, lost: readonly FieldKeys[]): readonly string[] {
  const { nowMs } = situation;
  const status = statusOf(situation);
  const recent = (status?.setBackTimes ?? []).filter((time) => nowMs - readTime(time) < CONTEST_MS);
  const isSetBack = status !== undefined && wasSetBack(status, object, lost);
  return isSetBack ? [...recent, printTime(nowMs)].slice(-MAX_SET_BACK_TIMES) : recent;
}

function isOfAnother(record: HardeningRemediation | undefined, { metadata }: LiveObject): boolean {
  const uid = record?.status?.target?.uid;
  return uid !== undefined && uid !== metadata.uid;
}

/** Who wrote the object last, beside Merlon, as far as it tells. */
function nameOfSetter({ metadata }: LiveObject): string {
  const last = metadata.managedFields?.findLast(({ manager }) => manager !== REMEDIATION_FIELD_MANAGER)?.manager;
  return last === undefined ? '' : ` (metadata.managedFields names "${last}")`;
}

/** What somebody has decided, or has fought about, is not forgotten by switching it off and on. */
function stepWhereOff(situation: Situation, owned: readonly FieldKeys[], setBackTimes: readonly string[]): Step {
  const { record, mode, nowMs } = situation;
  const status = statusOf(situation);
  if (status === undefined) return forget(situation);
  if (owned.length > 0 || status.reason === 'Contested') return stay(situation);
  if (actionOf(record) !== undefined) {
    const verdict = {
      state: 'Proposed',
      reason: 'ModeIsOff',
      message: mode.message,
      setBackTimes,
      isUnheard: true,
    } as const;
    return { status: buildStatus(situation, verdict), act: NO_ACT };
  }
  const last = setBackTimes.at(-1);
  if (last === undefined) return forget(situation);
  const message = `somebody has set it back; ${mode.message}`;
  const untilMs = readTime(last) + CONTEST_MS;
  const next = buildStatus(situation, { state: 'Superseded', reason: 'SetBack', message, setBackTimes });
  return nowMs < untilMs ? { status: next, act: NO_ACT, recheckAtMs: untilMs } : forget(situation);
}

/** Merlon owns what it has written: the record says so as long as that is true. */
function keepApplied(situation: Situation, object: LiveObject, owned: readonly FieldKeys[]): Step {
  const status = statusOf(situation);
  // What is only planned, or was set back and counted, is not what stands.
  const isSaid = status?.state === 'Applied' && status.fields !== undefined;
  const fields = isSaid ? undefined : owned.map((keys) => describeOwned(object, keys, status));
  const decide = (verdict: Verdict): Step => ({ status: buildStatus(situation, verdict, fields), act: NO_ACT });
  if (status?.reason === 'Approved') return decide({ state: 'Applied', reason: 'Approved', message: APPLIED });
  // It was written, and Merlon died before it could say so.
  const isUnsaid = status?.intent === 'Apply';
  const appliedTime = isUnsaid ? printTime(situation.nowMs) : status?.appliedTime;
  return appliedTime === undefined
    ? decide({ state: 'Applied', reason: 'Adopted', message: `no record tells when, but ${APPLIED}` })
    : decide({ state: 'Applied', reason: 'Applied', message: APPLIED, appliedTime });
}

/** What stood there before nobody knows where no record tells. */
function describeOwned(object: LiveObject, keys: FieldKeys, status: Status | undefined): PlannedField {
  const path = printKeys(keys);
  return { path, keys, before: recordedValue(status, path), after: valueAt(object, keys) };
}

export const APPLIED = 'Merlon wrote it and owns the fields; set spec.action to Revert to have the values before back';

/** @param object that is there, where it is one that will stay */
function supersede(
  situation: Situation,
  reason: 'FindingGone' | 'Exempt' | 'TargetGone' | 'NothingToPatch',
  message: string,
  object?: LiveObject,
): Step {
  const { record, remedy, nowMs } = situation;
  if (record === undefined) return { status: undefined, act: NO_ACT };
  const status = statusOf(situation);
  // It has nothing to tell: somebody else made it, or Merlon died before it could write into it.
  if (status === undefined) return forget(situation);
  const verdict = { state: 'Superseded', reason, message, isUnheard: true } as const;
  // The finding may be of before: then this is the only look that still sees that Merlon had written it.
  const lost = remedy.fields.filter((keys) => object !== undefined && !isAsWritten(object, keys, status));
  const next = buildStatus(
    situation,
    object === undefined ? verdict : { ...verdict, setBackTimes: countSetBacks(situation, object, lost) },
  );
  const untilMs = readTime(next.transitionTime) + SUPERSEDED_KEPT_MS;
  return nowMs < untilMs ? { status: next, act: NO_ACT, recheckAtMs: untilMs } : forget(situation);
}

/** Whether it is Merlon's, or somebody else has taken it over as Merlon wrote it. */
function isAsWritten(object: LiveObject, keys: FieldKeys, { fields = [] }: Status): boolean {
  const written = fields.find(({ path }) => path === printKeys(keys));
  return isOwnedByMerlon(object, keys) || JSON.stringify(valueAt(object, keys)) === written?.after;
}

/** How soon what could not be read is read again: where the right to it is missing nothing tells that it has come. */
const UNREAD_RECHECK_MS = minuteMs;
/** The same of what is known to be behind. */
const BEHIND_RECHECK_MS = minuteMs;

/** What the record says stays, but where it says that something stands, or is about to be written, and the rule fails. */
function stepUnread(situation: Situation, message: string): Step {
  const { finding, mode, nowMs } = situation;
  const status = statusOf(situation);
  const recheckAtMs = nowMs + UNREAD_RECHECK_MS;
  const isDue = finding.outcome === 'fails' && mode.mode === 'apply';
  const isDoubtful = status?.state === 'Applied' || status?.state === 'Proposed';
  const isOpen = status === undefined || (isDoubtful && status.intent === undefined);
  if (!isDue || !isOpen) return { ...stay(situation), recheckAtMs };
  const verdict = {
    state: 'Blocked',
    reason: 'Forbidden',
    message: `Merlon may not read the object: ${message}`,
  } as const;
  return { status: buildStatus(situation, verdict), act: NO_ACT, recheckAtMs };
}

/** As it is; but what was taken back may be asked for again. */
function stay({ record }: Situation): Step {
  const status = record?.status;
  if (status?.observedAction === undefined || actionOf(record) !== undefined) return { status, act: NO_ACT };
  const { observedAction: _takenBack, ...rest } = status;
  return { status: rest, act: NO_ACT };
}

function forget({ record }: Situation): Step {
  return { status: undefined, act: record === undefined ? NO_ACT : { kind: 'deleteRecord' } };
}
