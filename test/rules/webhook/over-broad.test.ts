import { overBroad } from '../../../src/rules/webhook/over-broad.ts';
import { testRule } from '../rule-tester.ts';

const path = 'webhooks[0].rules[0].resources';
const system =
  '\n---\n{ kind: Namespace, metadata: { name: kube-system, labels: { kubernetes.io/metadata.name: kube-system } } }';
const everything = "{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }";

function guard(rule: string, fields = '', kind = 'Validating'): string {
  return `
kind: ${kind}WebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, rules: [${rule}], ${fields} }]
${system}`;
}

testRule(overBroad, [
  {
    name: 'a webhook that is asked about everything is shown every Secret',
    yaml: guard(everything),
    fails: [
      {
        path,
        observed: '["*/*"]',
        message:
          /^webhook "guard\.example\.com" is asked about every resource, and shown every Secret that is written;/,
      },
    ],
  },
  {
    name: 'also where it changes objects, and others pass without it',
    yaml: guard(everything, 'failurePolicy: Ignore', 'Mutating'),
    fails: [path],
  },
  {
    name: 'everything of the core group is enough',
    yaml: guard("{ operations: [UPDATE], apiGroups: [''], apiVersions: [v1], resources: ['*'] }"),
    fails: [path],
  },
  {
    name: 'the rule that is broad is named, whichever others there are',
    yaml: guard(
      `{ operations: [CREATE], apiGroups: [apps], apiVersions: [v1], resources: [deployments] }, ${everything}`,
    ),
    fails: ['webhooks[0].rules[1].resources'],
  },
  {
    name: 'one that is asked about resources by their names passes, Secrets or not',
    yaml: guard("{ operations: ['*'], apiGroups: [''], apiVersions: [v1], resources: [pods, secrets] }"),
    passes: true,
  },
  {
    name: 'everything of another group holds no Secrets',
    yaml: guard("{ operations: ['*'], apiGroups: [apps], apiVersions: ['*'], resources: ['*'] }"),
    passes: true,
  },
  {
    name: 'who is asked about deletion alone is shown little',
    yaml: guard("{ operations: [DELETE], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }"),
    passes: true,
  },
  {
    name: 'cluster-wide objects are no Secrets',
    yaml: guard("{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], scope: Cluster }"),
    passes: true,
  },
  {
    name: 'subresources of everything are no Secrets',
    yaml: guard("{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/status'] }"),
    passes: true,
  },
  {
    name: 'without those of kube-system it is less',
    yaml: guard(
      everything,
      'namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system] }] }',
    ),
    fails: [{ path, severity: 'low' }],
  },
  {
    name: 'which namespaces a selector takes that nobody can read is not less',
    yaml: guard(everything, 'namespaceSelector: { matchExpressions: [{ key: a, operator: Maybe }] }'),
    fails: [path],
  },
  {
    name: 'who is asked about what has a label for it alone is asked by whoever gives the label',
    yaml: guard(everything, 'objectSelector: { matchLabels: { guarded: here } }'),
    passes: true,
  },
  {
    name: 'a label that spares objects spares those that have it, and no others',
    yaml: guard(everything, 'objectSelector: { matchExpressions: [{ key: spared, operator: DoesNotExist }] }'),
    fails: [path],
  },
  {
    name: 'conditions may leave Secrets out',
    yaml: guard(
      everything,
      'matchConditions: [{ name: some, expression: \'request.resource.resource != "secrets"\' }]',
    ),
    unknown: /unless its matchConditions leave some out, which cannot be told from outside$/,
  },
  {
    name: 'what is asked about nothing passes',
    yaml: `kind: ValidatingWebhookConfiguration\nwebhooks: [{ name: guard.example.com }]${system}`,
    passes: true,
  },
  {
    name: 'namespaces that may not be read leave it unknown how much it is',
    yaml: guard(everything, 'namespaceSelector: { matchLabels: { a: b } }'),
    missing: [{ source: 'Namespace', state: 'forbidden', message: 'listing them is forbidden' }],
    unknown: /^listing them is forbidden$/,
  },
]);
