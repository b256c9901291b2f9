import { controlPlane } from '../../../src/rules/webhook/control-plane.ts';
import { testRule } from '../rule-tester.ts';

const path = 'webhooks[0].rules';
const PODS = "{ operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods] }";
const EVERYTHING = "{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }";
const system = `
---
{ kind: Namespace, metadata: { name: kube-system, labels: { kubernetes.io/metadata.name: kube-system } } }
---
{ kind: Namespace, metadata: { name: kube-node-lease, labels: { kubernetes.io/metadata.name: kube-node-lease } } }
---
{ kind: Namespace, metadata: { name: guard, labels: { kubernetes.io/metadata.name: guard, team: guard } } }
`;
const spare = (...names: readonly string[]): string =>
  `namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: NotIn, values: [${names.join(', ')}] }] }`;

function guard(rule: string, fields = '', kind = 'Validating'): string {
  return `
kind: ${kind}WebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, clientConfig: { service: { namespace: guard, name: guard } }, rules: [${rule}], ${fields} }]
`;
}

testRule(controlPlane, [
  {
    name: 'a guard of everything holds up all that brings it back',
    yaml: guard(EVERYTHING) + system,
    fails: [
      {
        path,
        message:
          /^webhook "guard\.example\.com" refuses what it is asked about while it does not answer, and it is asked also about pods of kube-system, where pods of kube-system run, tokens for pods of kube-system, leases of the control plane, leases of nodes, nodes that join, the status of nodes, whether a token is valid, pods of "guard", where it runs itself; leave/,
      },
    ],
  },
  {
    name: 'one that changes what it is asked about does, too',
    yaml: guard(PODS, 'failurePolicy: Fail', 'Mutating') + system,
    fails: [{ path, message: /also about pods of kube-system, pods of "guard", where it runs itself; leave/ }],
  },
  {
    name: 'to ask for labels that every node has leaves out no node',
    yaml: guard(
      "{ operations: ['*'], apiGroups: [''], apiVersions: [v1], resources: [nodes, nodes/status] }",
      'objectSelector: { matchLabels: { kubernetes.io/os: linux } }',
    ),
    fails: [{ path, message: /also about nodes that join, the status of nodes; leave/ }],
  },
  {
    name: 'to ask for a label that pods of kube-system have does not leave them out',
    yaml:
      guard(PODS, `objectSelector: { matchExpressions: [{ key: k8s-app, operator: Exists }] }, ${spare('guard')}`) +
      system,
    fails: [{ path, message: /also about pods of kube-system; leave/ }],
  },
  {
    name: 'to ask for labels that only some choose to have spares what has none of them',
    yaml: guard(PODS, 'objectSelector: { matchLabels: { guarded: "yes" } }') + system,
    passes: true,
  },
  {
    name: 'a guard of pods that leaves out kube-system and its own namespace passes',
    yaml: guard(PODS, spare('kube-system', 'guard')) + system,
    passes: true,
  },
  {
    name: 'that it leaves out kube-system is not enough for its own pods',
    yaml: guard(PODS, spare('kube-system')) + system,
    fails: [{ path, message: /also about pods of "guard", where it runs itself; leave/ }],
  },
  {
    name: 'a namespace may be left out by any label',
    yaml:
      guard(
        PODS,
        'namespaceSelector: { matchExpressions: [{ key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system] }, { key: team, operator: DoesNotExist }] }',
      ) + system,
    passes: true,
  },
  {
    name: 'a namespaceSelector leaves no nodes out, which have none',
    yaml:
      guard(
        "{ operations: ['*'], apiGroups: [''], apiVersions: [v1], resources: ['*'] }",
        spare('kube-system', 'guard'),
      ) + system,
    fails: [{ path, message: /also about nodes that join; leave/ }],
  },
  {
    name: 'a subresource is one of its own',
    yaml: guard("{ operations: [UPDATE], apiGroups: [''], apiVersions: [v1], resources: [nodes/status] }") + system,
    fails: [{ path, message: /also about the status of nodes; leave/ }],
  },
  {
    name: 'leases of nodes are in a namespace of their own',
    yaml:
      guard(
        "{ operations: ['*'], apiGroups: [coordination.k8s.io], apiVersions: [v1], resources: [leases] }",
        spare('kube-system'),
      ) + system,
    fails: [{ path, message: /also about leases of nodes; leave/ }],
  },
  {
    name: 'one that lets pass holds nothing up',
    yaml: guard(EVERYTHING, 'failurePolicy: Ignore') + system,
    passes: true,
  },
  {
    name: 'roles are there to be guarded',
    yaml:
      guard("{ operations: ['*'], apiGroups: [rbac.authorization.k8s.io], apiVersions: [v1], resources: ['*'] }") +
      system,
    passes: true,
  },
  {
    name: 'one that asks for a label spares what has none',
    yaml: guard(PODS, 'objectSelector: { matchLabels: { guard: "on" } }') + system,
    passes: true,
  },
  {
    name: 'one that is reached by a URL may run anywhere',
    yaml: `
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, clientConfig: { url: 'https://guard.example.com' }, rules: [${PODS}], ${spare('kube-system')} }]
${system}`,
    passes: true,
  },
  {
    name: 'what conditions spare cannot be told',
    yaml: guard(PODS, "matchConditions: [{ name: some, expression: 'true' }]") + system,
    unknown: /^webhook "guard\.example\.com" is asked also about pods of kube-system, unless its matchConditions/,
  },
  {
    name: 'a webhook that certainly does outweighs one that may',
    yaml: `
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - { name: a.example.com, rules: [${PODS}], matchConditions: [{ name: some, expression: 'true' }] }
  - { name: b.example.com, rules: [${PODS}] }
${system}`,
    fails: [{ path: 'webhooks[1].rules', message: /"b\.example\.com"/ }],
  },
  {
    name: 'a namespace that is not there has no pods',
    yaml: `${guard(PODS, spare('kube-system'))}
---
{ kind: Namespace, metadata: { name: kube-system, labels: { kubernetes.io/metadata.name: kube-system } } }
`,
    passes: true,
  },
  {
    name: 'of files the names of namespaces are enough where a selector asks for no more',
    yaml: guard(PODS, spare('kube-system', 'guard')),
    isFromFiles: true,
    passes: true,
  },
  {
    name: 'and where there is no selector',
    yaml: guard(PODS),
    isFromFiles: true,
    fails: [path],
  },
  {
    name: 'labels that are not among the files may leave a namespace out',
    yaml: guard(PODS, 'namespaceSelector: { matchExpressions: [{ key: team, operator: DoesNotExist }] }'),
    isFromFiles: true,
    unknown:
      /pods of kube-system, unless labels of namespace "kube-system" leave it out, which are not among the files$/,
  },
  {
    name: 'labels that are among the files count',
    yaml: `${guard(PODS, 'namespaceSelector: { matchLabels: { team: shop } }')}
---
{ kind: Namespace, metadata: { name: kube-system } }
---
{ kind: Namespace, metadata: { name: guard, labels: { team: guard } } }
`,
    isFromFiles: true,
    passes: true,
  },
  {
    name: 'a selector that no API server takes tells nothing',
    yaml: guard(PODS, 'namespaceSelector: { matchExpressions: [{ key: team, operator: Not }] }') + system,
    unknown: /what nobody can tell, as its namespaceSelector has the operator "Not"/,
  },
  {
    name: 'without namespaces nothing is known',
    yaml: guard(PODS, spare('kube-system')),
    missing: [{ source: 'Namespace', state: 'forbidden', message: 'listing namespaces is forbidden' }],
    unknown: /^listing namespaces is forbidden$/,
  },
]);
