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
    passes: true,
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
    passes: true,
  },
  {
    name: 'an API server whose RBAC refuses the anonymous user passes',
    yaml: '',
    evidence: refused({ rbacAuthorizer: true }),
    passes: true,
  },
  {
    name: 'where it is not known that RBAC is what refuses, it is unknown whether it is harmless',
    yaml: '',
    evidence: refused({ anonymousAuthentication: 'on' }),
    unknown: /^nobody asked for it$/,
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
    evidence: refused({ rbacAuthorizer: true, anonymousAuthentication: 'on' }),
    params: { allowHarmless: false },
    fails: [
      {
        path: '--anonymous-auth',
        severity: 'medium',
        message: /^anonymous requests are taken at every path, and RBAC refuses them; .* rbac-anonymous-grants tells$/,
      },
    ],
  },
  {
    name: 'conditions that reach beyond health endpoints are told apart from none',
    yaml: '',
    evidence: refused({ rbacAuthorizer: true, anonymousAuthentication: 'conditional' }),
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
    passes: true,
  },
  {
    name: 'without answers, what the flags turn off is off',
    yaml: '',
    evidence: { ...apiServerWith({ anonymousAuthentication: 'off' }), anonymousRequests: switchedOff },
    passes: true,
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
          /: it tells which version runs; anonymous requests are taken at every path, .* rbac-anonymous-grants tells$/,
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
    fails: [{ path: 'GET /api', severity: 'medium' }],
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
    name: 'what is not clear may be worse than what is served',
    yaml: '',
    evidence: answered({ path: '/version', ...served }, { path: '/api', ...unavailable }),
    unknown: /^GET \/api without credentials was answered 503/,
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
    passes: true,
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
]);
