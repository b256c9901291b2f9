import { nodeAuthorizer } from '../../../src/rules/api-server/node-authorizer.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(nodeAuthorizer, [
  {
    name: 'an API server without the authorizer Node fails',
    yaml: '',
    evidence: apiServerWith({ nodeAuthorizer: false }),
    fails: [
      {
        path: '--authorization-mode',
        observed: 'false',
        message: /^as observed \(a test\); add the authorizer Node before RBAC$/,
      },
    ],
  },
  {
    name: 'one with the authorizer Node passes',
    yaml: '',
    evidence: apiServerWith({ nodeAuthorizer: true }),
    passes: true,
  },
  {
    name: 'where no source tells it is unknown',
    yaml: '',
    evidence: { nodeAuthorizer: { unobserved: 'what a node that is none is answered does not tell' } },
    unknown: /^what a node that is none is answered does not tell$/,
  },
  {
    name: 'the one of several API servers that is started otherwise is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ nodeAuthorizer: true }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ nodeAuthorizer: false }) },
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
