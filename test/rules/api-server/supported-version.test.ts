import { supportedVersion } from '../../../src/rules/api-server/supported-version.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(supportedVersion, [
  { name: 'the newest version passes', yaml: '', evidence: apiServerWith({ minorVersion: 37 }), passes: true },
  { name: 'the oldest that is mended passes', yaml: '', evidence: apiServerWith({ minorVersion: 35 }), passes: true },
  {
    name: 'one that nobody mends fails',
    yaml: '',
    evidence: apiServerWith({ minorVersion: 34 }),
    fails: [{ path: 'GET /version', observed: '34', message: /upgrade to Kubernetes 1\.35 or newer$/ }],
  },
  {
    name: 'a vendor may mend for longer',
    yaml: '',
    evidence: apiServerWith({ minorVersion: 30 }),
    params: { oldestMinor: 30 },
    passes: true,
  },
  {
    name: 'where the version is not told it is unknown',
    yaml: '',
    evidence: { minorVersion: { unobserved: 'GET /version was answered 403' } },
    unknown: /answered 403$/,
  },
]);
