import { execAdmission } from '../../../src/rules/api-server/exec-admission.ts';
import { planExecLabel } from '../../../src/enforcement/plan/exec-label.ts';
import { printEnforcement } from '../../../src/report/enforcement-text.ts';
import { printGuards } from '../../enforcement/printed-guards.ts';
import { apiServerWith } from '../evidence.ts';
import { ASKED_ABOUT_EXEC, policy, webhook } from '../lib/reviewers-yaml.ts';
import { testRule } from '../rule-tester.ts';
import type { Row } from '../rule-tester.ts';

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
const guard = `\n---\n${printGuards()}`;
const guardEverywhere = `\n---\n${printGuards({ withoutLabel: 'deny', keptOut: [], breakGlassGroups: ["on'call"] })}`;

const guardByLabel = `\n---\n${printGuards({ withoutLabel: 'deny', keptOut: [], byLabel: true })}`;
function printLabel(keptOut: readonly string[]): string {
  return [...printEnforcement(planExecLabel({ keptOut }))].join('');
}

function labelledPod(label: string, spec: string, namespace: string): string {
  return `\n---\n{ kind: Pod, metadata: { name: ${label}, namespace: ${namespace}, labels: { merlon.dev/exec: ${label} } }, spec: { ${spec} containers: [{ name: main }] } }`;
}

/** A namespace with the label that the API server gives it, and that of its mode. */
function named(name: string, mode?: string): string {
  const labels = mode === undefined ? '' : `, merlon.dev/enforce: ${mode}`;
  return `\n---\n{ kind: Namespace, metadata: { name: ${name}, labels: { kubernetes.io/metadata.name: ${name}${labels} } } }`;
}

/** Whatever it does, it is asked. */
const notSeen = / is asked about exec and attach; what it refuses is not seen$/;

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
    name: 'where no policy is served, labels and webhooks are what would do',
    yaml: shop,
    evidence: apiServerWith({ ...modern, minorVersion: 29, validatingAdmissionPolicy: false }),
    fails: [
      {
        path,
        message:
          /in namespace "shop"; Kubernetes 1\.29 serves no ValidatingAdmissionPolicy; label namespaces pod-security\.kubernetes\.io\/enforce=baseline, .* or let a validating webhook decide/,
      },
    ],
  },
  {
    name: 'a policy that is bound with Deny everywhere passes',
    yaml: shop + policy(ASKED_ABOUT_EXEC),
    evidence,
    passes: notSeen,
  },
  {
    name: 'a policy that looks at who asks, or at the pod, passes',
    yaml: shop + policyThat("request.userInfo.groups.exists(g, g == 'sre')", "!request.name.startsWith('db-')"),
    evidence,
    passes: notSeen,
  },
  ...(
    [
      ['true', 'true'],
      ['1 == 1', '1 == 1'],
      ['a variable that is true', 'variables.fine'],
      ['anything or true', "request.name != 'web' || true"],
      ['what it is itself', 'object.stdin == object.stdin'],
    ] as const
  ).map(([what, expression]): Row => ({
    name: `a policy that demands no more than ${what} refuses nothing`,
    yaml: shop + policyThat(expression),
    evidence,
    fails: [
      {
        path,
        message:
          /in namespace "shop"; ValidatingAdmissionPolicy "guard" refuses nothing, as its validations hold whatever comes; bind/,
      },
    ],
  })),
  ...(
    [
      ['the command alone', "object.command.all(word, word != 'sh')"],
      ['nothing at all', 'size([1, 2]) == 3'],
      ['the way in alone', "request.subResource == 'attach'"],
    ] as const
  ).map(([what, expression]): Row => ({
    name: `a policy that looks at ${what} does not decide who gets into which pod`,
    yaml: shop + policyThat(expression),
    evidence,
    fails: [
      {
        path,
        message: /; ValidatingAdmissionPolicy "guard" looks at nothing that tells which pod or who it is; bind/,
      },
    ],
  })),
  {
    name: 'beside what refuses nothing, one validation that may is enough',
    yaml: shop + policyThat('true', "request.userInfo.username == 'admin'"),
    evidence,
    passes: notSeen,
  },
  {
    name: 'a policy that refuses all of it is one',
    yaml: shop + policyThat('1 == 2'),
    evidence,
    passes: notSeen,
  },
  {
    name: 'a policy that is longer than is read may refuse anything, and is not weighed',
    yaml: shop + policyThat("request.name != 'web' || ".repeat(2_000) + 'true'),
    evidence,
    unknown: /^which requests ValidatingAdmissionPolicy "guard" spares .*, or in more words than are read, cannot be/,
  },
  {
    name: 'a policy with parameters spares whatever they say',
    yaml:
      shop +
      policy(ASKED_ABOUT_EXEC, {
        spec: 'paramKind: { apiVersion: v1, kind: ConfigMap }',
        binding: 'validationActions: [Deny], paramRef: { name: none, parameterNotFoundAction: Allow }',
      }),
    evidence,
    unknown:
      /^which requests ValidatingAdmissionPolicy "guard" spares by its matchConditions or parameters, or in more words than are read, cannot be/,
  },
  {
    name: 'a policy that wants parameters and is bound to none is no surer',
    yaml: shop + policy(ASKED_ABOUT_EXEC, { spec: 'paramKind: { apiVersion: v1, kind: ConfigMap }' }),
    evidence,
    unknown:
      /^which requests ValidatingAdmissionPolicy "guard" spares by its matchConditions or parameters, or in more words than are read, cannot be/,
  },
  {
    name: 'conditions that spare every request leave it unknown, and never pass',
    yaml: shop + policy(ASKED_ABOUT_EXEC, { spec: "matchConditions: [{ name: never, expression: 'false' }]" }),
    evidence,
    unknown: /^which requests ValidatingAdmissionPolicy "guard" spares by its matchConditions/,
  },
  {
    name: 'a policy that nobody has bound is not asked',
    yaml: shop + String(policy(ASKED_ABOUT_EXEC).split('---\nkind: ValidatingAdmissionPolicyBinding')[0]),
    evidence,
    fails: [{ path, message: /in namespace "shop"; bind/ }],
  },
  ...['[Warn]', '[Audit]', '[Warn, Audit]', '[]'].map((actions): Row => ({
    name: `a policy that is bound with ${actions} refuses nothing`,
    yaml: shop + policy(ASKED_ABOUT_EXEC, { binding: `validationActions: ${actions}` }),
    evidence,
    fails: [{ path, message: /in namespace "shop"; bind/ }],
  })),
  ...(
    [
      ['namespaces that there are not', 'namespaceSelector: { matchLabels: { kind: none } }'],
      ['objects with labels, of which exec has none', 'objectSelector: { matchLabels: { kind: none } }'],
      ['other resources', "resourceRules: [{ operations: [CREATE], apiGroups: [''], resources: [pods] }]"],
      [
        'nothing, as it leaves everything out',
        "excludeResourceRules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }]",
      ],
    ] as const
  ).flatMap(([what, match]): readonly Row[] => [
    {
      name: `a binding for ${what} does not count`,
      yaml: shop + policy(ASKED_ABOUT_EXEC, { binding: `validationActions: [Deny], matchResources: { ${match} }` }),
      evidence,
      fails: [{ path, message: /in namespace "shop"; / }],
    },
  ]),
  {
    name: 'a policy that lets requests pass where it fails is not enough',
    yaml: shop + policy(ASKED_ABOUT_EXEC, { spec: 'failurePolicy: Ignore' }),
    evidence,
    fails: [{ path, message: /"guard" is asked, which lets requests pass where it fails; bind/ }],
  },
  {
    name: 'a webhook with conditions may spare any request',
    yaml:
      shop +
      webhook(
        'Validating',
        ASKED_ABOUT_EXEC,
        'failurePolicy: Fail, matchConditions: [{ name: some, expression: "false" }]',
      ),
    evidence,
    unknown:
      /^which requests ValidatingWebhookConfiguration "engine" spares by its matchConditions or parameters, or in more words than are read, cannot be told from outside$/,
  },
  {
    name: 'beside one with conditions an open namespace fails all the same',
    yaml:
      `${shop}\n---\n{ kind: Namespace, metadata: { name: team, labels: { kind: team } } }` +
      webhook(
        'Validating',
        ASKED_ABOUT_EXEC,
        'failurePolicy: Fail, matchConditions: [{ name: some, expression: "false" }], namespaceSelector: { matchLabels: { kind: team } }',
      ),
    evidence,
    fails: [{ path, message: /in namespace "shop"; which requests .* spares by its matchConditions/ }],
  },
  {
    name: 'a webhook that is asked everywhere passes',
    yaml: shop + webhook('Validating', ASKED_ABOUT_EXEC, 'failurePolicy: Fail'),
    evidence,
    passes: notSeen,
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
    name: "Merlon's own guard passes where it refuses everywhere",
    yaml: named('shop').replace('\n---\n', '') + named('kube-system') + guardEverywhere,
    evidence,
    passes: true,
  },
  {
    name: 'of namespaces that it leaves out, records or does not know it says so',
    yaml: `${named('a', 'deny').replace('\n---\n', '')}${named('b', 'deny')}${named('kube-system', 'deny')}${named('lab', 'audit')}${named('new')}${guard}`,
    evidence,
    fails: [
      {
        path,
        severity: 'low',
        message:
          /in namespace "kube-system" and 2 more; Merlon's exec guard "merlon-exec-guard" refuses them in namespace "a" and 1 more, and only records them in namespace "lab"; bind/,
      },
    ],
  },
  {
    name: 'where no namespace is labelled it refuses them nowhere, and it is as bad as without it',
    yaml: `${named('a').replace('\n---\n', '')}${guard}`,
    evidence,
    fails: [{ path, message: /"merlon-exec-guard" refuses them in no namespace; bind/ }],
  },
  {
    name: 'it is known by its text, under whatever name',
    yaml: `${named('a', 'deny').replace('\n---\n', '')}${named('b')}${guard.replaceAll('merlon-exec-guard', 'doorman')}`,
    evidence,
    fails: [{ path, severity: 'low', message: /Merlon's exec guard "doorman" refuses them in namespace "a"; bind/ }],
  },
  {
    name: 'that spares pods by a label passes where the label is kept, and no pod has it wrongly',
    yaml:
      named('shop').replace('\n---\n', '') +
      named('kube-system') +
      guardByLabel +
      labelledPod('open', '', 'shop') +
      labelledPod('guarded', 'hostPID: true,', 'shop'),
    evidence,
    passes: true,
  },
  {
    name: 'but not in a namespace in which one has it from before',
    yaml:
      named('shop').replace('\n---\n', '') +
      named('kube-system') +
      guardByLabel +
      labelledPod('open', 'hostPID: true,', 'shop'),
    evidence,
    fails: [
      {
        path,
        severity: 'low',
        message:
          /in namespace "shop"; Merlon's exec guard "merlon-exec-guard" refuses them in namespace "kube-system"; in namespace "shop" pods that are privileged or share namespaces of their node carry the label merlon\.dev\/exec=open .* and make them anew; bind/,
      },
    ],
  },
  {
    name: 'which is not known where pods are not',
    yaml: named('shop').replace('\n---\n', '') + guardByLabel,
    evidence,
    missing: [{ source: 'Pod', state: 'forbidden', message: 'listing pods is forbidden' }],
    unknown: /^listing pods is forbidden$/,
  },
  {
    name: 'and of a guard that looks at every pod it does not matter',
    yaml: named('shop').replace('\n---\n', '') + guardEverywhere + labelledPod('open', 'hostPID: true,', 'shop'),
    evidence,
    missing: [{ source: 'Pod', state: 'forbidden', message: 'listing pods is forbidden' }],
    passes: true,
  },
  ...(
    [
      ['by a label that nobody keeps', ''],
      ['by a label that is kept in some namespaces', printLabel(['shop'])],
      ['by a label that is only told of', printLabel([]).replace('[Deny, Audit]', '[Audit]')],
      ['by a label of which something else is kept', printLabel([]).replaceAll('hostPID', 'hostUsers')],
      ['by a label of which nothing is kept where that fails', printLabel([]).replaceAll('Fail', 'Ignore')],
    ] as const
  ).map(([what, label]) => ({
    name: `the guard that spares pods ${what} leaves it unknown`,
    yaml: named('shop').replace('\n---\n', '') + replaceIn(guardByLabel, printLabel([]), label),
    evidence,
    unknown:
      /^ValidatingAdmissionPolicy "merlon-exec-guard" is called like Merlon's exec guard or bound to some pods only/,
  })),
  altered('one word less', 'initContainers.orValue([]))', 'initContainers.orValue([]).filter(c, false))'),
  altered(
    'one condition more',
    'params.metadata.name == request.name',
    'params.metadata.name == request.name && false',
  ),
  altered('parameters of another kind', 'kind: Pod\n', 'kind: ConfigMap\n'),
  altered('everybody in its break-glass group', String.raw`['on\'call']`, "['system:authenticated']"),
  altered('a group in other letters', String.raw`['on\'call']`, String.raw`['\u0061']`),
  altered('a binding that shows it some pods only', 'selector: {}', 'selector: { matchLabels: { team: a } }'),
  altered('a binding that shows it one pod', 'selector: {}', 'name: web'),
  altered('a binding that shows it the pods of one namespace', 'selector: {}', 'selector: {}\n    namespace: other'),
  {
    name: 'what has its name and is about some pods only is not asked about the others',
    yaml: `${named('shop').replace('\n---\n', '')}${replaceIn(guardEverywhere, 'operations: [CONNECT]', 'operations: [CONNECT]\n        resourceNames: [web]')}`,
    evidence,
    fails: [{ path, message: /in namespace "shop"; bind/ }],
  },
  {
    name: 'of a policy under its name it is told beside what is open',
    yaml: `${named('a', 'deny').replace('\n---\n', '')}${named('b')}${replaceIn(guard, 'hostPID', 'hostUsers')}`,
    evidence,
    fails: [{ path, message: /in namespace "b"; ValidatingAdmissionPolicy "merlon-exec-guard" is called/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);

/** One about exec, with these validations and a variable that is always true. */
function policyThat(...expressions: readonly string[]): string {
  const validations = expressions.map((expression) => ({ expression }));
  return replaceIn(
    policy(ASKED_ABOUT_EXEC, { spec: "variables: [{ name: fine, expression: '!false' }]" }),
    "[{ expression: 'false' }]",
    JSON.stringify(validations),
  );
}

/** A row of what has the guard's name, and is not it. */
function altered(what: string, before: string, after: string): Row {
  return {
    name: `the guard with ${what} is not the guard, and what it refuses is unknown`,
    yaml: `${named('shop').replace('\n---\n', '')}${replaceIn(guardEverywhere, before, after)}`,
    evidence,
    unknown:
      /^ValidatingAdmissionPolicy "merlon-exec-guard" is called like Merlon's exec guard or bound to some pods only/,
  };
}

/** @throws {Error} where there is nothing to replace */
function replaceIn(text: string, before: string, after: string): string {
  if (!text.includes(before)) throw new Error(`there is no ${before} in the guard`);
  return text.replaceAll(before, after);
}
