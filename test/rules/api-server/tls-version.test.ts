import { tlsVersion } from '../../../src/rules/api-server/tls-version.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(tlsVersion, [
  {
    name: 'an API server that accepts old TLS fails',
    yaml: '',
    evidence: apiServerWith({ acceptsOldTls: true }),
    fails: ['--tls-min-version'],
  },
  {
    name: 'one that refuses it passes',
    yaml: '',
    evidence: apiServerWith({ acceptsOldTls: false }),
    passes: true,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { acceptsOldTls: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
