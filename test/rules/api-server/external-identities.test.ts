import { externalIdentities } from '../../../src/rules/api-server/external-identities.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const inFile = { unobserved: 'what the file of --authentication-config says cannot be seen from outside' };

testRule(externalIdentities, [
  {
    name: 'an API server that knows no issuer and asks no webhook fails',
    yaml: '',
    evidence: apiServerWith({ tokenIssuerAuthentication: false, tokenWebhookAuthentication: false }),
    fails: [
      {
        path: '--authentication-config',
        observed: 'false',
        message: /^as observed \(a test\); list an issuer under jwt/,
      },
    ],
  },
  {
    name: 'an issuer passes, whether or not a webhook is known',
    yaml: '',
    evidence: apiServerWith({ tokenIssuerAuthentication: true }),
    passes: true,
  },
  {
    name: 'a webhook that knows tokens passes, whatever the file of issuers says',
    yaml: '',
    evidence: { ...apiServerWith({ tokenWebhookAuthentication: true }), tokenIssuerAuthentication: inFile },
    passes: true,
  },
  {
    name: 'a file that may name an issuer leaves it unknown',
    yaml: '',
    evidence: { ...apiServerWith({ tokenWebhookAuthentication: false }), tokenIssuerAuthentication: inFile },
    unknown: /^what the file of --authentication-config says cannot be seen from outside$/,
  },
  {
    name: 'without an issuer it is unknown as long as a webhook may be asked',
    yaml: '',
    evidence: {
      ...apiServerWith({ tokenIssuerAuthentication: false }),
      tokenWebhookAuthentication: { unobserved: 'rke2.io/node-args does not show the flag' },
    },
    unknown: /^rke2\.io\/node-args does not show the flag$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
