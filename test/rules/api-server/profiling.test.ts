import { profiling } from '../../../src/rules/api-server/profiling.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(profiling, [
  {
    name: 'an API server that serves profiles fails',
    yaml: '',
    evidence: apiServerWith({ profiling: true }),
    fails: [{ path: '--profiling', observed: 'true', message: /^as observed \(a test\); start kube-apiserver with/ }],
  },
  {
    name: 'one that does not passes',
    yaml: '',
    evidence: apiServerWith({ profiling: false }),
    passes: true,
  },
  {
    name: 'where the flags cannot be seen it is unknown',
    yaml: '',
    evidence: { profiling: { unobserved: 'GET /flagz was answered 403; grant get on the URL /flagz' } },
    unknown: /^GET \/flagz was answered 403; grant get on the URL \/flagz$/,
  },
  {
    name: 'one of several API servers that serves profiles is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ profiling: false }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ profiling: true }) },
      { instance: '10.0.0.7:6443', evidence: {} },
    ],
    fails: [{ path: '--profiling', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'one of several API servers that nobody can see makes it unknown',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ profiling: false }) },
      { instance: '10.0.0.7:6443', evidence: {} },
    ],
    unknown: /^10\.0\.0\.7:6443: nobody asked for it$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
