import { servingCertificate } from '../../../src/rules/api-server/serving-certificate.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(servingCertificate, [
  {
    name: 'an API server whose certificate ends within a month fails',
    yaml: '',
    evidence: apiServerWith({ servingCertificate: 'endsSoon' }),
    fails: [{ path: 'certificate', severity: 'low', observed: 'endsSoon' }],
  },
  {
    name: 'one whose certificate has ended is worse',
    yaml: '',
    evidence: apiServerWith({ servingCertificate: 'expired' }),
    fails: [{ path: 'certificate', severity: 'medium' }],
  },
  {
    name: 'one whose certificate holds passes',
    yaml: '',
    evidence: apiServerWith({ servingCertificate: 'valid' }),
    passes: true,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { servingCertificate: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
