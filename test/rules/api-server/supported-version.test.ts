import { supportedVersion } from '../../../src/rules/api-server/supported-version.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const path = 'GET /version';

testRule(supportedVersion, [
  {
    name: 'a version that is mended passes',
    yaml: '',
    evidence: apiServerWith({ versionSupport: 'mended' }),
    passes: true,
  },
  {
    name: 'one that nobody mends fails',
    yaml: '',
    evidence: apiServerWith({ versionSupport: 'ended' }),
    fails: [{ path, observed: 'ended', message: /; upgrade, one minor version after the other$/ }],
  },
  {
    name: 'in its last weeks it is time to think of it',
    yaml: '',
    evidence: apiServerWith({ versionSupport: 'endsSoon' }),
    fails: [{ path, severity: 'low' }],
  },
  {
    name: 'a vendor may mend for longer',
    yaml: '',
    evidence: apiServerWith({ binaryMinor: 30, versionSupport: 'ended' }),
    params: { oldestMinor: 30 },
    passes: true,
  },
  {
    name: 'but not for ever',
    yaml: '',
    evidence: apiServerWith({ binaryMinor: 29, versionSupport: 'ended' }),
    params: { oldestMinor: 30 },
    fails: [{ path, observed: '29', message: /upgrade to Kubernetes 1\.30 or newer$/ }],
  },
  {
    name: 'a policy may ask for more than Kubernetes does',
    yaml: '',
    evidence: apiServerWith({ binaryMinor: 35, versionSupport: 'mended' }),
    params: { oldestMinor: 36 },
    fails: [path],
  },
  {
    name: 'it is the program that a vendor mends, whichever version it emulates',
    yaml: '',
    evidence: apiServerWith({ minorVersion: 35, binaryMinor: 36, versionSupport: 'mended' }),
    params: { oldestMinor: 36 },
    passes: true,
  },
  {
    name: 'an older program is not mended for what it serves',
    yaml: '',
    evidence: apiServerWith({ minorVersion: 36, binaryMinor: 35, versionSupport: 'mended' }),
    params: { oldestMinor: 36 },
    fails: [{ path, observed: '35', message: /^as observed \(a test\); upgrade to Kubernetes 1\.36 or newer$/ }],
  },
  {
    name: 'of which nothing is known nothing is said',
    yaml: '',
    evidence: apiServerWith({ minorVersion: 36, versionSupport: 'mended' }),
    params: { oldestMinor: 36 },
    unknown: /./,
  },
  {
    name: 'where the version is not told it is unknown',
    yaml: '',
    evidence: { versionSupport: { unobserved: 'GET /version was answered 403' } },
    unknown: /answered 403$/,
  },
]);
