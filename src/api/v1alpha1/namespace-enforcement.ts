/** What the posture of a namespace says of what the API server enforces there by itself. */
import { enforcementModes } from './enforcement.ts';
import { countSchema, MAX_ENFORCER_LENGTH, MAX_MESSAGE_LENGTH } from './posture-status.ts';
import type { FromSchema, ObjectSchema } from './schema.ts';

/** More than there can be of what is known again. */
export const MAX_ENFORCERS = 16;

const enforcerSchema = {
  type: 'object',
  description: 'Something that is known again by its text, or by a label: what it enforces, and how.',
  required: ['what', 'mode', 'by'],
  properties: {
    what: {
      type: 'string',
      maxLength: 63,
      description:
        'A family of rules that policies have enforced, as exec or pod-security, or a level of the Pod Security Standards as pss/baseline.',
    },
    mode: {
      type: 'string',
      enum: [...enforcementModes, 'on'],
      description:
        'What becomes of what breaks it: audit writes into the audit log, warn tells who asks, deny refuses. On is of what is set in new objects, where nothing is refused by that.',
    },
    by: {
      type: 'string',
      maxLength: MAX_ENFORCER_LENGTH,
      description: 'Which object, or which label of the namespace.',
    },
    rules: {
      type: 'array',
      description: 'Of a family that is made of rules: those that new objects are held to.',
      maxItems: 64,
      items: { type: 'string', maxLength: 63 },
      'x-kubernetes-list-type': 'atomic',
    },
  },
} as const satisfies ObjectSchema;

export const namespaceEnforcementSchema = {
  type: 'object',
  description:
    'What the API server enforces here by itself, as far as it is known again, and what it would refuse; absent where there is nothing to say.',
  required: ['mode', 'enforced', 'message'],
  properties: {
    mode: {
      type: 'string',
      enum: enforcementModes,
      description:
        'What is to be in force here by what policies say: what the label merlon.dev/enforce asks for, and no more than spec.enforcement.mode. Whether it is, enforced says.',
    },
    wouldRefuse: countSchema(
      'How many of the workloads, and of the Roles and RoleBindings, that are here would be refused, made anew, where that label says deny; absent where nothing is planned here, or it is not known.',
    ),
    enforced: {
      type: 'array',
      description:
        'What is in force here, and by whom. What is not known again is not in it, and may refuse things, too.',
      maxItems: MAX_ENFORCERS,
      items: enforcerSchema,
      'x-kubernetes-list-type': 'atomic',
    },
    message: { type: 'string', maxLength: MAX_MESSAGE_LENGTH, description: 'The same in words, with what to look at.' },
  },
} as const satisfies ObjectSchema;

export type NamespaceEnforcement = FromSchema<typeof namespaceEnforcementSchema>;
export type NamespaceEnforcer = FromSchema<typeof enforcerSchema>;
