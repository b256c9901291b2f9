/**
 * Conditions as KEP-1623 wants them: every type is there from birth, every reason is one of those below, a condition's
 * time changes only with its status.
 */
import type { ArraySchema, CrdSchema, FromSchema } from './schema.ts';

/** metav1.Condition, with its bounds. */
const conditionSchema = {
  type: 'object',
  description: 'One aspect of the present state.',
  required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  properties: {
    type: {
      type: 'string',
      maxLength: 316,
      pattern:
        '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$',
    },
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
    lastTransitionTime: { type: 'string', format: 'date-time', description: 'Since when the status is what it is.' },
    reason: {
      type: 'string',
      description: 'Why, in one word for programs.',
      minLength: 1,
      maxLength: 1024,
      pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    },
    message: { type: 'string', description: 'Why, in a sentence for people.', maxLength: 32768 },
  },
} as const satisfies CrdSchema;
export type Condition = FromSchema<typeof conditionSchema>;

/** The conditions of a posture, and for each every reason with the scenario that it stands for. */
export const postureReasons = {
  Ready: {
    EvaluationSucceeded: 'Every selected rule was evaluated on complete inputs.',
    EvaluationPartial: 'Every selected rule was evaluated, some on inputs that could not be read; see InputsComplete.',
    EvaluationFailed: 'The evaluation itself failed; what stands here is older than its inputs.',
    PolicyInvalid: 'A policy that decides here is invalid in its present form; its last good version was used.',
    Pending: 'Merlon has not judged this scope yet.',
  },
  Compliant: {
    NoFindingsAtThreshold: 'No rule fails, and none is undecided, at the threshold of the policy or above.',
    FindingsAtThreshold: 'At least one rule fails at the threshold of the policy or above.',
    UnknownAtThreshold: 'Nothing fails at the threshold or above, but something there could not be decided.',
    PolicyUnknown:
      'Nothing fails under the policy that was found, but a stricter one may decide here: not all could be read.',
    NothingSelected: 'The policies that decide here select no rule, so nothing was judged.',
    Pending: 'Merlon has not judged this scope yet.',
  },
  InputsComplete: {
    AllInputsRead: 'Everything that the selected rules read was read.',
    PermissionMissing: 'The API server refuses to show something that the rules read; the message names it.',
    InputStale: 'Something was read once, and its stream has been broken for long since.',
    InputUnavailable: 'Something that the rules read is not served, or could not be reached.',
    Pending: 'Merlon has not judged this scope yet.',
  },
  Remediated: {
    Disabled: 'Nobody has switched remediation on here; for the cluster its policies are the switch.',
    AskedOff: 'The label of the namespace, or its own policy, says off.',
    SwitchedOff: 'A cluster policy has switched remediation off.',
    Excluded: 'The namespace is one of the cluster itself, or that of Merlon, and no policy names it.',
    InvalidLabel: 'The namespace has the label for remediation with a value that means nothing, so it is off.',
    NotDelegated: "The namespace's own policy asks for remediation, and the cluster policy does not let it.",
    Unknown: 'Whether anything may be repaired is not known, so nothing is: policies or records could not be read.',
    NothingToRepair: 'Remediation is on, and nothing fails that may be repaired.',
    Applied: 'What may be repaired is repaired.',
    Applying: 'A repair is due or under way.',
    Planned:
      'Repairs are proposed and not written, as the namespace asks; of what is of the whole cluster nothing is ever written.',
    Capped: 'Repairs are proposed and not written: the cluster policy, or the default, allows no more.',
    Reverted: 'A repair was taken back because somebody asked for it.',
    RevertUnguarded: 'A repair is to be taken back, and nothing says that whoever asks for it may do so.',
    RevertStopped: 'A repair is to be taken back, and a cluster policy has switched remediation off.',
    RevertRefused: 'A repair is to be taken back, and the API server refuses to; it is tried again.',
    WorkloadAtRisk: 'A repair may break a workload; somebody has to approve it, or a policy to allow it.',
    RiskUnknown: 'What a repair may break could not be found out; somebody has to approve it, or a policy to allow it.',
    GitOpsOwned: 'What is to be repaired is made from a repository or a file; the patch belongs there.',
    FieldConflict: 'Somebody else has set the field.',
    Contested: 'A repair was set back twice within an hour; it is not tried again before somebody approves it.',
    Forbidden: 'Merlon may not patch what is to be repaired; the message names the role to bind.',
    Unguarded: 'A repair is only written where the API server says who may approve and revert.',
    Skipped: 'Somebody wants a repair left alone.',
    Refused: 'The API server refuses the object that would come of a repair.',
    NotStored: 'The API server stores something else than was sent: an admission webhook changes it.',
    ForeignRecord: 'A HardeningRemediation that Merlon did not make has the name of a record, so nothing is repaired.',
    Unrecorded: 'The record of a repair may not be written, so nothing is repaired.',
    Pending: 'Merlon has not judged this scope yet.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What only the posture of the cluster has besides. */
const clusterReasons = {
  Guarded: {
    Guarded: 'The admission policies that come with Merlon stand as they are shipped, and every API server asks them.',
    GuardMissing: 'One of the admission policies, or its binding, is not there; the message says what it would refuse.',
    GuardChanged: 'One of them is not as this version of Merlon ships it: edited, by another hand, or another version.',
    PluginOff: 'The policies stand, and an API server was started so that it asks none.',
    NotServed: 'Kubernetes serves no ValidatingAdmissionPolicy before 1.30.',
    NotObserved: 'Whether they stand, or whether every API server asks them, could not be read.',
    Pending: 'Merlon has not judged this scope yet.',
  },
  Enforced: {
    Disabled: 'No policy of the whole cluster sets spec.enforcement.mode, so nothing is enforced.',
    SwitchedOff: 'A policy has switched enforcement off.',
    NothingSelected: 'Enforcement is on, and the policies select nothing to be enforced.',
    Enforced: 'All that the policies say is in force, by the API server itself.',
    Applying: 'What is to be enforced is about to be applied, or what is not any more about to be taken away.',
    Foreign: 'An admission policy of the name says something else, and Merlon did not apply it; it is left alone.',
    Contested:
      'An admission policy was changed or deleted three times within an hour; Merlon leaves it alone until that is over.',
    NotStored: 'The API server stores an admission policy otherwise than it was sent.',
    Refused: 'The API server refuses an admission policy; the message has its words.',
    Forbidden: 'Merlon may not apply admission policies; the message names the role, and what prints them.',
    Untried: 'A policy that can be tried was not, or did not do what it should; this text of it is not in force.',
    Unproven:
      'A policy that cannot be tried was not proven on this version of Kubernetes; this text of it is not applied.',
    NotApplicable: 'This version of Kubernetes does not serve what is to be enforced.',
    PluginOff: 'The policies stand, and an API server was started so that it asks none.',
    NotObserved: 'The policies stand; whether every API server asks them could not be read.',
    Unknown: 'What is to be enforced, or what stands, could not be read; nothing is written.',
    NotLooked: 'Merlon was asked for one look at the cluster, and enforces nothing.',
    Pending: 'Merlon has not judged this scope yet.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export const clusterPostureReasons = { ...postureReasons, ...clusterReasons };

export type EnforcedReason = keyof (typeof clusterReasons)['Enforced'];

/** The condition of a policy. */
export const policyReasons = {
  Ready: {
    Accepted: 'The policy is valid and in force.',
    UnknownRule: 'The spec names a rule that this Merlon does not have; the last good version stays in force.',
    InvalidParameters:
      'The spec sets a parameter that the rule does not have, or to a value that it cannot have; the last good version stays in force.',
    InvalidSelector: 'The namespaceSelector cannot be understood; the last good version stays in force.',
    InvalidExpectation:
      'An expectation cannot be used; the message names it and its field. The last good version stays in force.',
    InvalidAttestation:
      'An attestation cannot be used; the message names its field and what may stand there. The last good version stays in force.',
    InvalidEnforcement:
      'What the policy says of enforcement cannot be used; the message names the field. The last good version stays in force.',
    SelectsNothing: 'The policy is valid, and no namespace that is there is selected by it.',
    Overruled:
      'The policy is in force, and the message names what in it has no effect because stronger policies say otherwise.',
    PartlyIgnored:
      'The policy is in force, and status.ignored lists what in it has no effect: of the policy of a namespace what is not delegated, or said otherwise by another policy of the namespace; of a cluster policy attestations that do not count, and what one of some namespaces says of enforcement.',
    TooMany: 'More policies are in the namespace than count; this one does not.',
    NotJudged:
      'The policy is valid, and the policies that decide for its namespace have the rule rbac-expectations disabled.',
    Invalid:
      'The spec cannot be used for another cause, which the message tells; the last good version stays in force.',
    Pending: 'Merlon has not read this policy yet.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The conditions of an exemption. */
export const exemptionReasons = {
  Active: {
    Active: 'It exempts what stands in status.matches.',
    NoMatch: 'Nothing that fails is described by it: it may be too narrow, or no longer needed.',
    Expired: 'Its spec.expiresAt is past: it exempts nothing.',
    NotPermitted:
      'What it describes may not be exempted: a rule that policy says is never exempted, or that a namespace may not exempt by itself, or a lifetime beyond the longest that policy allows.',
    UnknownRule: 'An entry of spec.rules selects no rule that this Merlon has; the whole exemption is not in force.',
    Invalid: 'The spec cannot be used for another cause, which the message tells; the exemption is not in force.',
    TooMany: 'Only the 200 oldest exemptions of a namespace count, and this is not one of them.',
    Pending: 'Merlon has not read this exemption yet.',
  },
  Ready: {
    Read: 'Merlon has read this version of the exemption; Active says what comes of it.',
    UnknownRule: 'An entry of spec.rules selects no rule that this Merlon has.',
    Invalid: 'The spec cannot be used for another cause, which the message tells.',
    Pending: 'Merlon has not read this exemption yet.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A condition whose reason is one of its type's. */
type ConditionOf<Reasons> = {
  [Type in keyof Reasons]: Condition & { readonly type: Type; readonly reason: keyof Reasons[Type] };
}[keyof Reasons];

export type PostureCondition = ConditionOf<typeof postureReasons>;
export type ClusterPostureCondition = ConditionOf<typeof clusterPostureReasons>;

/** What an object says from its creation until Merlon has looked at it; the API server fills it in. */
function pendingCondition(type: string, message: string): Condition {
  return { type, status: 'Unknown', reason: 'Pending', message, lastTransitionTime: '1970-01-01T00:00:00Z' };
}
export const pendingPostureConditions = pendingOf(postureReasons);
export const pendingClusterPostureConditions = pendingOf(clusterPostureReasons);
function pendingOf(reasons: object): readonly Condition[] {
  return Object.keys(reasons).map((type) =>
    pendingCondition(type, 'waiting for Merlon to judge this scope; is the operator running?'),
  );
}
export const pendingPolicyConditions: readonly Condition[] = Object.keys(policyReasons).map((type) =>
  pendingCondition(type, 'waiting for Merlon to read this policy; is the operator running?'),
);
export const pendingExemptionConditions: readonly Condition[] = Object.keys(exemptionReasons).map((type) =>
  pendingCondition(type, 'waiting for Merlon to read this exemption; is the operator running?'),
);

function conditionsSchema(pending: readonly Condition[]) {
  return {
    type: 'array',
    description: 'What is known of this object, one entry per aspect.',
    items: conditionSchema,
    maxItems: 16,
    default: pending,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
  } as const satisfies ArraySchema;
}
export const postureConditionsSchema = conditionsSchema(pendingPostureConditions);
export const clusterPostureConditionsSchema = conditionsSchema(pendingClusterPostureConditions);
export const policyConditionsSchema = conditionsSchema(pendingPolicyConditions);
export const exemptionConditionsSchema = conditionsSchema(pendingExemptionConditions);
