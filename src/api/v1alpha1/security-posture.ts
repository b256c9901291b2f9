/** SecurityPosture: the verdict on one namespace. Merlon writes it, people read it. */
import { pendingPostureConditions } from './conditions.ts';
import type { API_VERSION } from './group.ts';
import { conditionPath, postureColumns, postureStatusProperties, wideColumn } from './posture-status.ts';
import type { PostureStatus } from './posture-status.ts';
import type { CrdDefinition, ObjectMeta, ObjectSchema } from './schema.ts';

export const POSTURE_KIND = 'SecurityPosture';
/** There is one per namespace, of this name. */
export const POSTURE_NAME = 'current';

const statusSchema = {
  type: 'object',
  description: 'What Merlon found.',
  default: { conditions: pendingPostureConditions },
  properties: postureStatusProperties,
} as const satisfies ObjectSchema;

export interface SecurityPosture {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof POSTURE_KIND;
  readonly metadata: ObjectMeta;
  readonly status?: PostureStatus;
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
    wideColumn('Policy', 'string', '.status.policy'),
    wideColumn('Remediation', 'string', conditionPath('Remediated', 'reason')),
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
