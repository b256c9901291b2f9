import { tlsCiphers } from '../../../src/rules/api-server/tls-ciphers.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(tlsCiphers, [
  {
    name: 'an API server that accepts weak suites fails',
    yaml: '',
    evidence: apiServerWith({ acceptsWeakCiphers: true }),
    fails: ['--tls-cipher-suites'],
  },
  {
    name: 'one that refuses them passes',
    yaml: '',
    evidence: apiServerWith({ acceptsWeakCiphers: false }),
    passes: true,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { acceptsWeakCiphers: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
