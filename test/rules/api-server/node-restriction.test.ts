import { nodeRestriction } from '../../../src/rules/api-server/node-restriction.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(nodeRestriction, [
  {
    name: 'an API server with the plugin passes',
    yaml: '',
    evidence: apiServerWith({ nodeRestriction: true }),
    passes: true,
  },
  {
    name: 'one without it fails',
    yaml: '',
    evidence: apiServerWith({ nodeRestriction: false }),
    fails: [
      {
        path: '--enable-admission-plugins',
        observed: 'false',
        message: /^as observed \(a test\); enable NodeRestriction$/,
      },
    ],
  },
  {
    name: 'where nobody can tell it is unknown, and says what would help',
    yaml: '',
    evidence: { nodeRestriction: { unobserved: 'GET /metrics was answered 403; grant get on the URL /metrics' } },
    unknown: /^GET \/metrics was answered 403; grant get on the URL \/metrics$/,
  },
  {
    name: 'one of several API servers without it is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ nodeRestriction: true }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ nodeRestriction: false }) },
    ],
    fails: [{ path: '--enable-admission-plugins', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
