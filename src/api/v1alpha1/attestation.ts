/** What somebody vouches for where Merlon cannot see: a fact about the API server, until a day. */
import { factDeclarations, factNames } from './facts.ts';
import type { ArraySchema, FromSchema, ObjectSchema } from './schema.ts';

export const MAX_ATTESTATIONS = 64;

const attestationSchema = {
  type: 'object',
  required: ['fact', 'value', 'evidence', 'owner', 'expiresAt'],
  properties: {
    fact: {
      type: 'string',
      enum: factNames,
      description: `What it is about. ${factNames.map((name) => `${name}: ${factDeclarations[name].about}`).join('; ')}.`,
    },
    value: {
      'x-kubernetes-preserve-unknown-fields': true,
      description:
        'What is so: true or false, a whole number, a word, or a list of texts, as the fact asks. Ready is False where it cannot be, and its message says what can.',
    },
    evidence: {
      type: 'string',
      minLength: 10,
      maxLength: 1024,
      description:
        'What it is based on, so that somebody else can look: a document, a ticket, a setting of the provider.',
    },
    owner: { type: 'string', minLength: 1, maxLength: 253, description: 'Who vouches for it: a person or a team.' },
    expiresAt: {
      type: 'string',
      format: 'date-time',
      description: 'From that moment on it counts for nothing, and somebody has to look again.',
    },
  },
} as const satisfies ObjectSchema;

export const attestationsSchema = {
  type: 'array',
  description:
    'Facts about the API server that Merlon may be unable to see. Each counts only while Merlon itself does not observe the fact, only in a policy that concerns the cluster itself, and is shown as attested wherever it counts.',
  maxItems: MAX_ATTESTATIONS,
  items: attestationSchema,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['fact'],
} as const satisfies ArraySchema;

export type AttestationSpec = FromSchema<typeof attestationSchema>;
