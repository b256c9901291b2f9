import { serviceExternalIps } from '../../../src/rules/api-server/service-external-ips.ts';
import { apiServerWith } from '../evidence.ts';
import { policy, webhook } from '../lib/reviewers-yaml.ts';
import { testRule } from '../rule-tester.ts';

const path = '--enable-admission-plugins';
const shop = '{ kind: Namespace, metadata: { name: shop } }';
const ofServices = "{ operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [services] }";
const modern = {
  validatingWebhooks: true,
  validatingAdmissionPolicy: true,
  minorVersion: 37,
  admissionConfigurationFile: false,
} as const;
const evidence = apiServerWith({ ...modern, denyServiceExternalIPs: false });

testRule(serviceExternalIps, [
  {
    name: 'an API server with the plugin passes',
    yaml: shop,
    evidence: apiServerWith({ denyServiceExternalIPs: true }),
    passes: true,
  },
  {
    name: 'without it, and without anything else that is asked about Services, it fails',
    yaml: shop,
    evidence,
    fails: [
      { path, observed: 'false', message: /enable DenyServiceExternalIPs, or refuse spec\.externalIPs by a Val\w+$/ },
    ],
  },
  {
    name: 'who is asked about pods is not asked about Services',
    yaml: shop + webhook('Validating') + policy(),
    evidence,
    fails: [path],
  },
  {
    name: 'a policy that is asked about every Service makes it unknown',
    yaml: shop + policy(ofServices),
    evidence,
    unknown:
      /and ValidatingAdmissionPolicy "guard" may refuse or remove spec\.externalIPs instead, which cannot be seen/,
  },
  {
    name: 'policies may stand in files that the API does not show',
    yaml: shop,
    evidence: apiServerWith({ ...modern, denyServiceExternalIPs: false, admissionConfigurationFile: true }),
    unknown: /may name policies that the API does not show$/,
  },
  {
    name: 'where nobody can tell of the plugin it is unknown',
    yaml: shop,
    evidence: { denyServiceExternalIPs: { unobserved: 'GET /metrics was answered 403' } },
    unknown: /^GET \/metrics was answered 403$/,
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
