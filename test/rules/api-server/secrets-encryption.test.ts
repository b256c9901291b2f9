import { secretsEncryption } from '../../../src/rules/api-server/secrets-encryption.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(secretsEncryption, [
  {
    name: 'an API server that stores Secrets as they are fails',
    yaml: '',
    evidence: apiServerWith({ secretsEncrypted: false }),
    fails: ['--encryption-provider-config'],
  },
  {
    name: 'one that encrypts them passes',
    yaml: '',
    evidence: apiServerWith({ secretsEncrypted: true }),
    passes: true,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { secretsEncrypted: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
