import { serviceAccountKey } from '../../../src/rules/api-server/service-account-key.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(serviceAccountKey, [
  {
    name: 'an API server whose tokens share the key of its certificate fails',
    yaml: '',
    evidence: apiServerWith({ serviceAccountKeyFile: false }),
    fails: [
      {
        path: '--service-account-key-file',
        observed: 'false',
        message: /^as observed \(a test\); name a key that serves nothing else$/,
      },
    ],
  },
  {
    name: 'one with a key for tokens passes',
    yaml: '',
    evidence: apiServerWith({ serviceAccountKeyFile: true }),
    passes: true,
  },
  {
    name: 'where no source tells it is unknown',
    yaml: '',
    evidence: { serviceAccountKeyFile: { unobserved: 'GET /flagz was answered 404' } },
    unknown: /^GET \/flagz was answered 404$/,
  },
  {
    name: 'the one of several API servers that is started otherwise is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ serviceAccountKeyFile: true }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ serviceAccountKeyFile: false }) },
    ],
    fails: [{ path: '--service-account-key-file', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
