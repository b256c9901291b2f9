import { alwaysAllow } from '../../../src/rules/api-server/always-allow.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(alwaysAllow, [
  {
    name: 'an API server that allows what nobody granted fails',
    yaml: '',
    evidence: apiServerWith({ unknownUserAllowed: true }),
    fails: [
      {
        path: '--authorization-mode',
        observed: 'true',
        message: /^as observed \(a test\); set the authorization mode/,
      },
    ],
  },
  {
    name: 'an API server that refuses it passes',
    yaml: '',
    evidence: apiServerWith({ unknownUserAllowed: false, alwaysAllowAuthorizer: false }),
    passes: true,
  },
  {
    name: 'one whose authorizer AlwaysAllow comes after one that refuses fails as well',
    yaml: '',
    evidence: apiServerWith({ unknownUserAllowed: false, alwaysAllowAuthorizer: true }),
    fails: ['--authorization-mode'],
  },
  {
    name: 'without the permission to ask it is unknown',
    yaml: '',
    evidence: { unknownUserAllowed: { unobserved: 'asking needs the permission to create subjectaccessreviews' } },
    unknown: /^asking needs the permission to create subjectaccessreviews$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
