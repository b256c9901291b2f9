import { authenticationMethods } from '../../../src/rules/api-server/authentication-methods.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const inFile = { unobserved: 'what the file of --authentication-config says cannot be seen from outside' };
const notGranted = { unobserved: 'GET /flagz was answered 403; grant get on the URL /flagz' };

testRule(authenticationMethods, [
  {
    name: 'tokens of service accounts and client certificates are two methods',
    yaml: '',
    evidence: apiServerWith({
      serviceAccountAuthentication: true,
      certificateAuthentication: true,
      tokenIssuerAuthentication: false,
      tokenWebhookAuthentication: false,
    }),
    passes: true,
  },
  {
    name: 'tokens of service accounts and of an issuer are two, whatever else is not known',
    yaml: '',
    evidence: apiServerWith({ serviceAccountAuthentication: true, tokenIssuerAuthentication: true }),
    passes: true,
  },
  {
    name: 'tokens of service accounts and those that a webhook knows are two',
    yaml: '',
    evidence: apiServerWith({ serviceAccountAuthentication: true, tokenWebhookAuthentication: true }),
    passes: true,
  },
  {
    name: 'tokens of service accounts alone fail',
    yaml: '',
    evidence: apiServerWith({
      serviceAccountAuthentication: true,
      certificateAuthentication: false,
      tokenIssuerAuthentication: false,
      tokenWebhookAuthentication: false,
    }),
    fails: [
      {
        path: '--authentication-config',
        observed: 'tokens of service accounts',
        message: /^tokens of service accounts: accepted, and no other; as observed \(a test\); configure an issuer/,
      },
    ],
  },
  {
    name: 'client certificates alone fail as well',
    yaml: '',
    evidence: apiServerWith({
      serviceAccountAuthentication: false,
      certificateAuthentication: true,
      tokenIssuerAuthentication: false,
      tokenWebhookAuthentication: false,
    }),
    fails: [{ path: '--authentication-config', observed: 'client certificates' }],
  },
  {
    name: 'one method that may be there is none of two',
    yaml: '',
    evidence: apiServerWith({
      certificateAuthentication: false,
      tokenIssuerAuthentication: false,
      tokenWebhookAuthentication: false,
    }),
    fails: [{ path: '--authentication-config', message: /^no method is known to be accepted, and no other; / }],
  },
  {
    name: 'a file that may name an issuer leaves it unknown, and is named',
    yaml: '',
    evidence: {
      ...apiServerWith({
        serviceAccountAuthentication: true,
        certificateAuthentication: false,
        tokenWebhookAuthentication: false,
      }),
      tokenIssuerAuthentication: inFile,
    },
    unknown:
      /^tokens of service accounts: accepted; tokens of an external issuer: what the file of --authentication-config says cannot be seen from outside$/,
  },
  {
    name: 'everything that would decide is named',
    yaml: '',
    evidence: {
      ...apiServerWith({ serviceAccountAuthentication: true }),
      certificateAuthentication: notGranted,
      tokenIssuerAuthentication: inFile,
      tokenWebhookAuthentication: notGranted,
    },
    unknown:
      /; client certificates: GET \/flagz .*; tokens of an external issuer: what .*; a token webhook: GET \/flagz/,
  },
  {
    name: 'where nothing is known it is unknown',
    yaml: '',
    evidence: {},
    unknown: /^no method is known to be accepted; tokens of service accounts: nobody asked for it; /,
  },
  {
    name: 'the one of several API servers that takes nothing but such tokens is named',
    yaml: '',
    servers: [
      {
        instance: '10.0.0.5:6443',
        evidence: apiServerWith({ serviceAccountAuthentication: true, certificateAuthentication: true }),
      },
      {
        instance: '10.0.0.6:6443',
        evidence: apiServerWith({
          serviceAccountAuthentication: true,
          certificateAuthentication: false,
          tokenIssuerAuthentication: false,
          tokenWebhookAuthentication: false,
        }),
      },
    ],
    fails: [{ path: '--authentication-config', message: /^10\.0\.0\.6:6443: tokens of service accounts: accepted/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
