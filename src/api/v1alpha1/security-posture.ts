/** SecurityPosture: the verdict on one namespace. Merlon writes it, people read it. */
import { pendingPostureConditions } from './conditions.ts';
import { namespaceEnforcementSchema } from './namespace-enforcement.ts';
import type { API_VERSION } from './group.ts';
import { MAX_MESSAGE_LENGTH, postureColumns, postureStatusProperties, wideColumn } from './posture-status.ts';
import type { CrdDefinition, FromSchema, ObjectMeta, ObjectSchema, StringSchema } from './schema.ts';

export const POSTURE_KIND = 'SecurityPosture';
/** There is one per namespace, of this name. */
export const POSTURE_NAME = 'current';
/** Enough for the name of a namespace and two labels. */
const MAX_COMMAND_LENGTH = 512;

function levelSchema<const Description extends string>(description: Description) {
  const levels = ['privileged', 'baseline', 'restricted', 'unknown'] as const;
  return { type: 'string', enum: levels, description } as const satisfies StringSchema;
}

function versionSchema<const Description extends string>(description: Description) {
  return { type: 'string', maxLength: 32, description } as const satisfies StringSchema;
}

const podSecuritySchema = {
  type: 'object',
  description: 'The Pod Security level that the namespace enforces, and the strictest that its workloads pass.',
  required: ['enforced', 'ready', 'message'],
  properties: {
    enforced: levelSchema(
      'What the API server enforces here by the labels of the namespace; unknown where no label says it and the default of the API server decides, which Merlon cannot see.',
    ),
    enforcedVersion: versionSchema(
      'The version that goes with it: "latest" or "v1.37"; absent where no label says it.',
    ),
    ready: levelSchema(
      'The strictest level that everything here passes: what runs, and the templates of what does not. Unknown where that could not be found out.',
    ),
    readyVersion: versionSchema("By which version: the API server's, or the newest that Merlon knows."),
    message: {
      type: 'string',
      maxLength: MAX_MESSAGE_LENGTH,
      description: 'What stands in the way of the next level.',
    },
    command: {
      type: 'string',
      maxLength: MAX_COMMAND_LENGTH,
      description: 'What enforces the level that is ready; absent where there is nothing to gain.',
    },
  },
} as const satisfies ObjectSchema;

const statusSchema = {
  type: 'object',
  description: 'What Merlon found.',
  default: { conditions: pendingPostureConditions },
  properties: { ...postureStatusProperties, podSecurity: podSecuritySchema, enforcement: namespaceEnforcementSchema },
} as const satisfies ObjectSchema;
export type NamespacePostureStatus = FromSchema<typeof statusSchema>;
export type PodSecurityStatus = FromSchema<typeof podSecuritySchema>;

export interface SecurityPosture {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof POSTURE_KIND;
  readonly metadata: ObjectMeta;
  readonly status?: NamespacePostureStatus;
}

export const securityPosture: CrdDefinition = {
  kind: POSTURE_KIND,
  plural: 'securitypostures',
  singular: 'securityposture',
  shortNames: ['secpos'],
  scope: 'Namespaced',
  description:
    'The security posture of a namespace: what Merlon thinks of everything in it. Merlon writes it whenever the verdict changes; whatever else is written here it puts right.',
  columns: [
    postureColumns.compliant,
    postureColumns.critical,
    postureColumns.high,
    postureColumns.medium,
    postureColumns.unknown,
    postureColumns.changed,
    postureColumns.age,
    wideColumn('Low', 'integer', '.status.summary.low'),
    wideColumn('Pass', 'integer', '.status.summary.pass'),
    wideColumn('Exempt', 'integer', '.status.summary.exempt'),
    wideColumn('Enforced', 'string', '.status.podSecurity.enforced'),
    wideColumn('ReadyFor', 'string', '.status.podSecurity.ready'),
    wideColumn('Policy', 'string', '.status.policy'),
    postureColumns.remediation,
    postureColumns.ready,
    postureColumns.message,
  ],
  schema: {
    type: 'object',
    properties: { status: statusSchema },
    'x-kubernetes-validations': [
      {
        rule: `self.metadata.name == '${POSTURE_NAME}'`,
        message: `a namespace has one SecurityPosture, and its name is "${POSTURE_NAME}"`,
      },
    ],
  },
};
