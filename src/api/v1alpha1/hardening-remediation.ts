/**
 * HardeningRemediation: one repair, proposed or done. Merlon makes it and writes its status; people say in its spec what
 * shall become of it. It is a record and never an order: target and patch are found anew before each write.
 */
import type { API_VERSION } from './group.ts';
import {
  column,
  MAX_API_VERSION_LENGTH,
  MAX_KIND_LENGTH,
  MAX_MESSAGE_LENGTH,
  MAX_NAME_LENGTH,
  MAX_PATH_LENGTH,
  wideColumn,
} from './posture-status.ts';
import type { CrdDefinition, FromSchema, ObjectMeta, ObjectSchema, StringSchema } from './schema.ts';

export const REMEDIATION_KIND = 'HardeningRemediation';

/** Who owns the fields that a repair has set, in `metadata.managedFields` of what was repaired. */
export const REMEDIATION_FIELD_MANAGER = 'merlon-remediator';

/** On a namespace: whether Merlon repairs there. */
export const REMEDIATION_LABEL = 'merlon.dev/remediation';

/** The ValidatingAdmissionPolicy, and its binding, that let only those approve who may patch the target themselves. */
export const ACTION_GUARD_NAME = 'merlon-remediation-actions';

export const remediationActions = ['Approve', 'Revert', 'Skip'] as const;

/** What has become of a repair; each with what it stands for. */
export const remediationStates = {
  Proposed: 'Nothing has been written; the patch says what would be, or is about to be.',
  Applied: 'The patch was written, and its fields are still owned by Merlon.',
  Reverted: 'The values before were put back because somebody asked for it.',
  Superseded: 'The finding is gone by itself, or the object is another one now.',
  Blocked: 'Merlon holds back; the reason says why and the message what to do.',
  Failed: 'The API server refused the patch, or stored something else.',
} as const;
export type RemediationState = keyof typeof remediationStates;

/** Longest text of a value before or after. */
export const MAX_VALUE_LENGTH = 4096;
export const MAX_PATCH_LENGTH = 8192;
export const MAX_FIELDS = 16;
/** Of workloads that a repair puts at risk. */
export const MAX_RISKS = 20;
/** Of times at which somebody set the fields back; two within an hour end it. */
export const MAX_SET_BACK_TIMES = 4;

const specSchema = {
  type: 'object',
  description: 'What people want of this repair; nothing else here is theirs to write.',
  properties: {
    action: {
      type: 'string',
      enum: remediationActions,
      description:
        'Approve: do it although a workload may be at risk, or although it was contested. Revert: put the value before back. Skip: leave it alone. Approve and Revert count where the API server lets nobody say so who may not patch the target himself.',
    },
  },
} as const satisfies ObjectSchema;

function timeSchema<const Description extends string>(description: Description) {
  return { type: 'string', format: 'date-time', description } as const satisfies StringSchema;
}

const targetSchema = {
  type: 'object',
  description: 'What is repaired: this object alone, and none that takes its name later.',
  required: ['apiVersion', 'kind', 'name', 'uid', 'display'],
  properties: {
    apiVersion: { type: 'string', maxLength: MAX_API_VERSION_LENGTH },
    kind: { type: 'string', maxLength: MAX_KIND_LENGTH },
    namespace: { type: 'string', maxLength: 63, description: 'Absent for what has no namespace.' },
    name: { type: 'string', maxLength: MAX_NAME_LENGTH },
    uid: { type: 'string', maxLength: 128 },
    display: { type: 'string', maxLength: 576, description: 'Kind and name for people.' },
  },
} as const satisfies ObjectSchema;

const fieldSchema = {
  type: 'object',
  description: 'One field that the repair sets.',
  required: ['path'],
  properties: {
    path: { type: 'string', maxLength: MAX_PATH_LENGTH },
    before: { type: 'string', maxLength: MAX_VALUE_LENGTH, description: 'As JSON; absent where nothing stood there.' },
    after: { type: 'string', maxLength: MAX_VALUE_LENGTH, description: 'As JSON; absent where it is taken away.' },
    owned: { type: 'boolean', description: 'Whether Merlon owned it when this was said; absent where it did not.' },
  },
} as const satisfies ObjectSchema;

const statusSchema = {
  type: 'object',
  description: 'What Merlon makes of it.',
  properties: {
    state: { type: 'string', enum: Object.keys(remediationStates) },
    reason: { type: 'string', maxLength: 64, description: 'Why it is in this state, in one word for programs.' },
    message: { type: 'string', maxLength: MAX_MESSAGE_LENGTH, description: 'The same in a sentence, and what to do.' },
    rule: { type: 'string', maxLength: 63, description: 'The rule whose finding is repaired.' },
    target: targetSchema,
    patch: {
      type: 'string',
      maxLength: MAX_PATCH_LENGTH,
      description: 'What is applied, as YAML: also what belongs into the repository where Merlon holds back.',
    },
    fields: {
      type: 'array',
      description: 'What the patch changes, and what stood there before.',
      items: fieldSchema,
      maxItems: MAX_FIELDS,
      'x-kubernetes-list-type': 'atomic',
    },
    risks: {
      type: 'array',
      description: 'What the repair may break.',
      items: { type: 'string', maxLength: MAX_MESSAGE_LENGTH },
      maxItems: MAX_RISKS,
      'x-kubernetes-list-type': 'atomic',
    },
    manager: {
      type: 'string',
      maxLength: 253,
      description: 'Who owns the field or the object, where that is why Merlon holds back.',
    },
    policies: {
      type: 'array',
      description: 'The versions of the policies under which it came to this state.',
      maxItems: 16,
      items: {
        type: 'object',
        required: ['kind', 'name', 'generation'],
        properties: {
          kind: { type: 'string', maxLength: 63 },
          name: { type: 'string', maxLength: 253 },
          generation: { type: 'integer', format: 'int64', minimum: 0 },
        },
      },
      'x-kubernetes-list-type': 'atomic',
    },
    intent: {
      type: 'string',
      enum: ['Apply', 'Revert'],
      description:
        'Set before Merlon writes to the target and cleared afterwards: after a crash it tells what was under way.',
    },
    intentVersion: {
      type: 'string',
      maxLength: 128,
      description:
        'The resourceVersion of the target that the intent is about: where it is another one after a crash, the write may have taken place, and somebody may have set it back since.',
    },
    observedAction: {
      type: 'string',
      enum: remediationActions,
      description: 'The action that this state was decided with.',
    },
    proposedTime: timeSchema('When it was proposed first.'),
    appliedTime: timeSchema('When the patch was written last.'),
    revertedTime: timeSchema('When the values before were put back.'),
    transitionTime: timeSchema('Since when state and reason are what they are.'),
    setBackTimes: {
      type: 'array',
      description: 'When somebody changed what Merlon had applied.',
      items: { type: 'string', format: 'date-time' },
      maxItems: MAX_SET_BACK_TIMES,
      'x-kubernetes-list-type': 'atomic',
    },
  },
} as const satisfies ObjectSchema;

export type RemediationAction = (typeof remediationActions)[number];
export type HardeningRemediationStatus = FromSchema<typeof statusSchema>;
export type RemediationTarget = FromSchema<typeof targetSchema>;
export interface HardeningRemediation {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof REMEDIATION_KIND;
  readonly metadata: ObjectMeta;
  readonly spec?: FromSchema<typeof specSchema>;
  readonly status?: HardeningRemediationStatus;
}

export const hardeningRemediation: CrdDefinition = {
  kind: REMEDIATION_KIND,
  plural: 'hardeningremediations',
  singular: 'hardeningremediation',
  shortNames: ['hrem'],
  scope: 'Namespaced',
  description:
    'One repair: proposed, done, or held back and why. Merlon makes it; people set spec.action. One that Merlon did not make is ignored.',
  columns: [
    column('State', 'string', '.status.state'),
    column('Target', 'string', '.status.target.display'),
    column('Rule', 'string', '.status.rule'),
    column('Reason', 'string', '.status.reason'),
    column('Age', 'date', '.metadata.creationTimestamp'),
    wideColumn('Manager', 'string', '.status.manager'),
    wideColumn('Message', 'string', '.status.message'),
  ],
  schema: {
    type: 'object',
    properties: { spec: specSchema, status: statusSchema },
  },
};
