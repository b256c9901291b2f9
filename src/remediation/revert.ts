/**
 * Puts back what stood in the fields before, where Merlon still owns them. What nothing stood in is given back by leaving
 * it out: the API server takes away what nobody else owns.
 */
import { valueAt } from './live-object.ts';
import type { LiveObject } from './live-object.ts';
import { buildFields } from './patch-fields.ts';
import type { FieldValue } from './patch-fields.ts';
import { printKeys } from './planned-repair.ts';
import type { FieldKeys } from './planned-repair.ts';
import { buildStatus, printTime, recordedValue, statusOf } from './record-status.ts';
import type { Status, Verdict } from './record-status.ts';
import type { Remedy } from './remedy.ts';
import { findRevertRetry } from './retry.ts';
import { NO_ACT } from './situation.ts';
import type { Situation, Step } from './situation.ts';

/** @returns undefined where there is nothing to revert, nor to keep from being repaired again */
export function stepOfRevert(situation: Situation, object: LiveObject, owned: readonly FieldKeys[]): Step | undefined {
  const { finding, mode, isGuarded, nowMs } = situation;
  if (owned.length === 0 && finding.outcome !== 'fails') return undefined;
  const status = statusOf(situation);
  const decide = (verdict: Verdict): Step => ({ status: buildStatus(situation, verdict), act: NO_ACT });
  const restored = fieldsBefore(situation.remedy, status, owned);
  const isDone = restored.every(({ keys, value }) => value !== undefined && valueAt(object, keys) === value);
  if (isDone) {
    if (status?.state === 'Reverted') return { status: buildStatus(situation, revertedAs(status.reason)), act: NO_ACT };
    const wasUnderWay = status?.intent === 'Revert' || owned.length > 0;
    return wasUnderWay
      ? decide({ ...revertedAs('Requested'), revertedTime: printTime(nowMs) })
      : decide(revertedAs('NothingToRevert'));
  }
  if (!isGuarded) {
    return decide({
      state: 'Applied',
      reason: 'RevertUnguarded',
      message:
        'spec.action is Revert, and nothing makes sure that whoever wrote it may patch the object himself, so it does not count; change the object yourself, or install the admission policy of config/ and write the action again',
    });
  }
  if (mode.isKilled) {
    return decide({ state: 'Applied', reason: 'RevertStopped', message: `spec.action is Revert; ${mode.message}` });
  }
  const retry = status?.observedAction === 'Revert' ? findRevertRetry(situation, status) : undefined;
  if (retry !== undefined) return { ...decide(retry.refusal), recheckAtMs: retry.atMs };
  const message = 'spec.action is Revert: the values before are about to be put back';
  return {
    status: buildStatus(situation, { state: 'Applied', reason: 'Applied', message, intent: 'Revert' }),
    act: { kind: 'revert', target: object, fields: buildFields(restored) },
  };
}

export function revertedAs(reason: string | undefined): Verdict {
  return reason === 'NothingToRevert'
    ? {
        state: 'Reverted',
        reason: 'NothingToRevert',
        message:
          'spec.action is Revert, and Merlon owns none of the fields; remove the action to have it repaired again',
      }
    : {
        state: 'Reverted',
        reason: 'Requested',
        message: 'the values before were put back; remove spec.action to have it repaired again',
      };
}

/**
 * What is put back into the fields. The record can be edited: only what does no harm whoever wrote it comes from there.
 *
 * @param status of the record of this very object, where there is one
 * @returns undefined as the value where the field is given back
 */
export function fieldsBefore(
  { isRestorable }: Pick<Remedy, 'isRestorable'>,
  status: Status | undefined,
  owned: readonly FieldKeys[],
): readonly FieldValue[] {
  return owned.map((keys) => {
    const before = recordedValue(status, printKeys(keys));
    return { keys, value: before !== undefined && isRestorable(keys, before) ? before : undefined };
  });
}
