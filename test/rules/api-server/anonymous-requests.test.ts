import type { AnonymousAnswer, Evidence, FactValues } from '../../../src/core/evidence.ts';
import { anonymousRequests } from '../../../src/rules/api-server/anonymous-requests.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const unauthorized = { status: 401, namesAnonymousUser: false };
const forbidden = { status: 403, namesAnonymousUser: true };
const served = { status: 200, namesAnonymousUser: false };
const unavailable = { status: 503, namesAnonymousUser: false };
const notFound = { status: 404, namesAnonymousUser: false };

const switchedOff = { unobserved: 'requests without credentials are switched off' };

const clusterInfo = '/api/v1/namespaces/kube-public/configmaps/cluster-info';

function answered(...anonymousRequests: readonly AnonymousAnswer[]): Evidence {
  return apiServerWith({ anonymousRequests });
}

/** Nobody but RBAC decides. */
const rbacAlone = { rbacAuthorizer: true, webhookAuthorizer: false, abacAuthorizer: false };
const takenAnywhere = { ...rbacAlone, anonymousAuthentication: 'on' } as const;

const versionServed: readonly AnonymousAnswer[] = [
  { path: '/livez', ...served },
  { path: '/version', ...served },
  { path: '/api/v1/namespaces?limit=1', ...forbidden },
];

/** What Kubernetes and kubeadm grant to everybody. */
const defaults = `
---
kind: ClusterRole
metadata: { name: system:public-info-viewer }
rules: [{ nonResourceURLs: [/healthz, /livez, /readyz, /version, /version/], verbs: [get] }]
---
kind: ClusterRoleBinding
metadata: { name: system:public-info-viewer }
roleRef: { kind: ClusterRole, name: system:public-info-viewer }
subjects: [{ kind: Group, name: 'system:authenticated' }, { kind: Group, name: 'system:unauthenticated' }]
---
kind: Role
metadata: { namespace: kube-public, name: kubeadm:bootstrap-signer-clusterinfo }
rules: [{ apiGroups: [''], resources: [configmaps], resourceNames: [cluster-info], verbs: [get] }]
---
kind: RoleBinding
metadata: { namespace: kube-public, name: kubeadm:bootstrap-signer-clusterinfo }
roleRef: { kind: Role, name: kubeadm:bootstrap-signer-clusterinfo }
subjects: [{ kind: User, name: 'system:anonymous' }]
`;

const viewForAnybody = `
---
kind: ClusterRole
metadata: { name: view }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get, list] }]
---
kind: ClusterRoleBinding
metadata: { name: open-door }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: User, name: 'system:anonymous' }]
`;

/** As clusters have it that were set up before Kubernetes 1.14. */
const discoveryForAnybody = `
---
kind: ClusterRole
metadata: { name: 'system:discovery' }
rules: [{ nonResourceURLs: [/api, /api/*, /version], verbs: [get] }]
---
kind: ClusterRoleBinding
metadata: { name: 'system:discovery' }
roleRef: { kind: ClusterRole, name: 'system:discovery' }
subjects: [{ kind: Group, name: 'system:unauthenticated' }]
`;

function bindingInShop(name: string): string {
  return `
---
kind: RoleBinding
metadata: { namespace: shop, name: ${name} }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: Group, name: 'system:unauthenticated' }]
`;
}

/** Anonymous requests are taken, and whatever was asked was refused. */
function refused(others: Partial<FactValues>): Evidence {
  return apiServerWith({
    ...others,
    anonymousRequests: [
      { path: '/livez', ...served },
      { path: '/version', ...forbidden },
      { path: '/api/v1/namespaces?limit=1', ...forbidden },
    ],
  });
}

testRule(anonymousRequests, [
  {
    name: 'an API server that refuses anonymous requests everywhere passes',
    yaml: '',
    evidence: answered(
      { path: '/livez', ...unauthorized },
      { path: '/version', ...unauthorized },
      { path: '/api/v1/namespaces?limit=1', ...unauthorized },
    ),
    passes: /^anonymous requests are refused: whatever was asked without credentials is answered 401$/,
  },
  {
    name: 'an API server that serves nothing but its health endpoints passes',
    yaml: '',
    evidence: answered(
      { path: '/livez', ...served },
      { path: '/readyz', ...served },
      { path: '/healthz', ...served },
      { path: '/version', ...unauthorized },
      { path: '/api/v1/namespaces?limit=1', ...unauthorized },
    ),
    passes: /^anonymous requests are refused/,
  },
  {
    name: 'an API server that is told to take none is told apart from one that refused what was asked',
    yaml: '',
    evidence: apiServerWith({
      anonymousAuthentication: 'off',
      anonymousRequests: [{ path: '/version', ...unauthorized }],
    }),
    passes: /^anonymous requests are off: whatever was asked without credentials is answered 401$/,
  },
  {
    name: 'anonymous requests that RBAC alone decides about are harmless where nothing but the defaults is granted',
    yaml: defaults,
    evidence: refused(takenAnywhere),
    passes: /^anonymous requests are taken at every path, and harmless: RBAC alone decides .* nothing but the defaults/,
  },
  {
    name: 'they are harmless where nothing at all is granted to them',
    yaml: '',
    evidence: refused(takenAnywhere),
    passes: /^anonymous requests are taken at every path, and harmless: /,
  },
  {
    name: 'a binding that grants more makes them harmful, although every path that was asked was refused',
    yaml: defaults + viewForAnybody,
    evidence: refused(takenAnywhere),
    fails: [
      {
        path: '--anonymous-auth',
        severity: 'critical',
        message:
          /^anonymous requests are taken at every path, and more than Kubernetes grants by itself is granted to them by ClusterRoleBinding "open-door"; .* rbac-anonymous-grants/,
      },
    ],
  },
  {
    name: 'URLs beyond the defaults are more than the defaults, and less than objects',
    yaml: defaults + discoveryForAnybody,
    evidence: refused(takenAnywhere),
    fails: [{ path: '--anonymous-auth', severity: 'medium', message: /by ClusterRoleBinding "system:discovery";/ }],
  },
  {
    name: 'of many bindings the worst are named, and the others counted',
    yaml:
      discoveryForAnybody +
      viewForAnybody +
      bindingInShop('a') +
      bindingInShop('b') +
      bindingInShop('c') +
      bindingInShop('d'),
    evidence: refused(takenAnywhere),
    fails: [
      {
        path: '--anonymous-auth',
        severity: 'critical',
        message: /by ClusterRoleBinding "open-door", RoleBinding "shop\/a", RoleBinding "shop\/b" and 3 more; take/,
      },
    ],
  },
  {
    name: 'what a binding grants counts although a webhook decides, too',
    yaml: viewForAnybody,
    evidence: refused({ ...takenAnywhere, webhookAuthorizer: true }),
    fails: [{ path: '--anonymous-auth', severity: 'critical' }],
  },
  {
    name: 'a role that is not there may come to grant anything',
    yaml: bindingInShop('a'),
    evidence: refused(takenAnywhere),
    fails: [{ path: '--anonymous-auth', severity: 'high' }],
  },
  {
    name: 'what a policy expects to be granted is granted all the same',
    yaml: `${viewForAnybody}
---
kind: ClusterHardeningPolicy
metadata: { name: open }
spec:
  expectations:
    - { subject: { kind: User, name: 'system:anonymous' }, allow: [{ verbs: [get, list], apiGroups: [''], resources: [pods] }] }
`,
    evidence: refused(takenAnywhere),
    fails: [{ path: '--anonymous-auth', severity: 'info' }],
  },
  {
    name: 'a webhook that decides before or after RBAC may grant anything',
    yaml: defaults,
    evidence: refused({ ...takenAnywhere, webhookAuthorizer: true }),
    unknown: /not known: as observed \(a test\), and what that grants to them is not seen$/,
  },
  {
    name: 'policies of ABAC beside RBAC may grant anything',
    yaml: defaults,
    evidence: refused({ ...takenAnywhere, abacAuthorizer: true }),
    unknown: /not known: as observed \(a test\), and what that grants to them is not seen$/,
  },
  {
    name: 'whether there is a webhook has to be known',
    yaml: defaults,
    evidence: refused({ rbacAuthorizer: true, abacAuthorizer: false, anonymousAuthentication: 'on' }),
    unknown: /whether they are harmless is not known: nobody asked for it$/,
  },
  {
    name: 'whether there are policies of ABAC has to be known',
    yaml: defaults,
    evidence: refused({ rbacAuthorizer: true, webhookAuthorizer: false, anonymousAuthentication: 'on' }),
    unknown: /whether they are harmless is not known: nobody asked for it$/,
  },
  {
    name: 'bindings that nobody may read leave it unknown',
    yaml: '',
    evidence: refused(takenAnywhere),
    missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'grant list on rolebindings' }],
    unknown: /whether they are harmless is not known: grant list on rolebindings$/,
  },
  {
    name: 'roles that nobody may read leave it unknown where a binding names one',
    yaml: viewForAnybody,
    evidence: refused(takenAnywhere),
    missing: [{ source: 'ClusterRole', state: 'forbidden', message: 'grant list on clusterroles' }],
    unknown: /whether they are harmless is not known: grant list on clusterroles$/,
  },
  {
    name: 'the version that is told to everybody is found although the rest is harmless, and the message says so',
    yaml: defaults,
    evidence: apiServerWith({ ...takenAnywhere, anonymousRequests: versionServed }),
    fails: [
      {
        path: 'GET /version',
        severity: 'low',
        message: /taken at every path, and the rest is harmless: RBAC alone decides about them, and nothing but/,
      },
    ],
  },
  {
    name: 'the version that is told to everybody does not hide what is granted besides',
    yaml: defaults + viewForAnybody,
    evidence: apiServerWith({ ...takenAnywhere, anonymousRequests: versionServed }),
    fails: [
      { path: 'GET /version', severity: 'low', message: /anonymous requests are taken at every path$/ },
      { path: '--anonymous-auth', severity: 'critical', message: /by ClusterRoleBinding "open-door"/ },
    ],
  },
  {
    name: 'the version that is told to everybody does not make the rest harmless where a webhook decides, too',
    yaml: defaults,
    evidence: apiServerWith({ ...takenAnywhere, webhookAuthorizer: true, anonymousRequests: versionServed }),
    fails: [
      {
        path: 'GET /version',
        severity: 'low',
        message: /and whether the rest is harmless is not known: as observed \(a test\), and what that grants/,
      },
    ],
  },
  {
    name: 'the version that is told to everybody is not all that a policy may forbid',
    yaml: defaults,
    evidence: apiServerWith({ ...takenAnywhere, anonymousRequests: versionServed }),
    params: { allowHarmless: false },
    fails: [
      { path: 'GET /version', severity: 'low' },
      { path: '--anonymous-auth', severity: 'medium' },
    ],
  },
  {
    name: 'what is served and granted by nobody makes nothing harmless',
    yaml: defaults,
    evidence: apiServerWith({
      ...takenAnywhere,
      anonymousRequests: [
        { path: '/api', ...served },
        { path: '/metrics', ...forbidden },
      ],
    }),
    fails: [{ path: 'GET /api', severity: 'low', message: /and no binding shows by what that is granted$/ }],
  },
  {
    name: 'where it is not known that RBAC is what refuses, it is unknown whether it is harmless',
    yaml: '',
    evidence: refused({ anonymousAuthentication: 'on' }),
    unknown:
      /^anonymous requests are taken at every path, and whether they are harmless is not known: nobody asked for it$/,
  },
  {
    name: 'where something else than RBAC refuses, nobody sees what is granted',
    yaml: '',
    evidence: refused({ rbacAuthorizer: false }),
    fails: [
      {
        path: '--anonymous-auth',
        severity: 'medium',
        message: /^as observed \(a test\); anonymous requests are taken, and without RBAC nobody sees/,
      },
    ],
  },
  {
    name: 'a policy may ask for more than that it is harmless',
    yaml: '',
    evidence: refused(takenAnywhere),
    params: { allowHarmless: false },
    fails: [
      {
        path: '--anonymous-auth',
        severity: 'medium',
        message:
          /^anonymous requests are taken at every path, and harmless: RBAC alone .*; limit them by conditions, or turn them off$/,
      },
    ],
  },
  {
    name: 'conditions that reach beyond health endpoints are told apart from none',
    yaml: '',
    evidence: refused({ ...rbacAlone, anonymousAuthentication: 'conditional' }),
    params: { allowHarmless: false },
    fails: [
      { path: '--anonymous-auth', severity: 'medium', message: /^anonymous requests are taken at some paths only/ },
    ],
  },
  {
    name: 'conditions for health endpoints alone are as strict as it gets',
    yaml: '',
    evidence: apiServerWith({
      anonymousAuthentication: 'conditional',
      anonymousRequests: [
        { path: '/livez', ...served },
        { path: '/version', ...unauthorized },
      ],
    }),
    params: { allowHarmless: false },
    passes: /^anonymous requests are limited by conditions: as observed$/,
  },
  {
    name: 'without answers, what the flags turn off is off',
    yaml: '',
    evidence: { ...apiServerWith({ anonymousAuthentication: 'off' }), anonymousRequests: switchedOff },
    passes: /^anonymous requests are off: as observed$/,
  },
  {
    name: 'without answers, what the flags leave on may be harmless or not',
    yaml: '',
    evidence: { ...apiServerWith({ anonymousAuthentication: 'on' }), anonymousRequests: switchedOff },
    unknown: /^as observed \(a test\), and what is served to them is not known: requests .* are switched off$/,
  },
  {
    name: 'the version alone is a little',
    yaml: '',
    evidence: apiServerWith({
      anonymousAuthentication: 'on',
      anonymousRequests: [
        { path: '/version', ...served },
        { path: '/api/v1/namespaces?limit=1', ...forbidden },
      ],
    }),
    fails: [
      {
        path: 'GET /version',
        severity: 'low',
        observed: '200',
        message:
          /: it tells which version runs; anonymous requests are taken at every path, and whether the rest is harmless is not known: nobody asked for it$/,
      },
    ],
  },
  {
    name: 'the version counts as much where conditions limit anonymous requests to it',
    yaml: '',
    evidence: apiServerWith({
      anonymousAuthentication: 'conditional',
      anonymousRequests: [
        { path: '/version', ...served },
        { path: '/api', ...unauthorized },
      ],
    }),
    fails: [{ path: 'GET /version', severity: 'low', message: /anonymous requests are taken at some paths only/ }],
  },
  {
    name: 'the list of APIs is more',
    yaml: '',
    evidence: answered({ path: '/api', ...served }, { path: '/api/v1/namespaces?limit=1', ...forbidden }),
    fails: [{ path: 'GET /api', severity: 'low' }],
  },
  {
    name: 'what kubeadm publishes is worth knowing',
    yaml: '',
    evidence: answered({ path: clusterInfo, ...served }, { path: '/version', ...forbidden }),
    fails: [{ path: `GET ${clusterInfo}`, severity: 'info' }],
  },
  {
    name: 'objects of the cluster are everything',
    yaml: '',
    evidence: answered(
      { path: '/livez', ...served },
      { path: '/version', ...served },
      { path: '/api/v1/namespaces?limit=1', ...served },
    ),
    fails: [
      { path: 'GET /version', severity: 'low' },
      { path: 'GET /api/v1/namespaces?limit=1', severity: 'critical' },
    ],
  },
  {
    name: 'metrics tell what is in the cluster',
    yaml: '',
    evidence: answered({ path: '/metrics', ...served }),
    fails: [{ path: 'GET /metrics', severity: 'critical' }],
  },
  {
    name: 'an answer that neither grants nor refuses leaves it unknown',
    yaml: '',
    evidence: answered({ path: '/version', ...forbidden }, { path: '/api/v1/namespaces?limit=1', ...unavailable }),
    unknown: /^GET \/api\/v1\/namespaces\?limit=1 without credentials was answered 503/,
  },
  {
    name: 'what is not found was not refused',
    yaml: '',
    evidence: answered({ path: '/version', ...forbidden }, { path: clusterInfo, ...notFound }),
    unknown: /cluster-info without credentials was answered 404/,
  },
  {
    name: 'what is not clear hides nothing that is as bad',
    yaml: '',
    evidence: answered({ path: '/version', ...served }, { path: clusterInfo, ...notFound }),
    fails: [{ path: 'GET /version', severity: 'low' }],
  },
  {
    name: 'discovery that is not clear hides no version that is told, which is as bad',
    yaml: '',
    evidence: answered({ path: '/version', ...served }, { path: '/api', ...unavailable }),
    fails: [{ path: 'GET /version', severity: 'low' }],
  },
  {
    name: 'a refusal by somebody who stands before the API server is none of its own',
    yaml: '',
    evidence: answered({ path: '/version', status: 403, namesAnonymousUser: false }),
    unknown: /^GET \/version without credentials was answered 403, which neither grants nor refuses$/,
  },
  {
    name: 'one of several API servers that serves the anonymous user is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: answered({ path: '/version', ...unauthorized }) },
      { instance: '10.0.0.6:6443', evidence: answered({ path: '/version', ...served }) },
    ],
    fails: [{ path: 'GET /version', severity: 'low', message: /^10\.0\.0\.6:6443: GET \/version/ }],
  },
  {
    name: 'what was served does not hide that worse was left open',
    yaml: '',
    evidence: answered({ path: '/version', ...served }, { path: '/api/v1/namespaces?limit=1', ...unavailable }),
    unknown: /GET \/api\/v1\/namespaces\?limit=1 .* 503/,
  },
  {
    name: 'the worst that can be served is a failure, whatever else was left open',
    yaml: '',
    evidence: answered({ path: '/api/v1/namespaces?limit=1', ...served }, { path: '/metrics', ...unavailable }),
    fails: [{ path: 'GET /api/v1/namespaces?limit=1', severity: 'critical' }],
  },
  {
    name: 'a health endpoint that is unwell leaves nothing open',
    yaml: '',
    evidence: answered({ path: '/livez', ...unavailable }, { path: '/api/v1/namespaces?limit=1', ...unauthorized }),
    passes: /^anonymous requests are refused/,
  },
  {
    name: 'answers of health endpoints alone tell nothing',
    yaml: '',
    evidence: answered({ path: '/livez', ...unauthorized }),
    unknown: /nothing but health endpoints was asked/,
  },
  {
    name: 'no answer at all tells nothing',
    yaml: '',
    evidence: answered(),
    unknown: /nothing but health endpoints was asked/,
  },
  {
    name: 'without the observation it is unknown',
    yaml: '',
    evidence: {
      anonymousRequests: { unobserved: 'GET /livez without credentials was not answered: timeout' },
      unknownUserAllowed: { unobserved: 'nobody asked' },
      minorVersion: { unobserved: 'not asked' },
    },
    unknown: /^GET \/livez without credentials was not answered: timeout$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
  {
    name: 'evidence that may not be gathered leaves it unknown',
    yaml: '',
    missing: [{ source: 'Evidence', state: 'forbidden', message: 'asking is forbidden' }],
    unknown: /^asking is forbidden$/,
  },
  {
    name: 'several API servers that pass in the same way are told of once',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: answered({ path: '/version', ...unauthorized }) },
      { instance: '10.0.0.6:6443', evidence: answered({ path: '/version', ...unauthorized }) },
    ],
    passes: /^anonymous requests are refused: [^;]*$/,
  },
  {
    name: 'several API servers that pass otherwise are told apart',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: answered({ path: '/version', ...unauthorized }) },
      { instance: '10.0.0.6:6443', evidence: refused(takenAnywhere) },
    ],
    passes: /^10\.0\.0\.5:6443: anonymous requests are refused: .*; 10\.0\.0\.6:6443: .* and harmless: /,
  },
]);
