import { alwaysAllow } from '../../../src/rules/api-server/always-allow.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';
import type { Row } from '../rule-tester.ts';

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
    name: 'without an answer, flags tell where RBAC and Node are all that there is',
    yaml: '',
    evidence: apiServerWith({ alwaysAllowAuthorizer: false, webhookAuthorizer: false, abacAuthorizer: false }),
    passes: true,
  },
  ...(['webhookAuthorizer', 'abacAuthorizer'] as const).map((other): Row => ({
    name: `without an answer, what is granted by another authorizer may be everything: ${other}`,
    yaml: '',
    evidence: {
      ...apiServerWith({
        alwaysAllowAuthorizer: false,
        webhookAuthorizer: false,
        abacAuthorizer: false,
        [other]: true,
      }),
      unknownUserAllowed: { unobserved: 'nobody may ask' },
    },
    unknown: /^as observed \(a test\), and what that allows is not known: nobody may ask$/,
  })),
  {
    name: 'without an answer, whether there is another authorizer has to be known',
    yaml: '',
    evidence: {
      ...apiServerWith({ alwaysAllowAuthorizer: false, abacAuthorizer: false }),
      webhookAuthorizer: { unobserved: 'what the file says cannot be seen' },
    },
    unknown: /^what the file says cannot be seen$/,
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
