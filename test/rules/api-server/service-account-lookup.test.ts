import { serviceAccountLookup } from '../../../src/rules/api-server/service-account-lookup.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(serviceAccountLookup, [
  {
    name: 'an API server that accepts tokens of what was deleted fails',
    yaml: '',
    evidence: apiServerWith({ serviceAccountLookup: false }),
    fails: [
      { path: '--service-account-lookup', observed: 'false', message: /^as observed \(a test\); leave it at true$/ },
    ],
  },
  {
    name: 'one that looks tokens up passes',
    yaml: '',
    evidence: apiServerWith({ serviceAccountLookup: true }),
    passes: true,
  },
  {
    name: 'where no source tells it is unknown',
    yaml: '',
    evidence: { serviceAccountLookup: { unobserved: '/flagz does not show --service-account-lookup' } },
    unknown: /^\/flagz does not show --service-account-lookup$/,
  },
  {
    name: 'the one of several API servers that is started otherwise is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ serviceAccountLookup: true }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ serviceAccountLookup: false }) },
    ],
    fails: [{ path: '--service-account-lookup', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
