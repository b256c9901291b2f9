import { tlsVerification } from '../../../src/rules/api-service/tls-verification.ts';
import { testRule } from '../rule-tester.ts';

const path = 'spec.insecureSkipTLSVerify';

function served(group: string, fields: string): string {
  return `
kind: APIService
metadata: { name: v1.${group} }
spec: { group: ${group}, version: v1, ${fields} }
`;
}

testRule(tlsVerification, [
  {
    name: 'a service whose certificate nobody verifies fails',
    yaml: served('shop.example.com', 'service: { namespace: shop, name: api }, insecureSkipTLSVerify: true'),
    fails: [
      {
        path,
        observed: 'true',
        message: /^requests for API group "shop\.example\.com" go to service "shop\/api", whose certificate nobody/,
      },
    ],
  },
  {
    name: 'one that serves metrics is the least of it',
    yaml: served(
      'metrics.k8s.io',
      'service: { namespace: kube-system, name: metrics-server }, insecureSkipTLSVerify: true',
    ),
    fails: [{ path, severity: 'low' }],
  },
  {
    name: 'one with an authority passes',
    yaml: served('shop.example.com', 'service: { namespace: shop, name: api }, caBundle: YQ=='),
    passes: true,
  },
  {
    name: 'as does one that says no',
    yaml: served('shop.example.com', 'service: { namespace: shop, name: api }, insecureSkipTLSVerify: false'),
    passes: true,
  },
  {
    name: 'what the API server serves itself is handed on to nobody',
    yaml: served('apps', ''),
    notApplicable: /^the API server serves it itself$/,
  },
  {
    name: 'nor is what has no spec',
    yaml: '{ kind: APIService, metadata: { name: v1. } }',
    notApplicable: /serves it itself/,
  },
  {
    name: 'what cannot be read is unknown',
    yaml: served('shop.example.com', "service: { namespace: shop, name: api }, insecureSkipTLSVerify: 'yes'"),
    unknown: /field "spec\.insecureSkipTLSVerify" must be/,
  },
]);
