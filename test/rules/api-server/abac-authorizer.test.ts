import { abacAuthorizer } from '../../../src/rules/api-server/abac-authorizer.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(abacAuthorizer, [
  {
    name: 'an API server that asks the authorizer ABAC fails',
    yaml: '',
    evidence: apiServerWith({ abacAuthorizer: true }),
    fails: [
      {
        path: '--authorization-mode',
        observed: 'true',
        message: /^as observed \(a test\); take the authorizer ABAC out of it$/,
      },
    ],
  },
  {
    name: 'one without the authorizer ABAC passes',
    yaml: '',
    evidence: apiServerWith({ abacAuthorizer: false }),
    passes: true,
  },
  {
    name: 'where no source tells it is unknown',
    yaml: '',
    evidence: { abacAuthorizer: { unobserved: '/metrics shows no decision of the authorizer ABAC' } },
    unknown: /^\/metrics shows no decision of the authorizer ABAC$/,
  },
  {
    name: 'the one of several API servers that is started otherwise is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ abacAuthorizer: false }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ abacAuthorizer: true }) },
    ],
    fails: [{ path: '--authorization-mode', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
