/** Why a HardeningRemediation is in its state, and for each reason what it stands for. */
import type { RemediationState } from './hardening-remediation.ts';

export const remediationReasons = {
  Proposed: {
    ModeIsPlan: 'Remediation is set to plan here, so nothing is written.',
    ModeIsOff: 'Remediation is off here, and the record is kept because somebody has set its action.',
    PlanOnly: 'Merlon never writes this repair; people do.',
    Applying: 'Merlon is about to write it.',
  },
  Applied: {
    Applied: 'Merlon wrote it, and nothing spoke against it.',
    Approved: 'Merlon wrote it because somebody approved it.',
    Adopted: 'Merlon owns the fields, and there was no record of when it wrote them.',
    RevertUnguarded: 'It is to be reverted, and nothing says that whoever asks for it may do so.',
    RevertStopped: 'It is to be reverted, and a cluster policy has switched remediation off.',
    RevertRefused: 'It is to be reverted, and the API server refuses to; it is tried again.',
  },
  Reverted: {
    Requested: 'Somebody asked for it, and the value before was put back.',
    NothingToRevert: 'Somebody asked for it, and Merlon owns none of the fields.',
  },
  Superseded: {
    FindingGone: 'The rule no longer fails, without the help of this repair.',
    Exempt: 'The failure is exempt.',
    NothingToPatch: 'The rule fails, and no patch repairs it as it is now.',
    TargetGone: 'The object is gone.',
    SetBack: 'Somebody has set the fields back, and remediation is off.',
  },
  Blocked: {
    WorkloadAtRisk: 'A workload may break; somebody has to approve it, or a policy to allow it.',
    RiskUnknown: 'What may break could not be found out; somebody has to approve it, or a policy to allow it.',
    GitOpsOwned: 'The object is made from a repository or a file; the patch belongs there.',
    FieldConflict: 'Somebody else has set the field.',
    Contested: 'The repair was set back twice within an hour; it is not tried again before somebody approves it.',
    Forbidden: 'Merlon may not patch the object; bind the role that lets it.',
    Unguarded: 'It is only written where the API server says who may approve and revert.',
    Skipped: 'Somebody wants it left alone.',
  },
  Failed: {
    Refused: 'The API server refuses the object that would come of the patch.',
    NotStored: 'The API server stored, or would store, something else: an admission webhook changes it.',
  },
} as const satisfies Readonly<Record<RemediationState, Readonly<Record<string, string>>>>;

type Reasons = typeof remediationReasons;
export type RemediationReason = { [State in RemediationState]: keyof Reasons[State] }[RemediationState];
/** A state with one of its reasons. */
export type StateReason = {
  [State in RemediationState]: { readonly state: State; readonly reason: keyof Reasons[State] };
}[RemediationState];
