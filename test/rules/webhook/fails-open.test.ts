import { failsOpen } from '../../../src/rules/webhook/fails-open.ts';
import { testRule } from '../rule-tester.ts';

const path = 'webhooks[0].failurePolicy';
const PODS = "{ operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods] }";

function guard(rules: string, fields = 'failurePolicy: Ignore'): string {
  return `
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, rules: [${rules}], ${fields} }]
`;
}

function changer(rules: string, fields = 'failurePolicy: Ignore'): string {
  return guard(rules, fields).replace('Validating', 'Mutating');
}

testRule(failsOpen, [
  {
    name: 'a guard of pods that is left out where it does not answer fails',
    yaml: guard(PODS),
    fails: [
      {
        path,
        observed: 'Ignore',
        message: /^webhook "guard\.example\.com" lets pass what it should refuse where it does not answer; set/,
      },
    ],
  },
  {
    name: 'one of everything does',
    yaml: guard("{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }"),
    fails: [path],
  },
  {
    name: 'one of roles does',
    yaml: guard(
      '{ operations: [UPDATE], apiGroups: [rbac.authorization.k8s.io], apiVersions: [v1], resources: [roles] }',
    ),
    fails: [path],
  },
  {
    name: 'one of the objects of an operator is the least of it, also where their group looks like one of Kubernetes',
    yaml: guard(
      '{ operations: [CREATE], apiGroups: [gateway.networking.k8s.io], apiVersions: [v1], resources: [gateways] }',
    ),
    fails: [{ path, severity: 'low', message: /objects of other API groups/ }],
  },
  {
    name: 'a guard that refuses passes',
    yaml: guard(PODS, 'failurePolicy: Fail'),
    passes: true,
  },
  {
    name: 'one that says nothing refuses',
    yaml: guard(PODS, ''),
    passes: true,
  },
  {
    name: 'one that is asked about nothing guards nothing',
    yaml: guard(''),
    passes: true,
  },
  {
    name: 'without a webhook there is nothing to answer',
    yaml: '{ kind: ValidatingWebhookConfiguration, metadata: { name: guard } }',
    passes: true,
  },
  {
    name: 'each webhook is judged by itself',
    yaml: `
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - { name: a.example.com, rules: [${PODS}], failurePolicy: Fail }
  - { name: b.example.com, rules: [${PODS}], failurePolicy: Ignore }
`,
    fails: [{ path: 'webhooks[1].failurePolicy', message: /"b\.example\.com"/ }],
  },
  {
    name: 'one that changes pods leaves them without what it sets',
    yaml: changer(PODS),
    fails: [{ path, severity: 'low', message: /leaves pods without what it should set/ }],
  },
  {
    name: 'one that changes other objects is no guard',
    yaml: changer("{ operations: ['*'], apiGroups: [apps], apiVersions: [v1], resources: [deployments] }"),
    passes: true,
  },
  {
    name: 'nor is one that changes objects of the cluster, whatever they are called',
    yaml: changer("{ operations: ['*'], apiGroups: [''], apiVersions: ['*'], resources: ['*'], scope: Cluster }"),
    passes: true,
  },
  {
    name: 'what cannot be read is unknown',
    yaml: guard(PODS, 'failurePolicy: [Ignore]'),
    unknown: /field "webhooks\[0\]\.failurePolicy" must be a string/,
  },
]);
