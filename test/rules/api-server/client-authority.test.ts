import { clientAuthority } from '../../../src/rules/api-server/client-authority.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(clientAuthority, [
  {
    name: 'an API server without an authority of client certificates fails',
    yaml: '',
    evidence: apiServerWith({ certificateAuthentication: false }),
    fails: [
      {
        path: '--client-ca-file',
        observed: 'false',
        message: /^as observed \(a test\); name the authority of client certificates with it$/,
      },
    ],
  },
  {
    name: 'one that looks at client certificates passes',
    yaml: '',
    evidence: apiServerWith({ certificateAuthentication: true }),
    passes: true,
  },
  {
    name: 'where no source tells it is unknown',
    yaml: '',
    evidence: { certificateAuthentication: { unobserved: 'GET /flagz was answered 403; grant get on the URL /flagz' } },
    unknown: /^GET \/flagz was answered 403; grant get on the URL \/flagz$/,
  },
  {
    name: 'the one of several API servers that is started otherwise is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ certificateAuthentication: true }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ certificateAuthentication: false }) },
    ],
    fails: [{ path: '--client-ca-file', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
