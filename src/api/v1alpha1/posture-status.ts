/** What the posture of a namespace and that of the cluster have in common. */
import { postureConditionsSchema } from './conditions.ts';
import type { CrdSchema, FromSchema, IntegerSchema, ObjectSchema, PrinterColumn, StringSchema } from './schema.ts';

/** Bounds of what a posture lists. Counts have none: they are exact. */
export const MAX_FINDINGS = 200;
export const MAX_VIOLATIONS = 5;
export const MAX_REVISIONS = 5;
/** The cluster's policies in order, then the namespace's own. */
export const MAX_OBSERVED_POLICIES = 64;
/** Longest texts, in code points. */
export const MAX_MESSAGE_LENGTH = 1024;
export const MAX_PATH_LENGTH = 512;
export const MAX_OBSERVED_LENGTH = 256;
/** A group and a version. */
export const MAX_API_VERSION_LENGTH = 317;
export const MAX_KIND_LENGTH = 63;
/** A kind and a name. */
const MAX_EXEMPTION_LENGTH = 317;
/** A kind and a name, or a label. */
export const MAX_ENFORCER_LENGTH = 317;
/** Names of RBAC objects have no bound of their own. */
export const MAX_NAME_LENGTH = 512;

/** Worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;

export const severitySchema = { type: 'string', enum: severities } as const satisfies StringSchema;

export function countSchema<const Description extends string>(description: Description) {
  return { type: 'integer', format: 'int64', minimum: 0, description } as const satisfies IntegerSchema;
}

const summarySchema = {
  type: 'object',
  description: 'Exact counts. Failures are counted by severity, everything else by outcome.',
  required: [...severities, 'pass', 'notApplicable', 'unknown', 'exempt', 'subjects'],
  properties: {
    critical: countSchema('Failures of severity critical.'),
    high: countSchema('Failures of severity high.'),
    medium: countSchema('Failures of severity medium.'),
    low: countSchema('Failures of severity low.'),
    info: countSchema('Failures of severity info.'),
    pass: countSchema('Rules that hold.'),
    notApplicable: countSchema('Rules that have no meaning for their subject.'),
    unknown: countSchema('Rules that could not be decided.'),
    exempt: countSchema('Failures that somebody accepted.'),
    subjects: countSchema('How many things were judged.'),
  },
} as const satisfies ObjectSchema;

const subjectSchema = {
  type: 'object',
  description: 'What was judged; the name "*" stands for all objects of a kind that could not be listed.',
  required: ['apiVersion', 'kind', 'name'],
  properties: {
    apiVersion: { type: 'string', maxLength: MAX_API_VERSION_LENGTH },
    kind: { type: 'string', maxLength: MAX_KIND_LENGTH },
    namespace: { type: 'string', maxLength: 63 },
    name: { type: 'string', maxLength: MAX_NAME_LENGTH },
  },
} as const satisfies ObjectSchema;

const violationSchema = {
  type: 'object',
  description: 'One place in the subject that breaks the rule.',
  required: ['path', 'message'],
  properties: {
    path: { type: 'string', maxLength: MAX_PATH_LENGTH, description: 'The field.' },
    observed: {
      type: 'string',
      maxLength: MAX_OBSERVED_LENGTH,
      description: 'What stands there; absent when nothing does.',
    },
    message: { type: 'string', maxLength: MAX_MESSAGE_LENGTH },
  },
} as const satisfies ObjectSchema;

/** What is told apart: written into the audit log, told to who asks, refused. */
const findingEnforcementSchema = {
  type: 'object',
  description:
    'Of a failure: what the API server by itself makes of the next pod that breaks the rule so, and by what; the strictest where several do. Absent where nothing that is known again does.',
  required: ['mode', 'by'],
  properties: {
    mode: { type: 'string', enum: ['audit', 'warn', 'deny'] },
    by: {
      type: 'string',
      maxLength: MAX_ENFORCER_LENGTH,
      description: 'An admission policy, or a label of the namespace.',
    },
  },
} as const satisfies ObjectSchema;

const findingSchema = {
  type: 'object',
  description: 'One rule on one subject.',
  required: ['rule', 'severity', 'outcome', 'subject', 'message'],
  properties: {
    rule: { type: 'string', maxLength: 63, description: 'Its id; "merlon explain ID" tells what it is about.' },
    severity: severitySchema,
    outcome: { type: 'string', enum: ['fail', 'unknown', 'exempt'] },
    subject: subjectSchema,
    message: { type: 'string', maxLength: MAX_MESSAGE_LENGTH },
    exemption: {
      type: 'string',
      maxLength: MAX_EXEMPTION_LENGTH,
      description: 'Of what is exempt: the kind and name of the exemption, or the annotation.',
    },
    enforcement: findingEnforcementSchema,
    violations: { type: 'array', items: violationSchema, maxItems: MAX_VIOLATIONS, 'x-kubernetes-list-type': 'atomic' },
    omittedViolations: countSchema('How many more violations there are.'),
    pods: countSchema(
      'Of a workload that runs: how many of its pods this was true of when something else here last changed.',
    ),
    revisions: {
      type: 'array',
      description: 'The revisions of those pods, where the others of the workload are not concerned.',
      items: { type: 'string', maxLength: MAX_NAME_LENGTH },
      maxItems: MAX_REVISIONS,
      'x-kubernetes-list-type': 'atomic',
    },
    unverifiedOwner: {
      type: 'string',
      maxLength: MAX_MESSAGE_LENGTH,
      description: 'Why a pod is judged by itself although it names an owner.',
    },
    assumedOwner: {
      type: 'string',
      maxLength: MAX_MESSAGE_LENGTH,
      description: 'Set where the owner is of a kind that Merlon does not read, and was believed.',
    },
  },
} as const satisfies ObjectSchema;

/** The properties of `status` that both postures have. */
export const postureStatusProperties = {
  compliant: {
    type: 'string',
    enum: ['True', 'False', 'Unknown'],
    description: 'The verdict, as in the condition Compliant.',
  },
  policy: {
    type: 'string',
    maxLength: 253,
    description: 'The policy that goes before the others here; "default" is the built-in one.',
  },
  observedPolicies: {
    type: 'array',
    description: 'The versions of the policies that the verdict was made with, the strongest first.',
    maxItems: MAX_OBSERVED_POLICIES,
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
  threshold: { ...severitySchema, description: 'Failures of this severity or above make the verdict False.' },
  changedTime: { type: 'string', format: 'date-time', description: 'When the verdict or a count last changed.' },
  summary: summarySchema,
  findings: {
    type: 'array',
    description: 'What failed, could not be decided, or is exempt, in this order and worst first.',
    items: findingSchema,
    maxItems: MAX_FINDINGS,
    'x-kubernetes-list-type': 'atomic',
  },
  omittedFindings: countSchema('How many more findings there are.'),
  conditions: postureConditionsSchema,
} as const satisfies Readonly<Record<string, CrdSchema>>;

/**
 * The status of a SecurityPosture, and the common part of a ClusterSecurityPosture's, as the cluster may hold it: until
 * Merlon has written it there are conditions only. What Merlon writes is `Required<PostureStatus>`.
 */
export type PostureStatus = FromSchema<{ type: 'object'; properties: typeof postureStatusProperties }>;
export type PostureSummary = FromSchema<typeof summarySchema>;
export type PostureFinding = FromSchema<typeof findingSchema>;
export type FindingEnforcement = FromSchema<typeof findingEnforcementSchema>;

/** Columns that both postures print, by name. */
export const postureColumns = {
  compliant: column('Compliant', 'string', conditionPath('Compliant', 'status')),
  critical: column('Critical', 'integer', '.status.summary.critical'),
  high: column('High', 'integer', '.status.summary.high'),
  medium: column('Medium', 'integer', '.status.summary.medium'),
  unknown: column('Unknown', 'integer', '.status.summary.unknown'),
  changed: column('Changed', 'date', '.status.changedTime'),
  age: column('Age', 'date', '.metadata.creationTimestamp'),
  remediation: wideColumn('Remediation', 'string', conditionPath('Remediated', 'reason')),
  ready: wideColumn('Ready', 'string', conditionPath('Ready', 'status')),
  message: wideColumn('Message', 'string', conditionPath('Compliant', 'message')),
} as const;

export function column(name: string, type: PrinterColumn['type'], jsonPath: string): PrinterColumn {
  return { name, type, jsonPath };
}
export function wideColumn(name: string, type: PrinterColumn['type'], jsonPath: string): PrinterColumn {
  return { name, type, jsonPath, priority: 1 };
}
export function conditionPath(type: string, field: 'status' | 'reason' | 'message'): string {
  return `.status.conditions[?(@.type=="${type}")].${field}`;
}
