import { extendedTokens } from '../../../src/rules/api-server/extended-tokens.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(extendedTokens, [
  {
    name: 'an API server that makes tokens of pods valid for a year fails',
    yaml: '',
    evidence: apiServerWith({ extendedTokens: true }),
    fails: [
      {
        path: '--service-account-extend-token-expiration',
        observed: 'true',
        message: /^as observed \(a test\); start kube-apiserver with --service-account-extend-token-expiration=false$/,
      },
    ],
  },
  {
    name: 'one that leaves them as they were asked for passes',
    yaml: '',
    evidence: apiServerWith({ extendedTokens: false }),
    passes: true,
  },
  {
    name: 'where no source tells it is unknown',
    yaml: '',
    evidence: { extendedTokens: { unobserved: '/flagz does not show --service-account-extend-token-expiration' } },
    unknown: /^\/flagz does not show --service-account-extend-token-expiration$/,
  },
  {
    name: 'the one of several API servers that is started otherwise is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ extendedTokens: false }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ extendedTokens: true }) },
    ],
    fails: [{ path: '--service-account-extend-token-expiration', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
