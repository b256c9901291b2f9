import { staticCredentials } from '../../../src/rules/api-server/static-credentials.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(staticCredentials, [
  {
    name: 'tokens from a file fail',
    yaml: '',
    evidence: apiServerWith({ staticTokenFile: true, basicAuthenticationFile: false }),
    fails: [
      {
        path: '--token-auth-file',
        observed: 'true',
        message: /^as observed \(a test\); start kube-apiserver without --token-auth-file$/,
      },
    ],
  },
  {
    name: 'passwords from a file fail, though it is not known whether tokens come from one',
    yaml: '',
    evidence: apiServerWith({ basicAuthenticationFile: true }),
    fails: [{ path: '--basic-auth-file', message: /without --basic-auth-file$/ }],
  },
  {
    name: 'both are named',
    yaml: '',
    evidence: apiServerWith({ staticTokenFile: true, basicAuthenticationFile: true }),
    fails: ['--token-auth-file', '--basic-auth-file'],
  },
  {
    name: 'an API server without such files passes',
    yaml: '',
    evidence: apiServerWith({ staticTokenFile: false, basicAuthenticationFile: false }),
    passes: true,
  },
  {
    name: 'one of which only the passwords are known to be absent is unknown',
    yaml: '',
    evidence: {
      ...apiServerWith({ basicAuthenticationFile: false }),
      staticTokenFile: { unobserved: 'GET /flagz was answered 403; grant get on the URL /flagz' },
    },
    unknown: /^GET \/flagz was answered 403/,
  },
  {
    name: 'one of which only the tokens are known to be absent is unknown',
    yaml: '',
    evidence: apiServerWith({ staticTokenFile: false }),
    unknown: /^nobody asked for it$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
