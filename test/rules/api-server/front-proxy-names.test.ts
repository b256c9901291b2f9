import { frontProxyNames } from '../../../src/rules/api-server/front-proxy-names.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(frontProxyNames, [
  {
    name: 'an API server that takes every certificate of that authority for the front proxy fails',
    yaml: '',
    evidence: apiServerWith({ anyFrontProxyName: true }),
    fails: [
      {
        path: '--requestheader-allowed-names',
        observed: 'true',
        message: /^as observed \(a test\); name the front proxy in it$/,
      },
    ],
  },
  {
    name: 'one that names the front proxy, or has none, passes',
    yaml: '',
    evidence: apiServerWith({ anyFrontProxyName: false }),
    passes: true,
  },
  {
    name: 'where no source tells it is unknown',
    yaml: '',
    evidence: {
      anyFrontProxyName: {
        unobserved: 'reading ConfigMap kube-system/extension-apiserver-authentication is forbidden; grant get on it',
      },
    },
    unknown: /^reading ConfigMap kube-system\/extension-apiserver-authentication is forbidden; grant get on it$/,
  },
  {
    name: 'the one of several API servers that is started otherwise is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ anyFrontProxyName: false }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ anyFrontProxyName: true }) },
    ],
    fails: [{ path: '--requestheader-allowed-names', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
