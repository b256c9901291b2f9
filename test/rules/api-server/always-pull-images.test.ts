import { planImagePulls } from '../../../src/enforcement/plan/image-pulls.ts';
import { planPullsKeeper } from '../../../src/enforcement/plan/image-pulls-keeper.ts';
import type { PlannedPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import type { PlannedExemption } from '../../../src/enforcement/plan/pod-family.ts';
import { alwaysPullImages } from '../../../src/rules/api-server/always-pull-images.ts';
import { imagePullPolicy } from '../../../src/rules/pod/image-pull-policy.ts';
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

const setting = apiServerWith({ ...modern, alwaysPullImages: false, mutatingAdmissionPolicy: true });
const older = apiServerWith({
  ...modern,
  alwaysPullImages: false,
  mutatingAdmissionPolicy: false,
  minorVersion: 34,
});
const modes = { withoutLabel: 'deny', keptOut: ['kube-system'] } as const;
const own = print(planImagePulls(modes));
const optedOut = '{ kind: Namespace, metadata: { name: free, labels: { merlon.dev/enforce: "off" } } }';

function twin(breakGlassGroups: readonly string[] = [], exemptions: readonly PlannedExemption[] = []): string {
  const { policy: planned } = planPodFamily({
    ...modes,
    family: 'image-pulls',
    rules: [{ rule: imagePullPolicy, params: {}, severity: 'medium' }],
    target: { podSecurityVersion: 34 },
    breakGlassGroups,
    exemptions,
  });
  return planned === undefined ? '' : print(planned);
}

function keeper(breakGlassGroups: readonly string[] = [], exemptions: readonly PlannedExemption[] = []): string {
  return print(planPullsKeeper({ rules: ['pod-image-pull-policy'], breakGlassGroups, exemptions }, modes));
}

/** A webhook that is asked about every pod again. */
const again = webhook('Mutating', undefined, 'reinvocationPolicy: IfNeeded');

/** As `merlon enforce -o yaml` prints it, with the bindings. */
function print({ kind, name, spec, bindings }: PlannedPolicy): string {
  const objects = [
    { kind, metadata: { name }, spec },
    ...bindings.map(({ mode, spec: bound }) => ({
      kind: `${kind}Binding`,
      metadata: { name: `${name}-${mode}` },
      spec: bound,
    })),
  ];
  return objects.map((one) => `\n---\n${JSON.stringify(one)}`).join('');
}

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
    name: "nor in Merlon's own, where it never acts",
    yaml: `${shop}\n---\n{ kind: Namespace, metadata: { name: merlon, labels: { kind: own } } }
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
    name: "Merlon's own policy that sets the pull policy passes where it is in every namespace, but those of Kubernetes",
    yaml: `${system}\n---\n${shop}${own}`,
    evidence: setting,
    passes:
      /^as observed \(a test\), and MutatingAdmissionPolicy "merlon-image-pulls", as Merlon prints it to the letter, is there/,
  },
  {
    name: 'its name does not matter',
    yaml: shop + own.replaceAll('merlon-image-pulls', 'pulls'),
    evidence: setting,
    passes: /MutatingAdmissionPolicy "pulls", as Merlon prints it/,
  },
  {
    name: 'where a namespace opted out it fails',
    yaml: `${shop}\n---\n${optedOut}${own}`,
    evidence: setting,
    fails: [{ path, message: /"merlon-image-pulls" may .*, but not in namespace "free"$/ }],
  },
  {
    name: 'with its name and another text nobody knows what it does',
    yaml: shop + own.replace("imagePullPolicy: 'Always'", "imagePullPolicy: 'Never'"),
    evidence: setting,
    unknown: /and MutatingAdmissionPolicy "merlon-image-pulls" may set or demand/,
  },
  {
    name: 'nor where requests go on where it fails',
    yaml: shop + own.replace('"failurePolicy":"Fail"', '"failurePolicy":"Ignore"'),
    evidence: setting,
    unknown: /"merlon-image-pulls" may set or demand/,
  },
  {
    name: 'nor with one more condition',
    yaml:
      shop + own.replace('"matchConditions":[', '"matchConditions":[{"name":"not-web","expression":"object.x != 1"},'),
    evidence: setting,
    unknown: /"merlon-image-pulls" may set or demand/,
  },
  {
    name: 'it sets nothing where its plugin is off',
    yaml: shop + own,
    evidence: apiServerWith({ ...modern, alwaysPullImages: false, mutatingAdmissionPolicy: false }),
    fails: [{ path, message: /without their configuration$/ }],
  },
  {
    name: 'where nobody knows of its plugin it is unknown',
    yaml: shop + own,
    evidence: { ...evidence, mutatingAdmissionPolicy: unseen },
    unknown: /and MutatingAdmissionPolicy "merlon-image-pulls" may set or demand/,
  },
  {
    name: 'a binding that selects objects, too, sets it in some pods only',
    yaml:
      shop +
      own.replace(
        /(Binding".*)"objectSelector":\{\}/,
        '$1"objectSelector":{"matchExpressions":[{"key":"free","operator":"DoesNotExist"}]}',
      ),
    evidence: setting,
    unknown: /"merlon-image-pulls" may set or demand/,
  },
  {
    name: 'a binding that takes pods with some label only is none',
    yaml: shop + own.replace(/(Binding".*)"objectSelector":\{\}/, '$1"objectSelector":{"matchLabels":{"free":"no"}}'),
    evidence: setting,
    fails: [path],
  },
  {
    name: 'before 1.36 its twin that refuses other pull policies passes',
    yaml: shop + twin(),
    evidence: older,
    passes: /ValidatingAdmissionPolicy "merlon-image-pulls", as Merlon prints it to the letter/,
  },
  {
    name: 'also where it lets groups through that somebody put users into',
    yaml: shop + twin(['break-glass']),
    evidence: older,
    passes: /ValidatingAdmissionPolicy "merlon-image-pulls"/,
  },
  {
    name: 'not where those are all users',
    yaml: shop + twin(['system:authenticated']),
    evidence: older,
    unknown: /ValidatingAdmissionPolicy "merlon-image-pulls" may/,
  },
  {
    name: 'nor with exemptions, which may be for anything',
    yaml: shop + twin([], [{ name: 'x', rules: new Set(['pod-image-pull-policy']), condition: 'true' }]),
    evidence: older,
    fails: [{ path, message: /refuses nothing/ }],
  },
  {
    name: 'nor with an exemption for something',
    yaml:
      shop + twin([], [{ name: 'x', rules: new Set(['pod-image-pull-policy']), condition: 'object.kind == "Job"' }]),
    evidence: older,
    unknown: /ValidatingAdmissionPolicy "merlon-image-pulls" may/,
  },
  {
    name: 'a twin whose binding selects objects is not known to refuse every pod',
    yaml:
      shop +
      twin().replaceAll(
        /(PolicyBinding".*)"objectSelector":\{\}/g,
        '$1"objectSelector":{"matchExpressions":[{"key":"free","operator":"DoesNotExist"}]}',
      ),
    evidence: older,
    unknown: /ValidatingAdmissionPolicy "merlon-image-pulls" may/,
  },
  {
    name: 'where nobody knows whether the twin is asked it is unknown',
    yaml: shop + twin(),
    evidence: { ...older, validatingAdmissionPolicy: unseen },
    unknown: /ValidatingAdmissionPolicy "merlon-image-pulls" may/,
  },
  {
    name: 'where the twin is asked in one namespace, and what sets it in the other, it passes',
    yaml: `${shop}\n---\n{ kind: Namespace, metadata: { name: web, labels: { kubernetes.io/metadata.name: web } } }
${print(planImagePulls({ ...modes, keptOut: ['web'] }))}${twin()}`,
    evidence: setting,
    passes: /"merlon-image-pulls" or MutatingAdmissionPolicy "merlon-image-pulls"/,
  },
  {
    name: 'where a webhook may take back what it sets it is unknown',
    yaml: shop + own + again,
    evidence: setting,
    unknown:
      /^as observed \(a test\), and what MutatingAdmissionPolicy "merlon-image-pulls" sets MutatingWebhookConfiguration "engine" may take back in namespace "shop", where nothing that is known refuses it/,
  },
  {
    name: 'also where the webhook is asked about some pods only',
    yaml:
      shop +
      own +
      again.replace('reinvocationPolicy', 'objectSelector: { matchLabels: { mesh: on } }, reinvocationPolicy'),
    evidence: setting,
    unknown: /"engine" may take back/,
  },
  {
    name: 'not where the webhook is asked once, so that what sets it has the last word',
    yaml: shop + own + again.replace('IfNeeded', 'Never'),
    evidence: setting,
    passes: /"merlon-image-pulls", as Merlon prints it/,
  },
  {
    name: 'not where the webhook is asked in a namespace of Kubernetes alone',
    yaml: `${system}\n---\n${shop}${own}${again.replace('reinvocationPolicy', 'namespaceSelector: { matchLabels: { kind: system } }, reinvocationPolicy')}`,
    evidence: setting,
    passes: /"merlon-image-pulls", as Merlon prints it/,
  },
  {
    name: 'where what keeps it is there, too, it passes, whoever breaks the glass',
    yaml: shop + own + keeper(['oncall']) + again,
    evidence: setting,
    passes: /"merlon-image-pulls-keeper" or MutatingAdmissionPolicy "merlon-image-pulls", as Merlon prints it/,
  },
  {
    name: 'not with a condition that spares something',
    yaml:
      shop +
      own +
      keeper([], [{ name: 'x', rules: new Set(['pod-image-pull-policy']), condition: 'object.a == 1' }]) +
      again,
    evidence: setting,
    unknown: /"engine" may take back/,
  },
  {
    name: 'nor where somebody changed what it says',
    yaml: shop + own + keeper().replace("!= 'Always'", "== 'Never'") + again,
    evidence: setting,
    unknown: /"engine" may take back/,
  },
  {
    name: 'nor where nobody asks what validates',
    yaml: shop + own + keeper() + again,
    evidence: apiServerWith({
      ...modern,
      alwaysPullImages: false,
      mutatingAdmissionPolicy: true,
      validatingAdmissionPolicy: false,
    }),
    unknown: /"engine" may take back/,
  },
  {
    name: 'what keeps it is as good as what sets it: it lets in no other pod',
    yaml: shop + keeper(),
    evidence: setting,
    passes: /"merlon-image-pulls-keeper"/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
