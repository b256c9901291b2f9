/** What a record says after an act, from what the API server made of it. */
import { blockOfOwnership, describeForbidden, lookAgain } from './blocks.ts';
import type { LiveObject } from './live-object.ts';
import { valueAt } from './live-object.ts';
import { isOwnedByMerlon, ownershipOfManager } from './ownership.ts';
import { isBlocking } from './planned-repair.ts';
import { mergeOwned } from './patch-fields.ts';
import { buildStatus, printTime, recordedValue, statusOf } from './record-status.ts';
import type { Status, Verdict } from './record-status.ts';
import { revertedAs } from './revert.ts';
import { NO_ACT } from './situation.ts';
import type { Act, Situation, Step } from './situation.ts';
import { APPLIED } from './transition.ts';

/** What became of a patch. */
export type PatchOutcome =
  | { readonly outcome: 'written'; readonly object: LiveObject }
  /** Somebody wrote the object since it was read, or it is another one. */
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'fieldConflict'; readonly manager: string; readonly message: string }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'forbidden'; readonly message: string }
  | { readonly outcome: 'refused'; readonly message: string };

export type WriteAct = Extract<Act, { readonly kind: 'apply' | 'revert' }>;

/**
 * What is wrong with an act that was tried and not written.
 *
 * @param intended what the record was to say before the act: it is not stored, and that it was set back must not be lost
 * @returns undefined where it may be written
 */
export function noteDryRun(
  situation: Situation,
  act: WriteAct,
  intended: Status | undefined,
  result: PatchOutcome,
): Step | undefined {
  return result.outcome === 'written' && findDifference(situation, act, result.object) === undefined
    ? undefined
    : noteOutcome(situation, act, result, intended?.setBackTimes ?? []);
}

/**
 * @param situation that of the act, with the record as it is stored by now
 * @param setBackTimes when it was set back; by default as the record has it
 * @returns what the record says now; where the object has to be read again first, no more than that nothing is under way
 */
export function noteOutcome(
  situation: Situation,
  act: WriteAct,
  result: PatchOutcome,
  setBackTimes: readonly string[] = statusOf(situation)?.setBackTimes ?? [],
): Step {
  const verdict = judgeOutcome(situation, act, result);
  if (verdict === undefined) {
    return { status: withoutIntent(situation.record?.status, act), act: NO_ACT, recheckAtMs: situation.nowMs };
  }
  // What came of a dry run stands nowhere.
  const isStored = result.outcome === 'written' && verdict.state !== 'Failed';
  const live = isStored ? ({ outcome: 'read', object: result.object } as const) : situation.live;
  const status = buildStatus({ ...situation, live }, { setBackTimes, ...verdict }, writtenFields(situation, act));
  return lookAgain({ status, act: NO_ACT }, situation.nowMs);
}

/** It was not written, and nobody shall think later that it may have been. */
function withoutIntent(status: Status | undefined, { target }: WriteAct): Status | undefined {
  if (status?.intentVersion === undefined || status.intentVersion !== target.metadata.resourceVersion) return status;
  const { intent: _intent, intentVersion: _version, ...rest } = status;
  return rest;
}

function judgeOutcome(situation: Situation, act: WriteAct, result: PatchOutcome): Verdict | undefined {
  const { mode, finding, remedy, nowMs } = situation;
  switch (result.outcome) {
    case 'conflict':
    case 'gone':
      // The next look at it tells what it is now.
      return undefined;
    case 'written': {
      const difference = findDifference(situation, act, result.object);
      if (difference !== undefined) return { state: 'Failed', reason: 'NotStored', message: difference };
      if (act.kind === 'revert') return { ...revertedAs('Requested'), revertedTime: printTime(nowMs) };
      const isApproved = finding.outcome === 'fails' && finding.plan.risks.some(isBlocking) && !mode.allowInUse;
      const appliedTime = printTime(nowMs);
      return { state: 'Applied', reason: isApproved ? 'Approved' : 'Applied', message: APPLIED, appliedTime };
    }
    case 'fieldConflict':
      return act.kind === 'revert'
        ? refuseRevert(`somebody else has set the field, too: ${result.message}`)
        : blockOfOwnership(ownershipOfManager(result.manager, act.target, remedy.fields));
    case 'forbidden': {
      const message = `${describeForbidden(remedy)}; the API server says: ${result.message}`;
      return act.kind === 'revert' ? refuseRevert(message) : { state: 'Blocked', reason: 'Forbidden', message };
    }
    case 'refused': {
      const message = `the API server refuses it: ${result.message}`;
      return act.kind === 'revert' ? refuseRevert(message) : { state: 'Failed', reason: 'Refused', message };
    }
  }
}

/** What Merlon has written stands, whoever keeps it from being taken back. */
function refuseRevert(why: string): Verdict {
  return { state: 'Applied', reason: 'RevertRefused', message: `spec.action is Revert; ${why}` };
}

/** What is, or would be, stored otherwise than it was sent; a sentence. */
function findDifference({ finding }: Situation, act: WriteAct, stored: LiveObject): string | undefined {
  if (act.kind === 'revert') return undefined;
  const wanted = finding.outcome === 'fails' ? finding.plan.fields : [];
  const wrong = wanted.find(
    ({ keys = [], after }) => valueAt(stored, keys) !== after || !isOwnedByMerlon(stored, keys),
  );
  return wrong === undefined
    ? undefined
    : `${wrong.path} is not stored as it was sent: a webhook or a policy changes it on its way`;
}

function writtenFields(situation: Situation, { kind, target }: WriteAct) {
  const { finding, remedy } = situation;
  if (kind === 'revert' || finding.outcome !== 'fails') return undefined;
  const owned = remedy.fields.filter((keys) => isOwnedByMerlon(target, keys));
  return mergeOwned(finding.plan, target, owned, (path) => recordedValue(statusOf(situation), path)).fields;
}
