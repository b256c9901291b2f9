import { absentService } from '../../../src/rules/api-service/absent-service.ts';
import { testRule } from '../rule-tester.ts';

const path = 'spec.service';

function served(fields: string): string {
  return `
kind: APIService
metadata: { name: v1.shop.example.com }
spec: { group: shop.example.com, version: v1, ${fields} }
`;
}
const SERVICE = `
---
kind: Service
metadata: { namespace: shop, name: api }
spec: { ports: [{ port: 443 }] }
`;

testRule(absentService, [
  {
    name: 'an API whose service is gone fails',
    yaml: served('service: { namespace: shop, name: api }'),
    fails: [
      {
        path,
        severity: 'low',
        message: /^nobody answers for "shop\.example\.com\/v1", as service "shop\/api" does not exist, and whoever/,
      },
    ],
  },
  {
    name: 'where nobody verifies who answers it is worse',
    yaml: served('service: { namespace: shop, name: api }, insecureSkipTLSVerify: true'),
    fails: [{ path, severity: 'medium' }],
  },
  {
    name: 'one whose service is there passes',
    yaml: served('service: { namespace: shop, name: api }') + SERVICE,
    passes: true,
  },
  {
    name: 'a service without its port does not answer',
    yaml: served('service: { namespace: shop, name: api, port: 8443 }') + SERVICE,
    fails: [{ path, severity: 'low', message: /has no port 8443/ }],
  },
  {
    name: 'what the API server serves itself needs none',
    yaml: served(''),
    notApplicable: /^the API server serves it itself$/,
  },
  {
    name: 'files do not tell',
    yaml: served('service: { namespace: shop, name: api }'),
    isFromFiles: true,
    notApplicable: /^whether a service is there only a cluster tells$/,
  },
  {
    name: 'without the right to list services nothing is known',
    yaml: served('service: { namespace: shop, name: api }'),
    missing: [{ source: 'Service', state: 'forbidden', message: 'listing services is forbidden' }],
    unknown: /^listing services is forbidden$/,
  },
]);
