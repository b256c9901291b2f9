/** What HardeningExemption and ClusterHardeningExemption have in common. */
import { exemptionConditionsSchema, pendingExemptionConditions } from './conditions.ts';
import {
  MAX_API_VERSION_LENGTH,
  MAX_KIND_LENGTH,
  MAX_NAME_LENGTH,
  column,
  conditionPath,
  countSchema,
  wideColumn,
} from './posture-status.ts';
import type { CrdSchema, FromSchema, ObjectMeta, ObjectSchema, PrinterColumn, StringSchema } from './schema.ts';

/** Bounds of what an exemption may say. */
export const MAX_EXEMPTION_RULES = 64;
export const MAX_EXEMPTION_SUBJECTS = 64;
export const MIN_REASON_LENGTH = 10;
export const MAX_REASON_LENGTH = 1024;
/** As many matches as a status lists; the number is exact. */
export const MAX_LISTED_MATCHES = 20;

function globSchema<const Description extends string>(description: Description) {
  return { type: 'string', minLength: 1, maxLength: 253, description } as const satisfies StringSchema;
}

const subjectProperties = {
  kind: {
    type: 'string',
    minLength: 1,
    maxLength: MAX_KIND_LENGTH,
    // Neither "deployment" nor "*" would ever match.
    pattern: '^[A-Z][A-Za-z0-9]*$',
    description:
      'Of the subject as findings name it, and no pattern: Deployment, ServiceAccount, ClusterRoleBinding, Group.',
  },
  name: globSchema('Of the subject, where "*" stands for any characters.'),
  labels: {
    type: 'object',
    maxProperties: 16,
    additionalProperties: { type: 'string', maxLength: 63 },
    description:
      'What the object itself is labelled with: of a workload the Deployment, not its pods. Whoever may set labels there may exempt it.',
  },
  serviceAccount: {
    type: 'string',
    maxLength: 253,
    description:
      'What a workload runs as, all of its pods and the next, where "*" stands for any characters; "" is a static pod, which has none. Describes nothing but workloads.',
  },
  container: globSchema(
    'Exempts only what breaks the rule in containers of this name, where "*" stands for any characters.',
  ),
} as const satisfies Readonly<Record<string, CrdSchema>>;

const namespacePattern = globSchema('Of the subject, where "*" stands for any characters.');

const restProperties = {
  reason: {
    type: 'string',
    minLength: MIN_REASON_LENGTH,
    maxLength: MAX_REASON_LENGTH,
    // Blanks alone are no reason, however many.
    pattern: '\\S',
    description: 'Why this is accepted, for whoever reads it in a year.',
  },
  owner: { type: 'string', maxLength: 253, description: 'Who answers for it: a person or a team.' },
  ticket: { type: 'string', maxLength: 1024, description: 'Where it was decided.' },
  expiresAt: {
    type: 'string',
    format: 'date-time',
    description: 'From that moment on it exempts nothing. Without it: never, as far as policy lets an exemption live.',
  },
} as const satisfies Readonly<Record<string, CrdSchema>>;

const rulesSchema = {
  type: 'array',
  description:
    'The rules that are exempted: an id as "merlon rules" lists it, a pattern of ids ("pod-*"), a control or a pattern of controls ("cis-1.12/5.2.*").',
  minItems: 1,
  maxItems: MAX_EXEMPTION_RULES,
  items: globSchema('An id, a control, or a pattern of either.'),
  'x-kubernetes-list-type': 'set',
} as const satisfies CrdSchema;

function subjectsSchema<const Properties extends Readonly<Record<string, CrdSchema>>>(properties: Properties) {
  // CEL reserves the word, and API servers before Kubernetes 1.31 take it in no other way.
  const escaped = (name: string): string => (name === 'namespace' ? '__namespace__' : name);
  const atLeastOne = Object.keys(properties).map((name) => `has(self.${escaped(name)})`);
  return {
    type: 'array',
    description: 'What is exempted: whatever one of these describes with everything that it says.',
    minItems: 1,
    maxItems: MAX_EXEMPTION_SUBJECTS,
    items: {
      type: 'object',
      properties,
      'x-kubernetes-validations': [
        {
          rule: atLeastOne.join(' || '),
          message: 'a subject says at least one thing; for everything say name: "*"',
        },
      ],
    },
    'x-kubernetes-list-type': 'atomic',
  } as const satisfies CrdSchema;
}

export const ownExemptionSpecSchema = {
  type: 'object',
  description: 'What is accepted, why, and until when.',
  required: ['rules', 'subjects', 'reason'],
  properties: { rules: rulesSchema, subjects: subjectsSchema(subjectProperties), ...restProperties },
} as const satisfies ObjectSchema;

export const clusterExemptionSpecSchema = {
  type: 'object',
  description: 'What is accepted, why, and until when.',
  required: ['rules', 'subjects', 'reason'],
  properties: {
    rules: rulesSchema,
    subjects: subjectsSchema({ ...subjectProperties, namespace: namespacePattern }),
    ...restProperties,
  },
} as const satisfies ObjectSchema;

const matchSchema = {
  type: 'object',
  description: 'A finding that is exempted.',
  required: ['rule', 'subject'],
  properties: {
    rule: { type: 'string', maxLength: 63, description: 'Its id.' },
    subject: {
      type: 'object',
      required: ['apiVersion', 'kind', 'name'],
      properties: {
        apiVersion: { type: 'string', maxLength: MAX_API_VERSION_LENGTH },
        kind: { type: 'string', maxLength: MAX_KIND_LENGTH },
        namespace: { type: 'string', maxLength: 63 },
        name: { type: 'string', maxLength: MAX_NAME_LENGTH },
      },
    },
  },
} as const satisfies ObjectSchema;

export const exemptionStatusSchema = {
  type: 'object',
  description: 'What Merlon makes of this exemption.',
  default: { conditions: pendingExemptionConditions },
  properties: {
    observedGeneration: {
      type: 'integer',
      format: 'int64',
      minimum: 0,
      description: 'The version that this status is about.',
    },
    matched: countSchema('How many findings it exempts, in whole or in part.'),
    matches: {
      type: 'array',
      description: 'What it exempts, the first of them.',
      maxItems: MAX_LISTED_MATCHES,
      items: matchSchema,
      'x-kubernetes-list-type': 'atomic',
    },
    expiresAt: { type: 'string', format: 'date-time', description: 'When it ends; absent where it does not.' },
    matchesByLabelAlone: {
      type: 'boolean',
      description: 'Whether some subject is told by nothing but labels: whoever may set them may exempt himself.',
    },
    conditions: exemptionConditionsSchema,
  },
} as const satisfies ObjectSchema;

export type HardeningExemptionSpec = FromSchema<typeof ownExemptionSpecSchema>;
export type ClusterHardeningExemptionSpec = FromSchema<typeof clusterExemptionSpecSchema>;
export type ExemptionStatus = FromSchema<typeof exemptionStatusSchema>;

/** An exemption of either kind as the cluster holds it. */
export interface ExemptionObject<Kind extends string, Spec> {
  readonly apiVersion: 'merlon.dev/v1alpha1';
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  readonly status?: ExemptionStatus;
}

export const exemptionColumns: readonly PrinterColumn[] = [
  column('Active', 'string', conditionPath('Active', 'status')),
  column('Reason', 'string', conditionPath('Active', 'reason')),
  column('Matched', 'integer', '.status.matched'),
  // No date: kubectl prints how long ago that is, and what is to come as <invalid>.
  column('Expires', 'string', '.spec.expiresAt'),
  column('Age', 'date', '.metadata.creationTimestamp'),
  wideColumn('Rules', 'string', '.spec.rules'),
  wideColumn('Owner', 'string', '.spec.owner'),
  wideColumn('Message', 'string', conditionPath('Active', 'message')),
];
