/** What `make rule` writes: for each kind of subject a small rule that works, with its rows. */
import type { RuleFolder, RuleSource } from './rule-source.ts';

/** What differs from one kind of subject to the other. */
interface Template {
  readonly subject: string;
  readonly reads?: string;
  readonly facts?: string;
  readonly repair?: string;
  /** What the rule's file imports besides. */
  readonly imports?: string;
  /** The parameters of `check`, and its body. */
  readonly parameters: string;
  readonly body: string;
  /** The path of the violation that the failing example gives. */
  readonly path: string;
  readonly fails: string;
  readonly passes: string;
}

const templates: Readonly<Record<RuleFolder, Template>> = {
  pod: {
    subject: 'Workload',
    parameters: 'pod',
    body: `return pod.spec.hostNetwork === true ? [violation('spec.hostNetwork', true, 'TODO: what is wrong; what to do')] : [];`,
    path: 'spec.hostNetwork',
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  hostNetwork: true
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },
  'service-account': {
    subject: 'ServiceAccount',
    parameters: 'account',
    body: `return account.automountServiceAccountToken === true
      ? [violation('automountServiceAccountToken', true, 'TODO: what is wrong; what to do')]
      : [];`,
    path: 'automountServiceAccountToken',
    fails: `apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
automountServiceAccountToken: true
`,
    passes: `apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`,
  },
  rbac: {
    subject: 'Role',
    parameters: 'role',
    body: `return (role.rules ?? []).flatMap(({ verbs }, index) =>
      verbs.includes('*') ? [violation(\`rules[\${index}].verbs\`, verbs, 'TODO: what is wrong; what to do')] : [],
    );`,
    path: 'rules[0].verbs',
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: ['*'] }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [get] }
`,
  },
  namespace: {
    subject: 'Namespace',
    parameters: 'namespace',
    body: `return namespace.metadata.labels?.['team'] === undefined
      ? [violation('metadata.labels["team"]', undefined, 'TODO: what is wrong; what to do')]
      : [];`,
    path: 'metadata.labels["team"]',
    fails: `apiVersion: v1
kind: Namespace
metadata: { name: shop }
`,
    passes: `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: shop } }
`,
  },
  psp: {
    subject: 'PodSecurityPolicy',
    parameters: 'policy',
    body: `return policy.spec?.hostNetwork === true
      ? [violation('spec.hostNetwork', true, 'TODO: what is wrong; what to do')]
      : [];`,
    path: 'spec.hostNetwork',
    fails: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: restricted }
spec: { hostNetwork: true }
`,
    passes: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: restricted }
spec: { hostNetwork: false }
`,
  },
  'api-server': {
    subject: 'APIServer',
    reads: `['Evidence']`,
    facts: `['profiling']`,
    repair: `{ anywhere: 'TODO: what to change; better set, drop, enable or file, from which the rest follows.' }`,
    imports: `import { checkApiServers } from '../lib/api-servers.ts';\n`,
    parameters: '_apiServer, { snapshot }',
    body: `return checkApiServers(snapshot, (server) => {
      const fact = server.fact('profiling');
      return fact.value ? [violation('--profiling', fact.value, 'TODO: what is wrong; what to do')] : [];
    });`,
    path: '--profiling',
    fails: 'TODO: what is observed where the rule fails.\n',
    passes: 'TODO: what is observed where it holds.\n',
  },
  webhook: {
    subject: 'WebhookConfiguration',
    parameters: '{ webhooks = [] }',
    body: `return webhooks.flatMap(({ failurePolicy }, index) =>
      failurePolicy === 'Ignore'
        ? [violation(\`webhooks[\${index}].failurePolicy\`, failurePolicy, 'TODO: what is wrong; what to do')]
        : [],
    );`,
    path: 'webhooks[0].failurePolicy',
    fails: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - { name: guard.example.com, failurePolicy: Ignore }
`,
    passes: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - { name: guard.example.com, failurePolicy: Fail }
`,
  },
  'api-service': {
    subject: 'APIService',
    parameters: '{ spec }',
    body: `return spec?.insecureSkipTLSVerify === true
      ? [violation('spec.insecureSkipTLSVerify', true, 'TODO: what is wrong; what to do')]
      : [];`,
    path: 'spec.insecureSkipTLSVerify',
    fails: `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.shop.example.com }
spec: { insecureSkipTLSVerify: true }
`,
    passes: `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.shop.example.com }
spec: { insecureSkipTLSVerify: false }
`,
  },
  exemption: {
    subject: 'AnnotatedObject',
    parameters: '{ places }',
    body: `return places.flatMap(({ path, annotations }) =>
      Object.entries(annotations())
        .filter(([, reason]) => reason.includes('TODO'))
        .map(([key, reason]) => violation(\`\${path}.annotations["\${key}"]\`, reason, 'TODO: what is wrong; what to do')),
    );`,
    path: 'metadata.annotations["exempt.merlon.dev/pod-privileged"]',
    fails: `apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop, annotations: { exempt.merlon.dev/pod-privileged: TODO } }
`,
    passes: `apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop, annotations: { exempt.merlon.dev/pod-privileged: accepted } }
`,
  },
};

export function printRuleTemplate({ id, folder, exportName }: RuleSource): string {
  const { subject, reads, facts, repair, imports = '', parameters, body, fails, passes } = templates[folder];
  return `/**
 * TODO: what goes wrong where this rule is broken, in one sentence.
 *
 * Source: TODO: the standard and its item, or the Kubernetes source.
 */
import { defineRule, violation } from '../../core/rule.ts';
${imports}
export const ${exportName} = defineRule({
  id: '${id}',
  title: 'TODO: what must hold, without a full stop',
  severity: 'medium',
  severityReason: 'TODO: Why it is that severe, in one sentence.',
  subject: '${subject}',
${reads === undefined ? '' : `  reads: ${reads},\n`}${facts === undefined ? '' : `  facts: ${facts},\n`}  controls: ['TODO/item'],
  rationale: 'TODO: why it matters.',
  remediation: 'TODO: what to do.',
${repair === undefined ? '' : `  repair: ${repair},\n`}  example: {
    fails: ${literal(fails)},
    passes: ${literal(passes)},
  },

  check(${parameters}) {
    ${body}
  },
});
`;
}

export function printTestTemplate({ folder, name, exportName }: RuleSource): string {
  const { path, fails, passes } = templates[folder];
  const row = (title: string, input: string, expectation: string): string =>
    `{ name: '${title}', ${input}, ${expectation} },`;
  const rows =
    folder === 'api-server'
      ? [
          row(
            'TODO: a sentence for what fails',
            `yaml: '', evidence: apiServerWith({ profiling: true })`,
            `fails: ['${path}']`,
          ),
          row(
            'TODO: a sentence for what passes',
            `yaml: '', evidence: apiServerWith({ profiling: false })`,
            'passes: true',
          ),
        ]
      : [
          row('TODO: a sentence for what fails', `yaml: ${literal(`\n${fails}`)}`, `fails: ['${path}']`),
          row('TODO: a sentence for what passes', `yaml: ${literal(`\n${passes}`)}`, 'passes: true'),
        ];
  return `import { ${exportName} } from '../../../src/rules/${folder}/${name}.ts';
${folder === 'api-server' ? `import { apiServerWith } from '../evidence.ts';\n` : ''}import { testRule } from '../rule-tester.ts';

testRule(${exportName}, [
${rows.join('\n')}
]);
`;
}

function literal(text: string): string {
  return text.trimEnd().includes('\n') ? `\`${text}\`` : JSON.stringify(text);
}
