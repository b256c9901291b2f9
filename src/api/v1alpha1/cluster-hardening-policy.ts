/** ClusterHardeningPolicy: which rules apply to which namespaces. People write its spec, Merlon its status. */
import { attestationsSchema } from './attestation.ts';
import { pendingPolicyConditions, policyConditionsSchema } from './conditions.ts';
import { enforcementSchema } from './enforcement.ts';
import { expectationsSchema } from './expectation.ts';
import type { API_VERSION } from './group.ts';
import {
  ignoredSchema,
  remediationModeSchema,
  ruleSelectorsSchema,
  ruleSettingsSchema,
  versionProperties,
} from './policy-settings.ts';
import {
  column,
  conditionPath,
  countSchema,
  MAX_MESSAGE_LENGTH,
  severitySchema,
  wideColumn,
} from './posture-status.ts';
import type { CrdDefinition, CrdSchema, FromSchema, ObjectMeta, ObjectSchema } from './schema.ts';

export const POLICY_KIND = 'ClusterHardeningPolicy';

export const profileNames = ['baseline', 'restricted', 'cis', 'nsa', 'all', 'none'] as const;
export type ProfileName = (typeof profileNames)[number];

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

const specProperties = {
  priority: {
    type: 'integer',
    format: 'int32',
    minimum: -1_000_000,
    maximum: 1_000_000,
    default: 0,
    description:
      'Of the policies that select a namespace the one with the highest priority goes before the others; of equals, the first by name.',
  },
  namespaceSelector: {
    ...labelSelectorSchema,
    description: 'Only namespaces with these labels.',
  },
  namespaces: {
    type: 'array',
    description:
      'Only namespaces of these names, where "*" stands for any characters; with namespaceSelector both must hold. Without either: every namespace, and the cluster itself.',
    minItems: 1,
    maxItems: 256,
    items: { type: 'string', minLength: 1, maxLength: 63, pattern: '^[a-z0-9*-]+$' },
    'x-kubernetes-list-type': 'set',
  },
  profile: {
    type: 'string',
    enum: profileNames,
    description:
      'A named selection of rules: these apply, and no others, unless rules says otherwise. Without it: as policies that come after this one say, in the end baseline.',
  },
  rules: ruleSettingsSchema('Where this policy differs from its profile, or from the policies that come after it.'),
  threshold: {
    ...severitySchema,
    description: 'A failure of this severity or above makes Compliant False; high where no policy says it.',
  },
  expectations: {
    ...expectationsSchema,
    description: `${expectationsSchema.description} They hold whichever namespaces the policy selects.`,
  },
  attestations: attestationsSchema,
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
  exemptions: {
    type: 'object',
    description: 'What may be exempted, and for how long.',
    properties: {
      maxLifetimeDays: {
        type: 'integer',
        format: 'int32',
        minimum: 1,
        maximum: 36_500,
        description: 'From creation to expiry, at most; of several policies the least counts.',
      },
      never: ruleSelectorsSchema('Rules that nobody may exempt; of several policies all count.'),
    },
  },
  delegation: {
    type: 'object',
    description: 'What namespaces may decide for themselves.',
    properties: {
      tighten: ruleSelectorsSchema(
        'Rules that a HardeningPolicy may enable or make more severe, and with "*" the threshold that it may lower; ["*"] where no policy says it.',
      ),
      loosen: ruleSelectorsSchema(
        'Rules that a HardeningPolicy may disable, make less severe, or change the parameters of, and with "*" the threshold that it may raise; none where no policy says it.',
      ),
      exempt: ruleSelectorsSchema('Rules that a HardeningExemption may exempt; none where no policy says it.'),
      exemptEnforced: ruleSelectorsSchema(
        'Rules, of those in exempt, that a HardeningExemption exempts from what the API server enforces as well, in its own namespace; none where no policy says it.',
      ),
      exemptByAnnotation: { type: 'boolean', description: 'Whether annotations of objects may exempt these.' },
      remediation: {
        type: 'boolean',
        description: 'Whether a HardeningPolicy may switch remediation on; true where no policy says it.',
      },
    },
  },
  remediation: {
    type: 'object',
    description:
      'How far Merlon may repair. Namespaces switch it on; for what has no namespace a policy without namespaces and namespaceSelector does, and it is never more than planned.',
    properties: {
      mode: {
        ...remediationModeSchema,
        description:
          'The most that is done; of several policies the most restrictive counts, and off stops everything. Where no policy says it: apply for service-account-default-token-mount, plan for all else.',
      },
      rules: ruleSelectorsSchema(
        'Rules that may be repaired; service-account-default-token-mount where no policy says it.',
      ),
      allowInUse: {
        type: 'boolean',
        description: 'Whether a default account is repaired although a pod may use its token.',
      },
    },
  },
  enforcement: enforcementSchema,
} as const satisfies Readonly<Record<string, CrdSchema>>;

export const policySpecSchema = {
  type: 'object',
  description: 'Which rules apply to which namespaces, and what these may decide for themselves.',
  properties: specProperties,
} as const satisfies ObjectSchema;

/** Why an attestation counts for nothing; what a policy says of enforcement may be `NotOfCluster`, too. */
export const ignoredAttestationReasons = ['NotOfCluster', 'Expired', 'Observed', 'Contradicted', 'Overruled'] as const;

const statusSchema = {
  type: 'object',
  description: 'What Merlon makes of this policy.',
  default: { conditions: pendingPolicyConditions },
  properties: {
    ...versionProperties,
    matchedNamespaces: countSchema('How many namespaces this policy selects.'),
    rules: countSchema('How many rules are in force where no other policy is.'),
    accepted: {
      type: 'object',
      description: 'The last good version: it is in force, also while the present one is invalid.',
      required: ['generation', 'spec'],
      properties: {
        generation: { type: 'integer', format: 'int64', minimum: 0 },
        spec: policySpecSchema,
      },
    },
    ignored: ignoredSchema(ignoredAttestationReasons),
    enforcement: {
      type: 'object',
      description: 'What has become of what it says of enforcement; absent where it says nothing.',
      required: ['state', 'message'],
      properties: {
        state: {
          type: 'string',
          maxLength: 64,
          description: 'The most that is in force, by all policies together; or, in one word, why not all of it is.',
        },
        message: { type: 'string', maxLength: MAX_MESSAGE_LENGTH, description: 'The same in a sentence.' },
        recorded: {
          type: 'array',
          description:
            'How often requests broke what is enforced, as far as API servers count it, by binding: its name ends in what became of them. A request counts once for each rule that it broke, on trial or not. Absent, or without a binding, where nothing was counted or it may not be seen: that is not none.',
          maxItems: 64,
          items: {
            type: 'object',
            required: ['binding', 'atLeast'],
            properties: {
              binding: { type: 'string', maxLength: 253 },
              atLeast: countSchema('A power of ten, so that the status is not written each time.'),
              since: {
                type: 'string',
                format: 'date-time',
                description:
                  'When the first of the API servers that counted was started; absent where it does not say.',
              },
            },
          },
          'x-kubernetes-list-type': 'atomic',
        },
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
    column('Remediation', 'string', '.spec.remediation.mode'),
    column('Enforcement', 'string', '.status.enforcement.state'),
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
