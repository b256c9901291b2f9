import { authorizationWebhook } from '../../../src/rules/api-server/authorization-webhook.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const inFile = { unobserved: 'what the file of --authorization-config says cannot be seen from outside' };

testRule(authorizationWebhook, [
  {
    name: 'an API server that goes on where its webhook fails fails',
    yaml: '',
    evidence: apiServerWith({ webhookAuthorizer: true, webhookAuthorizerFailsOpen: true }),
    fails: [
      {
        path: '--authorization-config',
        observed: 'true',
        message: /^as observed \(a test\); set failurePolicy: Deny for the webhook in it$/,
      },
    ],
  },
  {
    name: 'one that refuses where its webhook fails passes',
    yaml: '',
    evidence: apiServerWith({ webhookAuthorizer: true, webhookAuthorizerFailsOpen: false }),
    passes: true,
  },
  {
    name: 'one without a webhook passes, whatever else is not known',
    yaml: '',
    evidence: { ...apiServerWith({ webhookAuthorizer: false }), webhookAuthorizerFailsOpen: inFile },
    passes: true,
  },
  {
    name: 'one that went on without its webhook fails, though another source knows of none',
    yaml: '',
    evidence: apiServerWith({ webhookAuthorizer: false, webhookAuthorizerFailsOpen: true }),
    fails: ['--authorization-config'],
  },
  {
    name: 'a webhook whose failure policy nobody sees leaves it unknown',
    yaml: '',
    evidence: { ...apiServerWith({ webhookAuthorizer: true }), webhookAuthorizerFailsOpen: inFile },
    unknown: /^what the file of --authorization-config says cannot be seen from outside$/,
  },
  {
    name: 'where not even the webhook is known it is unknown',
    yaml: '',
    evidence: { webhookAuthorizerFailsOpen: inFile },
    unknown: /^what the file of --authorization-config says/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
