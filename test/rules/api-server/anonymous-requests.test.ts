import type { AnonymousAnswer, Evidence } from '../../../src/core/evidence.ts';
import { anonymousRequests } from '../../../src/rules/api-server/anonymous-requests.ts';
import { testRule } from '../rule-tester.ts';

const unauthorized = { status: 401, namesAnonymousUser: false };
const forbidden = { status: 403, namesAnonymousUser: true };
const served = { status: 200, namesAnonymousUser: false };
const unavailable = { status: 503, namesAnonymousUser: false };
const notFound = { status: 404, namesAnonymousUser: false };

const clusterInfo = '/api/v1/namespaces/kube-public/configmaps/cluster-info';

function answered(...value: readonly AnonymousAnswer[]): Evidence {
  return {
    anonymousRequests: { value, source: 'requests without credentials', confidence: 'high', detail: 'as observed' },
    unknownUserAllowed: { unobserved: 'nobody asked' },
    minorVersion: { unobserved: 'not asked' },
  };
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
    name: 'an API server whose authorizer refuses the anonymous user passes',
    yaml: '',
    evidence: answered(
      { path: '/livez', ...served },
      { path: '/version', ...forbidden },
      { path: '/api/v1/namespaces?limit=1', ...forbidden },
    ),
    passes: true,
  },
  {
    name: 'the version alone is a little',
    yaml: '',
    evidence: answered({ path: '/version', ...served }, { path: '/api/v1/namespaces?limit=1', ...forbidden }),
    fails: [{ path: 'GET /version', severity: 'low', observed: '200', message: /it tells which version runs$/ }],
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
