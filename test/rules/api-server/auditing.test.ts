import { auditing } from '../../../src/rules/api-server/auditing.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(auditing, [
  {
    name: 'an API server that audits nothing fails',
    yaml: '',
    evidence: apiServerWith({ auditing: false }),
    fails: ['--audit-policy-file'],
  },
  {
    name: 'one that audits passes',
    yaml: '',
    evidence: apiServerWith({ auditing: true }),
    passes: true,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { auditing: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
