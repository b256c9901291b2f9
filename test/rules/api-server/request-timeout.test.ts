import { requestTimeout } from '../../../src/rules/api-server/request-timeout.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(requestTimeout, [
  { name: 'a minute passes', yaml: '', evidence: apiServerWith({ requestTimeout: 60 }), passes: true },
  {
    name: 'an hour fails',
    yaml: '',
    evidence: apiServerWith({ requestTimeout: 3600 }),
    fails: [{ path: '--request-timeout', observed: '3600', message: /set it to 300 seconds or less$/ }],
  },
  { name: 'none at all fails', yaml: '', evidence: apiServerWith({ requestTimeout: 0 }), fails: ['--request-timeout'] },
  {
    name: 'a policy says how long is too long',
    yaml: '',
    evidence: apiServerWith({ requestTimeout: 60 }),
    params: { maxSeconds: 30 },
    fails: ['--request-timeout'],
  },
  {
    name: 'where the flags cannot be seen it is unknown',
    yaml: '',
    evidence: { requestTimeout: { unobserved: 'grant get on the URL /flagz' } },
    unknown: /^grant get on the URL \/flagz$/,
  },
]);
