import { servingCertificateFile } from '../../../src/rules/api-server/serving-certificate-file.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(servingCertificateFile, [
  {
    name: 'an API server without a certificate of its own fails',
    yaml: '',
    evidence: apiServerWith({ servingCertificateFile: false }),
    fails: ['--tls-cert-file'],
  },
  {
    name: 'one that was given one passes',
    yaml: '',
    evidence: apiServerWith({ servingCertificateFile: true }),
    passes: true,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { servingCertificateFile: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
