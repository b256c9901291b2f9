/** ClusterSecurityPosture: the verdict on what belongs to no namespace, the roll-up, and what Merlon could not see. */
import { clusterPostureConditionsSchema, pendingClusterPostureConditions } from './conditions.ts';
import type { API_VERSION } from './group.ts';
import {
  column,
  conditionPath,
  countSchema,
  postureColumns,
  postureStatusProperties,
  wideColumn,
} from './posture-status.ts';
import type { CrdDefinition, FromSchema, ObjectMeta, ObjectSchema } from './schema.ts';

export const CLUSTER_POSTURE_KIND = 'ClusterSecurityPosture';
/** There is one, of this name. */
export const CLUSTER_POSTURE_NAME = 'cluster';
const MAX_INPUTS = 160;
export const MAX_INPUT_MESSAGE_LENGTH = 4096;

const statusSchema = {
  type: 'object',
  description: 'What Merlon found.',
  default: { conditions: pendingClusterPostureConditions },
  properties: {
    ...postureStatusProperties,
    conditions: clusterPostureConditionsSchema,
    namespaces: {
      type: 'object',
      description: 'How many namespaces there are, by the verdict on them.',
      required: ['total', 'compliant', 'nonCompliant', 'unknown'],
      properties: {
        total: countSchema('All that have a posture.'),
        compliant: countSchema('Compliant is True.'),
        nonCompliant: countSchema('Compliant is False.'),
        unknown: countSchema('Compliant is Unknown.'),
      },
    },
    namespacesCompliant: {
      type: 'string',
      maxLength: 32,
      description: 'Compliant namespaces of all, for printing: "12/15".',
    },
    apiServer: {
      type: 'string',
      enum: ['Visible', 'Partial', 'NotVisible'],
      description: 'How much Merlon could observe of the configuration of the API server.',
    },
    apiServerFacts: {
      type: 'object',
      description:
        'How many of the facts about the API server are known; which are not, and what would help, is among the inputs.',
      required: ['observed', 'attested', 'unknown'],
      properties: {
        observed: countSchema('Seen by Merlon.'),
        attested: countSchema('Vouched for in a policy, where Merlon cannot see them.'),
        unknown: countSchema('Neither.'),
      },
    },
    adminPaths: {
      type: 'string',
      maxLength: 32,
      description:
        'How many users, groups and service accounts can become cluster-admin by what they are granted, for printing; Unknown where that cannot be told.',
    },
    adminPathCounts: {
      type: 'object',
      description: 'Who can act as cluster-admin, by how; absent where that cannot be told.',
      required: ['reaching', 'admins', 'builtIn'],
      properties: {
        reaching: countSchema('Those that can become cluster-admin.'),
        admins: countSchema('Those that hold everything already.'),
        builtIn: countSchema('Those that get there by what Kubernetes itself grants.'),
      },
    },
    enforcement: {
      type: 'array',
      description:
        'The admission policies by which the API server is to enforce by itself what policies say, one by one.',
      maxItems: 64,
      items: {
        type: 'object',
        required: ['policy', 'state', 'modes'],
        properties: {
          policy: { type: 'string', maxLength: 253, description: 'Its name, as "kubectl get" has it.' },
          kind: {
            type: 'string',
            maxLength: 63,
            description:
              'ValidatingAdmissionPolicy, which refuses, or MutatingAdmissionPolicy, which sets; one of each may have the same name.',
          },
          state: {
            type: 'string',
            maxLength: 64,
            description: 'InForce, InForceByOthers where somebody else applied the same, or why it is not in force.',
          },
          modes: {
            type: 'array',
            description: 'Where it does what, when it is in force.',
            maxItems: 8,
            items: { type: 'string', maxLength: 1024 },
            'x-kubernetes-list-type': 'atomic',
          },
          wouldRefuse: countSchema(
            'Of a policy on what is in no namespace: how many of the ClusterRoles and ClusterRoleBindings that are there it would refuse, were they made anew by people and it denied; "merlon enforce --preview" lists them. Absent for other policies, and where it is not known.',
          ),
          message: { type: 'string', maxLength: 1024, description: 'Why it is not in force, and what would help.' },
        },
      },
      'x-kubernetes-list-type': 'atomic',
    },
    inputs: {
      type: 'array',
      description: 'What Merlon judges from, and how well it can see it.',
      maxItems: MAX_INPUTS,
      items: {
        type: 'object',
        required: ['source', 'state', 'message'],
        properties: {
          source: {
            type: 'string',
            maxLength: 512,
            description: 'A kind, APIServer for which API servers there are, or a fact about them.',
          },
          state: {
            type: 'string',
            enum: [
              ...(['observed', 'attested', 'stale', 'pending', 'forbidden'] as const),
              ...(['absent', 'unreachable', 'unobserved', 'refused'] as const),
            ],
          },
          message: {
            type: 'string',
            maxLength: MAX_INPUT_MESSAGE_LENGTH,
            description: 'What is missing and what would help.',
          },
        },
      },
      'x-kubernetes-list-type': 'atomic',
    },
  },
} as const satisfies ObjectSchema;
export type ClusterPostureStatus = FromSchema<typeof statusSchema>;

export interface ClusterSecurityPosture {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: typeof CLUSTER_POSTURE_KIND;
  readonly metadata: ObjectMeta;
  readonly status?: ClusterPostureStatus;
}

export const clusterSecurityPosture: CrdDefinition = {
  kind: CLUSTER_POSTURE_KIND,
  plural: 'clustersecuritypostures',
  singular: 'clustersecurityposture',
  shortNames: ['csecpos'],
  scope: 'Cluster',
  description:
    'The security posture of the cluster: what Merlon thinks of cluster-wide RBAC and the API server, how many namespaces are compliant, and what it could not see.',
  columns: [
    postureColumns.compliant,
    postureColumns.critical,
    postureColumns.high,
    postureColumns.medium,
    postureColumns.unknown,
    column('Namespaces', 'string', '.status.namespacesCompliant'),
    postureColumns.changed,
    postureColumns.age,
    wideColumn('AdminPaths', 'string', '.status.adminPaths'),
    wideColumn('APIServer', 'string', '.status.apiServer'),
    postureColumns.remediation,
    wideColumn('Enforcement', 'string', conditionPath('Enforced', 'reason')),
    postureColumns.ready,
    postureColumns.message,
  ],
  schema: {
    type: 'object',
    properties: { status: statusSchema },
    'x-kubernetes-validations': [
      {
        rule: `self.metadata.name == '${CLUSTER_POSTURE_NAME}'`,
        message: `there is one ClusterSecurityPosture, and its name is "${CLUSTER_POSTURE_NAME}"`,
      },
    ],
  },
};
