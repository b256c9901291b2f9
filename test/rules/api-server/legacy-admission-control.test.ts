import { legacyAdmissionControl } from '../../../src/rules/api-server/legacy-admission-control.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

const path = '--admission-control';
const allOff = {
  namespaceLifecycle: false,
  serviceAccountAdmission: false,
  validatingWebhooks: false,
  podSecurity: false,
  validatingAdmissionPolicy: false,
} as const;

testRule(legacyAdmissionControl, [
  {
    name: 'an API server without the old flag passes, whatever its plugins are',
    yaml: '',
    evidence: apiServerWith({ legacyAdmissionControl: false, podSecurity: false }),
    passes: true,
  },
  {
    name: 'one with it fails, and names the defaults that are off because of it',
    yaml: '',
    evidence: apiServerWith({
      legacyAdmissionControl: true,
      minorVersion: 37,
      namespaceLifecycle: true,
      serviceAccountAdmission: true,
      validatingWebhooks: false,
      podSecurity: false,
      validatingAdmissionPolicy: false,
    }),
    fails: [
      {
        path,
        observed: 'true',
        message:
          /--disable-admission-plugins instead; off because of it: ValidatingAdmissionWebhook, PodSecurity, ValidatingAdmissionPolicy$/,
      },
    ],
  },
  {
    name: 'what is no default of that version yet is not off because of it',
    yaml: '',
    evidence: apiServerWith({ legacyAdmissionControl: true, minorVersion: 20, ...allOff }),
    fails: [{ path, message: /off because of it: NamespaceLifecycle, ServiceAccount, ValidatingAdmissionWebhook$/ }],
  },
  {
    name: 'where the version is not known, those are named that always were defaults',
    yaml: '',
    evidence: apiServerWith({ legacyAdmissionControl: true, ...allOff }),
    fails: [{ path, message: /off because of it: NamespaceLifecycle, ServiceAccount$/ }],
  },
  {
    name: 'a list that names every default is old all the same',
    yaml: '',
    evidence: apiServerWith({ legacyAdmissionControl: true, minorVersion: 37 }),
    fails: [{ path, message: /--disable-admission-plugins instead$/ }],
  },
  {
    name: 'where the flags cannot be seen it is unknown',
    yaml: '',
    evidence: { legacyAdmissionControl: { unobserved: 'GET /flagz was answered 403; grant get on the URL /flagz' } },
    unknown: /^GET \/flagz was answered 403/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
