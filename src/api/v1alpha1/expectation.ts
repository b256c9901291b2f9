/** Expectations: what a subject must, may and must not be allowed by RBAC. Part of both kinds of policy. */
import { severitySchema } from './posture-status.ts';
import type { ArraySchema, FromSchema, ObjectSchema } from './schema.ts';

const namespaceSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 63,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
} as const;

function textsSchema<const Description extends string>(description: Description, maxItems: number, maxLength: number) {
  return {
    type: 'array',
    description,
    minItems: 1,
    maxItems,
    items: { type: 'string', minLength: 1, maxLength },
    'x-kubernetes-list-type': 'atomic',
  } as const satisfies ArraySchema;
}

const subjectSchema = {
  type: 'object',
  description: 'Who is meant. Kinds count, as they do in bindings.',
  required: ['kind', 'name'],
  properties: {
    kind: { type: 'string', enum: ['ServiceAccount', 'User', 'Group'] },
    namespace: {
      ...namespaceSchema,
      description: 'Of a service account; in a HardeningPolicy its own namespace, and there it may be left out.',
    },
    name: { type: 'string', minLength: 1, maxLength: 253 },
    groups: {
      type: 'array',
      description:
        'Of a user: all groups that it comes with, without system:authenticated. Without this field they are not known, and what RBAC does not grant to the user itself stays undecided.',
      maxItems: 32,
      items: { type: 'string', minLength: 1, maxLength: 253 },
      'x-kubernetes-list-type': 'atomic',
    },
  },
  'x-kubernetes-validations': [
    {
      // CEL reserves the word, and API servers before Kubernetes 1.31 take it in no other way.
      rule: `self.kind == 'ServiceAccount' || !has(self.__namespace__)`,
      message: 'only a ServiceAccount has a namespace',
    },
    { rule: `self.kind == 'User' || !has(self.groups)`, message: 'only of a User groups are stated' },
  ],
} as const satisfies ObjectSchema;

const permissionSchema = {
  type: 'object',
  description: 'Verbs on resources, or on URLs that are no resources.',
  required: ['verbs'],
  properties: {
    verbs: textsSchema('As RBAC writes them, one an entry; "*" is any verb.', 32, 253),
    apiGroups: {
      type: 'array',
      description:
        'Of the resources; "" is the core group and "*" any. Left out: the core group in allow, any group in deny.',
      minItems: 1,
      maxItems: 16,
      items: { type: 'string', maxLength: 253 },
      'x-kubernetes-list-type': 'atomic',
    },
    resources: textsSchema('Plurals, with the subresource as RBAC writes it: pods/exec; "*" is any.', 64, 253),
    names: {
      type: 'array',
      description:
        'Only objects of these names; left out, of every name. "" stands for requests without a name, in allow alone.',
      minItems: 1,
      maxItems: 64,
      items: { type: 'string', maxLength: 253 },
      'x-kubernetes-list-type': 'atomic',
    },
    namespace: {
      ...namespaceSchema,
      description:
        'Where. In a HardeningPolicy its own namespace, and may be left out. In a ClusterHardeningPolicy left out: cluster-wide in allow, anywhere in deny.',
    },
    urls: textsSchema(
      'Paths that are no resources, instead of them: /metrics; a "*" at the end is any ending.',
      32,
      512,
    ),
  },
  'x-kubernetes-validations': [
    { rule: 'has(self.resources) != has(self.urls)', message: 'a permission has either resources or urls' },
    {
      rule: '!has(self.urls) || !(has(self.apiGroups) || has(self.names) || has(self.__namespace__))',
      message: 'urls have no apiGroups, names or namespace',
    },
  ],
} as const satisfies ObjectSchema;

function permissionsSchema<const Description extends string>(description: Description) {
  return {
    type: 'array',
    description,
    minItems: 1,
    maxItems: 64,
    items: permissionSchema,
    'x-kubernetes-list-type': 'atomic',
  } as const satisfies ArraySchema;
}

const expectationSchema = {
  type: 'object',
  description: 'What one subject must, may and must not be allowed.',
  required: ['subject'],
  properties: {
    subject: subjectSchema,
    allow: permissionsSchema('What the subject must be granted, each of it.'),
    deny: permissionsSchema('What must not be granted to the subject, not even a part of it.'),
    only: {
      type: 'boolean',
      description:
        'True: the subject may do what allow lists and nothing else, besides what every authenticated subject may.',
    },
    severity: { ...severitySchema, description: "What it is worth if it is not met, instead of the rule's severity." },
  },
  'x-kubernetes-validations': [
    {
      rule: 'has(self.allow) || has(self.deny) || (has(self.only) && self.only)',
      message: 'an expectation has allow, deny or only: true',
    },
  ],
} as const satisfies ObjectSchema;

export const expectationsSchema = {
  type: 'array',
  description:
    'What subjects must, may and must not be allowed by RBAC. An expectation that is not met is a finding of the rule rbac-expectations.',
  maxItems: 128,
  items: expectationSchema,
  'x-kubernetes-list-type': 'atomic',
} as const satisfies ArraySchema;

export type ExpectationSpec = FromSchema<typeof expectationSchema>;
export type PermissionSpec = FromSchema<typeof permissionSchema>;
