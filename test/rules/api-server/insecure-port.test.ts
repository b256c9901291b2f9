import { insecurePort } from '../../../src/rules/api-server/insecure-port.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(insecurePort, [
  {
    name: 'an API server with the port fails',
    yaml: '',
    evidence: apiServerWith({ insecurePort: true }),
    fails: ['--insecure-port'],
  },
  {
    name: 'one without it passes',
    yaml: '',
    evidence: apiServerWith({ insecurePort: false }),
    passes: true,
  },
  {
    name: 'where nobody can tell it is unknown',
    yaml: '',
    evidence: { insecurePort: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
