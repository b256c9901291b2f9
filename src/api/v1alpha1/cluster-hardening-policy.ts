/** ClusterHardeningPolicy: which rules apply to which namespaces. People write its spec, Merlon its status. */
import { pendingPolicyConditions, policyConditionsSchema } from './conditions.ts';
import { expectationsSchema } from './expectation.ts';
import type { API_VERSION } from './group.ts';
import { column, conditionPath, countSchema, severitySchema, wideColumn } from './posture-status.ts';
import type { CrdDefinition, CrdSchema, FromSchema, ObjectMeta, ObjectSchema } from './schema.ts';

export const POLICY_KIND = 'ClusterHardeningPolicy';

/** metav1.LabelSelector, with bounds. */
const labelSelectorSchema = {
  type: 'object',
  'x-kubernetes-map-type': 'atomic',
  properties: {
    matchLabels: {
      type: 'object',
      maxProperties: 64,
      additionalProperties: { type: 'string', maxLength: 63 },
    },
    matchExpressions: {
      type: 'array',
      maxItems: 64,
      items: {
        type: 'object',
        required: ['key', 'operator'],
        properties: {
          key: { type: 'string', minLength: 1, maxLength: 317 },
          operator: { type: 'string', enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
          values: {
            type: 'array',
            maxItems: 256,
            items: { type: 'string', maxLength: 63 },
            'x-kubernetes-list-type': 'atomic',
          },
        },
      },
      'x-kubernetes-list-type': 'atomic',
    },
  },
} as const satisfies ObjectSchema;

const ruleSettingSchema = {
  type: 'object',
  required: ['rule'],
  properties: {
    rule: {
      type: 'string',
      description: 'Its id, as "merlon rules" lists it.',
      minLength: 1,
      maxLength: 63,
      pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
    },
    // No default here: a default inside a list item shows as permanent drift in Argo CD. Absent means Enabled.
    state: {
      type: 'string',
      enum: ['Enabled', 'Disabled'],
      description: 'Whether the rule applies; Enabled if absent.',
    },
    severity: { ...severitySchema, description: "What a failure is worth here, instead of the rule's own severity." },
    params: {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      maxProperties: 16,
      description: 'The rule\'s parameters, as "merlon explain RULE" lists them; defaults where one is absent.',
    },
  },
} as const satisfies ObjectSchema;

const specProperties = {
  priority: {
    type: 'integer',
    format: 'int32',
    minimum: -1_000_000,
    maximum: 1_000_000,
    default: 0,
    description:
      'Of the policies that select a namespace the one with the highest priority decides; of equals, the first by name.',
  },
  namespaceSelector: {
    ...labelSelectorSchema,
    description:
      'The namespaces that this policy decides for, by their labels. Without it: every namespace, and the cluster itself.',
  },
  profile: {
    type: 'string',
    enum: ['baseline', 'none'],
    default: 'baseline',
    description: 'What the policy starts from: every rule that is on by default, or only the rules that it lists.',
  },
  rules: {
    type: 'array',
    description: 'Where this policy differs from its profile.',
    maxItems: 256,
    items: ruleSettingSchema,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['rule'],
  },
  threshold: {
    ...severitySchema,
    default: 'high',
    description: 'A failure of this severity or above makes Compliant False.',
  },
  expectations: {
    ...expectationsSchema,
    description: `${expectationsSchema.description} They hold whichever namespaces the policy selects.`,
  },
  authorization: {
    type: 'object',
    description:
      "What is known of the API server's authorizers. Where only Node and RBAC run, nothing is allowed that RBAC does not grant; without this field that is not known, and what RBAC does not grant stays undecided.",
    required: ['modes'],
    properties: {
      modes: {
        type: 'array',
        description: 'The value of --authorization-mode, or the types in the authorization configuration.',
        minItems: 1,
        maxItems: 6,
        items: { type: 'string', enum: ['Node', 'RBAC', 'Webhook', 'ABAC', 'AlwaysAllow', 'AlwaysDeny'] },
        'x-kubernetes-list-type': 'set',
      },
    },
  },
} as const satisfies Readonly<Record<string, CrdSchema>>;

export const policySpecSchema = {
  type: 'object',
  description: 'Which rules apply to which namespaces.',
  properties: specProperties,
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
    matchedNamespaces: countSchema('How many namespaces this policy decides for.'),
    rules: countSchema('How many rules it puts in force.'),
    accepted: {
      type: 'object',
      description: 'The last good version: it is in force, also while the present one is invalid.',
      required: ['generation', 'spec'],
      properties: {
        generation: { type: 'integer', format: 'int64', minimum: 0 },
        spec: policySpecSchema,
      },
    },
    conditions: policyConditionsSchema,
  },
} as const satisfies ObjectSchema;

export type ClusterHardeningPolicySpec = FromSchema<typeof policySpecSchema>;
export type ClusterHardeningPolicyStatus = FromSchema<typeof statusSchema>;
export interface ClusterHardeningPolicy {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof POLICY_KIND;
  readonly metadata: ObjectMeta;
  readonly spec: ClusterHardeningPolicySpec;
  readonly status?: ClusterHardeningPolicyStatus;
}

export const clusterHardeningPolicy: CrdDefinition = {
  kind: POLICY_KIND,
  plural: 'clusterhardeningpolicies',
  singular: 'clusterhardeningpolicy',
  shortNames: ['chpol'],
  scope: 'Cluster',
  description:
    'Which hardening rules apply to which namespaces, how severe they are there, and from which severity on a failure makes a namespace non-compliant.',
  columns: [
    column('Ready', 'string', conditionPath('Ready', 'status')),
    column('Priority', 'integer', '.spec.priority'),
    column('Rules', 'integer', '.status.rules'),
    column('Namespaces', 'integer', '.status.matchedNamespaces'),
    column('Age', 'date', '.metadata.creationTimestamp'),
    wideColumn('Message', 'string', conditionPath('Ready', 'message')),
  ],
  schema: {
    type: 'object',
    required: ['spec'],
    properties: { spec: policySpecSchema, status: statusSchema },
    'x-kubernetes-validations': [
      {
        rule: `self.metadata.name != 'default'`,
        message: '"default" is the name of the built-in policy; choose another',
      },
    ],
  },
};
