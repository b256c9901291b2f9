import { execAdmission } from '../../../src/rules/api-server/exec-admission.ts';
import { apiServerWith } from '../evidence.ts';
import { ASKED_ABOUT_EXEC, policy, webhook } from '../lib/reviewers-yaml.ts';
import { testRule } from '../rule-tester.ts';

const path = 'CONNECT pods/exec';
const shop = '{ kind: Namespace, metadata: { name: shop } }';
const system = '---\n{ kind: Namespace, metadata: { name: kube-system, labels: { kind: system } } }\n';
const modern = {
  denyEscalatingExec: false,
  podSecurity: true,
  validatingWebhooks: true,
  validatingAdmissionPolicy: true,
  minorVersion: 37,
  admissionConfigurationFile: false,
} as const;
const evidence = apiServerWith(modern);

testRule(execAdmission, [
  {
    name: 'an old API server with DenyEscalatingExec passes',
    yaml: shop,
    evidence: apiServerWith({ denyEscalatingExec: true }),
    passes: true,
  },
  {
    name: 'where nothing is asked about exec it fails',
    yaml: shop,
    evidence,
    fails: [
      {
        path,
        observed: 'false',
        message: /no admission policy decides about exec and attach in namespace "shop"; bind/,
      },
    ],
  },
  {
    name: 'a policy that is bound with Deny everywhere passes',
    yaml: shop + policy(ASKED_ABOUT_EXEC),
    evidence,
    passes: true,
  },
  {
    name: 'a webhook that is asked everywhere passes',
    yaml: shop + webhook('Validating', ASKED_ABOUT_EXEC, 'failurePolicy: Fail'),
    evidence,
    passes: true,
  },
  {
    name: 'one that lets requests pass where it fails does not',
    yaml: shop + webhook('Validating', ASKED_ABOUT_EXEC, 'failurePolicy: Ignore'),
    evidence,
    fails: [
      { path, message: /not enough that ValidatingWebhookConfiguration "engine" is asked, which lets requests pass/ },
    ],
  },
  {
    name: 'exec alone is not enough, since attach is another door',
    yaml: `${shop}${policy("{ operations: [CONNECT], apiGroups: [''], apiVersions: [v1], resources: [pods/exec] }")}`,
    evidence,
    fails: [{ path, message: /not enough that ValidatingAdmissionPolicy "guard" is asked; bind/ }],
  },
  {
    name: 'a plugin that is off asks no policy',
    yaml: shop + policy(ASKED_ABOUT_EXEC),
    evidence: apiServerWith({ ...modern, validatingAdmissionPolicy: false }),
    fails: [{ path, message: /"guard" is asked, whose admission plugin is off; bind/ }],
  },
  {
    name: 'nor a webhook',
    yaml: shop + webhook('Validating', ASKED_ABOUT_EXEC),
    evidence: apiServerWith({ ...modern, validatingWebhooks: false }),
    fails: [path],
  },
  {
    name: 'whether a policy is asked is unknown where that of its plugin is',
    yaml: shop + policy(ASKED_ABOUT_EXEC),
    evidence: {
      ...evidence,
      validatingAdmissionPolicy: { unobserved: 'GET /metrics was answered 403; grant get on the URL /metrics' },
    },
    unknown: /^GET \/metrics was answered 403/,
  },
  {
    name: 'a namespace that is left out is named, and is the least of it',
    yaml: `${shop}\n${system}${policy(ASKED_ABOUT_EXEC, {
      match: 'namespaceSelector: { matchExpressions: [{ key: kind, operator: NotIn, values: [system] }] }',
    })}`,
    evidence,
    fails: [{ path, severity: 'low', message: /in namespace "kube-system"; it is not enough/ }],
  },
  {
    name: 'a namespace that enforces baseline has no pods that it would be worse to get into',
    yaml: '{ kind: Namespace, metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: baseline } } }',
    evidence,
    passes: true,
  },
  {
    name: 'unless nobody looks at the label',
    yaml: '{ kind: Namespace, metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: baseline } } }',
    evidence: apiServerWith({ ...modern, podSecurity: false }),
    fails: [path],
  },
  {
    name: 'and whether somebody does is unknown where that of the plugin is',
    yaml: '{ kind: Namespace, metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: restricted } } }',
    evidence: { ...evidence, podSecurity: { unobserved: 'GET /flagz was answered 403' } },
    unknown: /^GET \/flagz was answered 403$/,
  },
  {
    name: 'from 1.36 on policies may stand in files that the API does not show',
    yaml: shop,
    evidence: apiServerWith({ ...modern, admissionConfigurationFile: true }),
    unknown: /the file of --admission-control-config-file may name policies/,
  },
  {
    name: 'before 1.36 they may not',
    yaml: shop,
    evidence: apiServerWith({ ...modern, minorVersion: 35, admissionConfigurationFile: true }),
    fails: [path],
  },
  {
    name: 'who may change requests may refuse them, too',
    yaml: shop + webhook('Mutating', ASKED_ABOUT_EXEC),
    evidence,
    unknown: /^whether MutatingWebhookConfiguration "engine" refuses exec cannot be seen from outside$/,
  },
  {
    name: 'a cluster without namespaces is none that was read',
    yaml: '',
    evidence,
    unknown: /^no namespace is known$/,
  },
  {
    name: 'policies that may not be read leave it unknown',
    yaml: shop,
    evidence,
    missing: [{ source: 'ValidatingAdmissionPolicy', state: 'forbidden', message: 'listing them is forbidden' }],
    unknown: /^listing them is forbidden$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
