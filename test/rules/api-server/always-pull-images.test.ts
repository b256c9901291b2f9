import { alwaysPullImages } from '../../../src/rules/api-server/always-pull-images.ts';
import { apiServerWith } from '../evidence.ts';
import { policy, webhook } from '../lib/reviewers-yaml.ts';
import { testRule } from '../rule-tester.ts';

const path = '--enable-admission-plugins';
const shop = '{ kind: Namespace, metadata: { name: shop } }';
const system = '{ kind: Namespace, metadata: { name: kube-system, labels: { kind: system } } }';
const modern = {
  validatingWebhooks: true,
  validatingAdmissionPolicy: true,
  minorVersion: 37,
  admissionConfigurationFile: false,
} as const;
const evidence = apiServerWith({ ...modern, alwaysPullImages: false });
const unseen = { unobserved: 'GET /flagz was answered 403; grant get on the URL /flagz' };

testRule(alwaysPullImages, [
  {
    name: 'an API server with the plugin passes',
    yaml: shop,
    evidence: apiServerWith({ alwaysPullImages: true }),
    passes: true,
  },
  {
    name: 'without it, and without anything else that is asked about pods, it fails, and names what kubelets may do',
    yaml: shop,
    evidence,
    fails: [
      {
        path,
        observed: 'false',
        message:
          /enable AlwaysPullImages, .*KubeletEnsureSecretPulledImages\) is not known without their configuration$/,
      },
    ],
  },
  {
    name: 'before 1.35 kubelets check nothing',
    yaml: shop,
    evidence: apiServerWith({ ...modern, alwaysPullImages: false, minorVersion: 34 }),
    fails: [{ path, message: /by a MutatingAdmissionPolicy$/ }],
  },
  {
    name: 'a webhook that may change every pod makes it unknown: it may set the policy, and may not',
    yaml: shop + webhook('Mutating'),
    evidence,
    unknown:
      /^as observed \(a test\), and MutatingWebhookConfiguration "engine" may set or demand the pull policy Always instead, which cannot be seen/,
  },
  {
    name: 'a policy that may refuse every pod does so too',
    yaml: shop + policy(),
    evidence,
    unknown: /ValidatingAdmissionPolicy "guard" may set or demand/,
  },
  {
    name: 'not where its plugin is off',
    yaml: shop + policy(),
    evidence: apiServerWith({ ...modern, alwaysPullImages: false, validatingAdmissionPolicy: false }),
    fails: [path],
  },
  {
    name: 'where nobody knows of its plugin it may',
    yaml: shop + policy(),
    evidence: { ...evidence, validatingAdmissionPolicy: unseen },
    unknown: /and ValidatingAdmissionPolicy "guard" may/,
  },
  {
    name: 'a namespace where nothing is asked fails',
    yaml: `${shop}\n---\n{ kind: Namespace, metadata: { name: free, labels: { free: here } } }
${webhook('Mutating', undefined, 'namespaceSelector: { matchExpressions: [{ key: free, operator: DoesNotExist }] }')}`,
    evidence,
    fails: [{ path, message: /"engine" may set or demand the pull policy Always, but not in namespace "free"$/ }],
  },
  {
    name: 'the guard of the namespace of probes does nothing about it',
    yaml: shop + policy().replaceAll('guard', 'merlon-probes'),
    evidence,
    fails: [{ path, message: /without their configuration$/ }],
  },
  {
    name: 'in the namespace of probes nobody needs to be asked',
    yaml: `${shop}\n---\n{ kind: Namespace, metadata: { name: merlon-probes, labels: { kind: probes } } }
${webhook('Mutating', undefined, 'namespaceSelector: { matchExpressions: [{ key: kind, operator: DoesNotExist }] }')}`,
    evidence,
    unknown: /and MutatingWebhookConfiguration "engine" may/,
  },
  {
    name: 'the namespaces of Kubernetes may be spared',
    yaml: `${system}\n---\n${shop}
${webhook('Mutating', undefined, 'namespaceSelector: { matchExpressions: [{ key: kind, operator: DoesNotExist }] }')}`,
    evidence,
    unknown: /"engine"/,
  },
  {
    name: 'policies may stand in files that the API does not show',
    yaml: shop,
    evidence: apiServerWith({ ...modern, alwaysPullImages: false, admissionConfigurationFile: true }),
    unknown: /may name policies that the API does not show$/,
  },
  {
    name: 'whether they do is unknown where the flags cannot be seen',
    yaml: shop,
    evidence: { ...evidence, admissionConfigurationFile: unseen },
    unknown: /^GET \/flagz was answered 403; grant get on the URL \/flagz$/,
  },
  {
    name: 'where nobody can tell of the plugin it is unknown',
    yaml: shop,
    evidence: { ...evidence, alwaysPullImages: unseen },
    unknown: /^GET \/flagz was answered 403; grant get on the URL \/flagz$/,
  },
  {
    name: 'webhooks that may not be read leave it unknown',
    yaml: shop,
    evidence,
    missing: [{ source: 'MutatingWebhookConfiguration', state: 'forbidden', message: 'listing them is forbidden' }],
    unknown: /^listing them is forbidden$/,
  },
  {
    name: 'a policy that demands nothing of pods is no guard',
    yaml: shop + policy().replace("expression: 'false'", "expression: '1 == 1'"),
    evidence: evidence,
    fails: [
      {
        path: path,
        message: /; ValidatingAdmissionPolicy "guard" refuses nothing, as its validations hold whatever comes$/,
      },
    ],
  },
  {
    name: 'a policy that looks at who asks, and not at the pod, is no guard',
    yaml: shop + policy().replace("expression: 'false'", 'expression: request.userInfo.username != "guest"'),
    evidence: evidence,
    fails: [{ path: path, message: /; ValidatingAdmissionPolicy "guard" looks at nothing of what is created$/ }],
  },
  {
    name: 'a policy that only warns is no guard',
    yaml: shop + policy(undefined, { binding: 'validationActions: [Warn, Audit]' }),
    evidence: evidence,
    fails: [path],
  },
  {
    name: 'a policy that looks at the pod may be one, which is not seen',
    yaml: shop + policy().replace("expression: 'false'", 'expression: object.spec.hostNetwork != true'),
    evidence: evidence,
    unknown: /ValidatingAdmissionPolicy "guard" may /,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
