/** HardeningPolicy: what a namespace expects of its own service accounts. People write its spec, Merlon its status. */
import { pendingPolicyConditions, policyConditionsSchema } from './conditions.ts';
import { expectationsSchema } from './expectation.ts';
import type { API_VERSION } from './group.ts';
import { column, conditionPath, countSchema, wideColumn } from './posture-status.ts';
import type { CrdDefinition, FromSchema, ObjectMeta, ObjectSchema } from './schema.ts';

export const OWN_POLICY_KIND = 'HardeningPolicy';

export const ownPolicySpecSchema = {
  type: 'object',
  description: 'What a namespace expects of its own service accounts.',
  properties: {
    expectations: {
      ...expectationsSchema,
      description: `${expectationsSchema.description} Subjects are service accounts of this namespace, and permissions lie within it.`,
    },
  },
} as const satisfies ObjectSchema;

const statusSchema = {
  type: 'object',
  description: 'What Merlon makes of this policy.',
  default: { conditions: pendingPolicyConditions },
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      description: 'The version that this status is about.',
    },
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
  description: 'What a namespace expects: what its service accounts must, may and must not be allowed within it.',
  columns: [
    column('Ready', 'string', conditionPath('Ready', 'status')),
    column('Expectations', 'integer', '.status.expectations'),
    column('Age', 'date', '.metadata.creationTimestamp'),
    wideColumn('Message', 'string', conditionPath('Ready', 'message')),
  ],
  schema: {
    type: 'object',
    required: ['spec'],
    properties: { spec: ownPolicySpecSchema, status: statusSchema },
  },
};
