/** What speaks against writing a repair, in the order in which people can do something about it. */
import type { LiveObject } from './live-object.ts';
import { printOwner, readOwnership } from './ownership.ts';
import type { Ownership } from './ownership.ts';
import { isBlocking } from './planned-repair.ts';
import type { PlannedField, PlannedRepair } from './planned-repair.ts';
import { actionOf } from './record-status.ts';
import type { Verdict } from './record-status.ts';
import type { Remedy } from './remedy.ts';
import type { Situation, Step } from './situation.ts';

/**
 * @param missing the fields that are not yet what they should be
 * @returns undefined where nothing does: then it is written
 */
export function judgeBlocks(
  { record, remedy, mode, isGuarded }: Situation,
  object: LiveObject,
  plan: PlannedRepair,
  missing: readonly PlannedField[],
  isApproved: boolean,
): Verdict | undefined {
  const keys = missing.flatMap((field) => (field.keys === undefined ? [] : [field.keys]));
  const owned = blockOfOwnership(readOwnership(object, keys));
  if (owned !== undefined) return owned;

  const risk = plan.risks.find(isBlocking);
  if (risk !== undefined && risk.kind !== 'Stated' && !mode.allowInUse && !isApproved) {
    const others = plan.risks.filter(isBlocking).length - 1;
    const more = others === 0 ? '' : ` (and ${others} more, see status.risks)`;
    const isUnheard = actionOf(record) === 'Approve' && !isGuarded;
    const how = isUnheard
      ? 'spec.action is Approve, and nothing makes sure that whoever wrote it may patch the object himself, so it does not count'
      : 'set spec.action to Approve to have it written all the same';
    return { state: 'Blocked', reason: risk.kind, message: `${risk.message}${more}; ${how}` };
  }
  if (remedy.isPlanOnly || plan.isPlanOnly) {
    const action = actionOf(record);
    const unheard =
      action === undefined ? '' : `spec.action is ${action}, which has no effect on what Merlon never writes; `;
    return {
      state: 'Proposed',
      reason: 'PlanOnly',
      message: `${unheard}${plan.remark ?? 'only planned: Merlon never writes this repair'}`,
    };
  }
  if (mode.mode === 'plan') return { state: 'Proposed', reason: 'ModeIsPlan', message: mode.message };
  if (remedy.needsGuard && !isGuarded) {
    return {
      state: 'Blocked',
      reason: 'Unguarded',
      message:
        'this repair is only written where the API server makes sure that whoever approves or reverts it may patch the object himself; install the admission policy of config/',
    };
  }
  return undefined;
}

export function describeForbidden({ role = '' }: Remedy): string {
  return `Merlon may not patch the object: bind ClusterRole "${role}" to Merlon's service account, in its namespace or for all of them (docs/remediation.md)`;
}

/** @returns undefined where nobody else has a say */
export function blockOfOwnership(ownership: Ownership): Verdict | undefined {
  switch (ownership.state) {
    case 'free':
    case 'ours':
      return undefined;
    case 'gitOps': {
      const owner = printOwner(ownership.owner);
      return {
        state: 'Blocked',
        reason: 'GitOpsOwned',
        manager: owner,
        message: `${ownership.because}, so it would be put back or drift: add status.patch to what ${owner} applies`,
      };
    }
    case 'conflict':
      return {
        state: 'Blocked',
        reason: 'FieldConflict',
        manager: ownership.manager,
        message: `${ownership.because}, and Merlon takes nothing from others: apply status.patch yourself, or have its owner let go of the field`,
      };
  }
}

/** How often Merlon looks whether what holds it back still does, where nothing would tell. */
const UNWATCHED_RECHECK_MS = 60 * 60_000;

/** Who owns a field, and whether the guard stands, is not watched: both may change without a word. */
export function lookAgain(step: Step, nowMs: number): Step {
  const reason = step.status?.reason;
  const isUnwatched = reason === 'GitOpsOwned' || reason === 'FieldConflict' || reason === 'Unguarded';
  return isUnwatched ? { ...step, recheckAtMs: nowMs + UNWATCHED_RECHECK_MS } : step;
}
