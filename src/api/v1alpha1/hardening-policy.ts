/** HardeningPolicy: what a namespace decides and expects for itself. People write its spec, Merlon its status. */
import { pendingPolicyConditions, policyConditionsSchema } from './conditions.ts';
import { expectationsSchema } from './expectation.ts';
import type { API_VERSION } from './group.ts';
import {
  ignoredSchema,
  remediationModeSchema,
  ruleSelectorsSchema,
  ruleSettingsSchema,
  versionProperties,
} from './policy-settings.ts';
import { column, conditionPath, countSchema, severitySchema, wideColumn } from './posture-status.ts';
import type { CrdDefinition, FromSchema, ObjectMeta, ObjectSchema } from './schema.ts';

export const OWN_POLICY_KIND = 'HardeningPolicy';

/** Not delegated by the cluster policies, or said differently by a policy of the namespace that goes before this one. */
export const ignoredReasons = ['NotDelegated', 'Overruled'] as const;

export const ownPolicySpecSchema = {
  type: 'object',
  description: 'What a namespace decides for itself, as far as cluster policies delegate it, and what it expects.',
  properties: {
    rules: ruleSettingsSchema('Where this namespace is to be judged differently.'),
    threshold: { ...severitySchema, description: 'A failure of this severity or above makes Compliant False.' },
    expectations: {
      ...expectationsSchema,
      description: `${expectationsSchema.description} Subjects are service accounts of this namespace, and permissions lie within it.`,
    },
    remediation: {
      type: 'object',
      description: 'What Merlon is asked to repair here, under the ceiling of the cluster policies.',
      properties: {
        mode: { ...remediationModeSchema, description: 'Propose repairs, or make them; nothing where it is absent.' },
        rules: ruleSelectorsSchema('Of the rules that cluster policies let it repair only these.'),
      },
    },
  },
} as const satisfies ObjectSchema;

const statusSchema = {
  type: 'object',
  description: 'What Merlon makes of this policy.',
  default: { conditions: pendingPolicyConditions },
  properties: {
    ...versionProperties,
    rules: countSchema('How many rules are judged differently because of it.'),
    expectations: countSchema('How many expectations of it are in force.'),
    accepted: {
      type: 'object',
      description: 'The last good version: it is in force, also while the present one is invalid.',
      required: ['generation', 'spec'],
      properties: {
        generation: { type: 'integer', format: 'int64', minimum: 0 },
        spec: ownPolicySpecSchema,
      },
    },
    ignored: ignoredSchema(ignoredReasons),
    conditions: policyConditionsSchema,
  },
} as const satisfies ObjectSchema;

export type HardeningPolicySpec = FromSchema<typeof ownPolicySpecSchema>;
export type HardeningPolicyStatus = FromSchema<typeof statusSchema>;
export interface HardeningPolicy {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof OWN_POLICY_KIND;
  readonly metadata: ObjectMeta;
  readonly spec: HardeningPolicySpec;
  readonly status?: HardeningPolicyStatus;
}

export const hardeningPolicy: CrdDefinition = {
  kind: OWN_POLICY_KIND,
  plural: 'hardeningpolicies',
  singular: 'hardeningpolicy',
  shortNames: ['hpol'],
  scope: 'Namespaced',
  description:
    'What a namespace decides for itself, as far as cluster policies delegate it, and what its service accounts must, may and must not be allowed within it.',
  columns: [
    column('Ready', 'string', conditionPath('Ready', 'status')),
    column('Rules', 'integer', '.status.rules'),
    column('Expectations', 'integer', '.status.expectations'),
    column('Remediation', 'string', '.spec.remediation.mode'),
    column('Age', 'date', '.metadata.creationTimestamp'),
    wideColumn('Message', 'string', conditionPath('Ready', 'message')),
  ],
  schema: {
    type: 'object',
    required: ['spec'],
    properties: { spec: ownPolicySpecSchema, status: statusSchema },
  },
};
