import { namespaceLifecycle } from '../../../src/rules/api-server/namespace-lifecycle.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(namespaceLifecycle, [
  {
    name: 'an API server with the plugin passes',
    yaml: '',
    evidence: apiServerWith({ namespaceLifecycle: true }),
    passes: true,
  },
  {
    name: 'one without it fails',
    yaml: '',
    evidence: apiServerWith({ namespaceLifecycle: false }),
    fails: [
      {
        path: '--disable-admission-plugins',
        observed: 'false',
        message: /^as observed \(a test\); do not disable NamespaceLifecycle$/,
      },
    ],
  },
  {
    name: 'where nobody can tell it is unknown, and says what would help',
    yaml: '',
    evidence: { namespaceLifecycle: { unobserved: 'GET /metrics was answered 403; grant get on the URL /metrics' } },
    unknown: /^GET \/metrics was answered 403; grant get on the URL \/metrics$/,
  },
  {
    name: 'one of several API servers without it is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ namespaceLifecycle: true }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ namespaceLifecycle: false }) },
    ],
    fails: [{ path: '--disable-admission-plugins', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
