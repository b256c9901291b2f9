import { frontProxyAuthority } from '../../../src/rules/api-server/front-proxy-authority.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(frontProxyAuthority, [
  {
    name: 'an authority for users and the front proxy alike makes every certificate that of an administrator',
    yaml: '',
    evidence: apiServerWith({ sharedFrontProxyAuthority: true, anyFrontProxyName: true }),
    fails: [
      {
        path: '--requestheader-client-ca-file',
        observed: 'true',
        message: /^as observed \(a test\); every client certificate passes for the front proxy/,
      },
    ],
  },
  {
    name: 'a name that the front proxy must have makes it a little less',
    yaml: '',
    evidence: apiServerWith({ sharedFrontProxyAuthority: true, anyFrontProxyName: false }),
    fails: [
      {
        path: '--requestheader-client-ca-file',
        severity: 'high',
        message: /whoever gets a client certificate with the name of the front proxy passes/,
      },
    ],
  },
  {
    name: 'where it is not known whether it must have a name, the worse counts',
    yaml: '',
    evidence: apiServerWith({ sharedFrontProxyAuthority: true }),
    fails: ['--requestheader-client-ca-file'],
  },
  {
    name: 'an authority of its own passes, whatever the names',
    yaml: '',
    evidence: apiServerWith({ sharedFrontProxyAuthority: false, anyFrontProxyName: true }),
    passes: true,
  },
  {
    name: 'where the authorities cannot be compared it is unknown',
    yaml: '',
    evidence: { sharedFrontProxyAuthority: { unobserved: 'reading the ConfigMap is forbidden; grant get on it' } },
    unknown: /^reading the ConfigMap is forbidden; grant get on it$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
