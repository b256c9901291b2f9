import { podSecurityAdmission } from '../../../src/rules/api-server/pod-security-admission.ts';
import { apiServerWith } from '../evidence.ts';
import { policy, webhook } from '../lib/reviewers-yaml.ts';
import { testRule } from '../rule-tester.ts';

const label = 'pod-security.kubernetes.io/enforce';
const shop = '{ kind: Namespace, metadata: { name: shop } }';
const enforced = `{ kind: Namespace, metadata: { name: safe, labels: { ${label}: baseline } } }`;
const modern = {
  podSecurity: true,
  podSecurityPolicy: false,
  validatingWebhooks: true,
  validatingAdmissionPolicy: true,
  minorVersion: 37,
  admissionConfigurationFile: false,
} as const;
const evidence = apiServerWith(modern);
const unseen = { unobserved: 'GET /flagz was answered 403; grant get on the URL /flagz' };

testRule(podSecurityAdmission, [
  {
    name: "that Merlon's own namespace enforces a level says nothing of people's",
    yaml: `${shop}\n---\n{ kind: Namespace, metadata: { name: merlon, labels: { app.kubernetes.io/part-of: merlon, ${label}: restricted } } }`,
    evidence,
    fails: [label],
  },
  {
    name: 'the plugin, and a namespace that asks it to enforce a level, pass',
    yaml: `${shop}\n---\n${enforced}`,
    evidence,
    passes: true,
  },
  {
    name: 'the plugin alone refuses nothing',
    yaml: shop,
    evidence,
    fails: [
      { path: label, observed: 'true', message: /no namespace has the label .* so that it refuses nothing; label/ },
    ],
  },
  {
    name: 'privileged is no level that refuses anything',
    yaml: `{ kind: Namespace, metadata: { name: shop, labels: { ${label}: privileged } } }`,
    evidence,
    fails: [label],
  },
  {
    name: 'a file may set a level for all namespaces, which nobody can see',
    yaml: shop,
    evidence: apiServerWith({ ...modern, admissionConfigurationFile: true }),
    unknown: /whether the file of --admission-control-config-file sets a default cannot be seen from outside$/,
  },
  {
    name: 'whether there is such a file is unknown where the flags cannot be seen',
    yaml: shop,
    evidence: { ...evidence, admissionConfigurationFile: unseen },
    unknown: /^GET \/flagz was answered 403/,
  },
  {
    name: 'without the plugin labels mean nothing',
    yaml: enforced,
    evidence: apiServerWith({ ...modern, podSecurity: false }),
    fails: [{ path: '--disable-admission-plugins', message: /^as observed \(a test\); do not disable PodSecurity/ }],
  },
  {
    name: 'a webhook that is asked about every pod may refuse what is dangerous',
    yaml: shop + webhook('Validating'),
    evidence: apiServerWith({ ...modern, podSecurity: false }),
    unknown: /ValidatingWebhookConfiguration "engine" may refuse dangerous pods instead, which cannot be seen/,
  },
  {
    name: 'a policy in one namespace leaves the others open',
    yaml: `${shop}${policy(undefined, { match: 'namespaceSelector: { matchLabels: { team: a } }' })}`,
    evidence: apiServerWith({ ...modern, podSecurity: false }),
    fails: [
      {
        path: '--disable-admission-plugins',
        message: /ValidatingAdmissionPolicy "guard" may refuse dangerous pods, but not in namespace "shop"$/,
      },
    ],
  },
  {
    name: 'until 1.24 PodSecurityPolicy passes',
    yaml: shop,
    evidence: apiServerWith({ podSecurity: false, podSecurityPolicy: true, minorVersion: 20 }),
    passes: true,
  },
  {
    name: 'until then it may be on unless somebody says it is not',
    yaml: shop,
    evidence: { ...apiServerWith({ podSecurity: false, minorVersion: 20 }), podSecurityPolicy: unseen },
    unknown: /^GET \/flagz was answered 403/,
  },
  {
    name: 'where nobody can tell of the plugin it is unknown, labels or not',
    yaml: enforced,
    evidence: { ...evidence, podSecurity: unseen },
    unknown: /^GET \/flagz was answered 403/,
  },
  {
    name: 'a policy that demands nothing of pods is no guard',
    yaml: shop + policy().replace("expression: 'false'", "expression: '1 == 1'"),
    evidence: apiServerWith({ ...modern, podSecurity: false }),
    fails: [
      {
        path: '--disable-admission-plugins',
        message: /; ValidatingAdmissionPolicy "guard" refuses nothing, as its validations hold whatever comes$/,
      },
    ],
  },
  {
    name: 'a policy that looks at who asks, and not at the pod, is no guard',
    yaml: shop + policy().replace("expression: 'false'", 'expression: request.userInfo.username != "guest"'),
    evidence: apiServerWith({ ...modern, podSecurity: false }),
    fails: [
      {
        path: '--disable-admission-plugins',
        message: /; ValidatingAdmissionPolicy "guard" looks at nothing of what is created$/,
      },
    ],
  },
  {
    name: 'a policy that only warns is no guard',
    yaml: shop + policy(undefined, { binding: 'validationActions: [Warn, Audit]' }),
    evidence: apiServerWith({ ...modern, podSecurity: false }),
    fails: ['--disable-admission-plugins'],
  },
  {
    name: 'a policy that looks at the pod may be one, which is not seen',
    yaml: shop + policy().replace("expression: 'false'", 'expression: object.spec.hostNetwork != true'),
    evidence: apiServerWith({ ...modern, podSecurity: false }),
    unknown: /ValidatingAdmissionPolicy "guard" may /,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
