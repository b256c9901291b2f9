/**
 * What `merlon fix` does about one repair in a cluster: a person writes it with his own rights and under a field manager
 * of his own, so that there is no record and no switch; all else that keeps Merlon from writing keeps him from it, too.
 */
import { valueAt } from './live-object.ts';
import type { LiveObject } from './live-object.ts';
import { isOwnedBy, printOwner, readOwnership } from './ownership.ts';
import type { Ownership } from './ownership.ts';
import { mergeOwned } from './patch-fields.ts';
import { isBlocking } from './planned-repair.ts';
import type { PatchFields, PlannedField, PlannedRepair, Risk } from './planned-repair.ts';
import type { Remedy } from './remedy.ts';
import type { LiveTarget } from './situation.ts';

/** Part of the contract, as that of the operator is: `merlon-remediator` never touches what it owns. */
export const FIX_FIELD_MANAGER = 'merlon-fix';

export type HeldReason = 'WorkloadAtRisk' | 'RiskUnknown' | 'GitOpsOwned' | 'FieldConflict';

export type FixStep =
  | {
      readonly kind: 'patch';
      readonly target: LiveObject;
      readonly patch: PatchFields;
      /** With what stands there now. */
      readonly fields: readonly PlannedField[];
    }
  /** @property messages sentences, the first why */
  | { readonly kind: 'held'; readonly reason: HeldReason; readonly messages: readonly string[] }
  /** Nobody but a person writes it. */
  | { readonly kind: 'planOnly'; readonly messages: readonly string[] }
  /** It was judged from what is true no longer. */
  | { readonly kind: 'outdated'; readonly message: string }
  | { readonly kind: 'forbidden'; readonly message: string };

export interface FixSituation {
  readonly plan: PlannedRepair;
  readonly remedy: Remedy;
  readonly live: LiveTarget;
  /** Whether it is written although a workload is, or may be, at risk. */
  readonly allowsInUse: boolean;
}

export function judgeFix({ plan, remedy, live, allowsInUse }: FixSituation): FixStep {
  if (remedy.isPlanOnly || plan.isPlanOnly) {
    return {
      kind: 'planOnly',
      messages: [plan.remark ?? 'only planned: apply it yourself', ...messagesOf(plan.risks)],
    };
  }
  if (live.outcome === 'forbidden') return { kind: 'forbidden', message: live.message };
  if (live.outcome === 'gone' || live.object.metadata.deletionTimestamp !== undefined) {
    return { kind: 'outdated', message: 'it is gone, or about to be' };
  }
  const { object } = live;
  if (plan.target.uid !== object.metadata.uid) {
    return { kind: 'outdated', message: 'another object has its name by now' };
  }
  const missing = plan.fields.filter(({ keys, after }) => keys === undefined || valueAt(object, keys) !== after);
  if (missing.length === 0) return { kind: 'outdated', message: 'somebody has repaired it by now' };
  const keys = missing.flatMap((field) => (field.keys === undefined ? [] : [field.keys]));
  const owned = holdForOwner(readOwnership(object, keys, FIX_FIELD_MANAGER));
  if (owned !== undefined) return owned;
  const blocking = plan.risks.filter(isBlocking);
  const [first] = blocking;
  if (first !== undefined && first.kind !== 'Stated' && !allowsInUse) {
    return { kind: 'held', reason: first.kind, messages: messagesOf(blocking) };
  }
  const kept = remedy.fields.filter((field) => isOwnedBy(FIX_FIELD_MANAGER, object, field));
  return { kind: 'patch', target: object, ...mergeOwned(plan, object, kept) };
}

/** @returns undefined where nobody else has a say */
export function holdForOwner(ownership: Ownership): FixStep | undefined {
  switch (ownership.state) {
    case 'free':
    case 'ours':
      return undefined;
    case 'gitOps': {
      const message = `${ownership.because}, so it would be put back or drift: add the patch to what ${printOwner(ownership.owner)} applies`;
      return { kind: 'held', reason: 'GitOpsOwned', messages: [message] };
    }
    case 'conflict': {
      const message = `${ownership.because}, and nothing is taken from others: apply the patch yourself, or have its owner let go of the field`;
      return { kind: 'held', reason: 'FieldConflict', messages: [message] };
    }
  }
}

/** What was stored otherwise than it was sent, in a sentence; undefined where nothing was. */
export function findUnstored(fields: readonly PlannedField[], stored: LiveObject): string | undefined {
  const wrong = fields.find(({ keys = [], after }) => valueAt(stored, keys) !== after);
  return wrong === undefined
    ? undefined
    : `${wrong.path} is not stored as it was sent: a webhook or a policy changes it on its way`;
}

function messagesOf(risks: readonly Risk[]): readonly string[] {
  return risks.map(({ message }) => message);
}
