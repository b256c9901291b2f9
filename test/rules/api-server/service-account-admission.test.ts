import { serviceAccountAdmission } from '../../../src/rules/api-server/service-account-admission.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(serviceAccountAdmission, [
  {
    name: 'an API server with the plugin passes',
    yaml: '',
    evidence: apiServerWith({ serviceAccountAdmission: true }),
    passes: true,
  },
  {
    name: 'one without it fails',
    yaml: '',
    evidence: apiServerWith({ serviceAccountAdmission: false }),
    fails: [
      {
        path: '--disable-admission-plugins',
        observed: 'false',
        message: /^as observed \(a test\); do not disable ServiceAccount$/,
      },
    ],
  },
  {
    name: 'where nobody can tell it is unknown, and says what would help',
    yaml: '',
    evidence: {
      serviceAccountAdmission: { unobserved: 'GET /metrics was answered 403; grant get on the URL /metrics' },
    },
    unknown: /^GET \/metrics was answered 403; grant get on the URL \/metrics$/,
  },
  {
    name: 'one of several API servers without it is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ serviceAccountAdmission: true }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ serviceAccountAdmission: false }) },
    ],
    fails: [{ path: '--disable-admission-plugins', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
