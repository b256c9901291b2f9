/** What a ClusterHardeningPolicy and a HardeningPolicy have in common. */
import { MAX_MESSAGE_LENGTH, severitySchema } from './posture-status.ts';
import type { ArraySchema, CrdSchema, ObjectSchema, StringSchema } from './schema.ts';

/** An id, a control, or a pattern of either. */
const ruleSelectorSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 253,
  pattern: '^[A-Za-z0-9*][A-Za-z0-9*._/-]*$',
} as const satisfies StringSchema;

export function ruleSelectorsSchema<const Description extends string>(description: Description) {
  return {
    type: 'array',
    description,
    maxItems: 64,
    items: ruleSelectorSchema,
    'x-kubernetes-list-type': 'set',
  } as const satisfies ArraySchema;
}

const ruleSettingSchema = {
  type: 'object',
  required: ['rule'],
  properties: {
    rule: {
      ...ruleSelectorSchema,
      description:
        'An id as "merlon rules" lists it, a pattern of ids ("pod-*"), a control or a pattern of controls ("cis-1.12/5.2.*"). An id goes before a pattern, that before a control, later entries before earlier ones.',
    },
    // No default here: a default inside a list item shows as permanent drift in Argo CD.
    state: {
      type: 'string',
      enum: ['Enabled', 'Disabled'],
      description:
        'Whether the rule applies. Enabled if absent, but where a pattern or a control only sets the severity: then whatever it is.',
    },
    severity: { ...severitySchema, description: "What a failure is worth here, instead of the rule's own severity." },
    params: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      maxProperties: 16,
      description: 'Of one rule, by its id: its parameters, as "merlon explain RULE" lists them.',
    },
  },
  'x-kubernetes-validations': [
    {
      rule: `!has(self.params) || !(self.rule.contains('*') || self.rule.contains('/'))`,
      message: 'params are those of one rule, named by its id',
    },
  ],
} as const satisfies ObjectSchema;

export function ruleSettingsSchema<const Description extends string>(description: Description) {
  return {
    type: 'array',
    description,
    maxItems: 256,
    items: ruleSettingSchema,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['rule'],
  } as const satisfies ArraySchema;
}

/** As many ignored settings as a status lists. */
export const MAX_IGNORED = 64;

export function ignoredSchema<const Reasons extends readonly string[]>(reasons: Reasons) {
  return {
    type: 'array',
    description: 'What of the spec has no effect, and why.',
    maxItems: MAX_IGNORED,
    items: {
      type: 'object',
      required: ['path', 'reason', 'message'],
      properties: {
        path: { type: 'string', maxLength: 512, description: 'The field.' },
        reason: { type: 'string', enum: reasons },
        message: { type: 'string', maxLength: MAX_MESSAGE_LENGTH },
      },
    },
    'x-kubernetes-list-type': 'atomic',
  } as const satisfies ArraySchema;
}

/** From the most restrictive to the least. */
export const remediationModeSchema = { type: 'string', enum: ['off', 'plan', 'apply'] } as const satisfies StringSchema;

export const versionProperties = {
  observedGeneration: {
    type: 'integer',
    format: 'int64',
    minimum: 0,
    description: 'The version that this status is about.',
  },
} as const satisfies Readonly<Record<string, CrdSchema>>;
