import { builtInGroup } from '../../../src/rules/api-service/built-in-group.ts';
import { testRule } from '../rule-tester.ts';

const path = 'spec.service';

function served(group: string, service = 'service: { namespace: shop, name: api }'): string {
  return `
kind: APIService
metadata: { name: 'v1.${group}' }
spec: { group: '${group}', version: v1, ${service} }
`;
}

testRule(builtInGroup, [
  {
    name: 'Deployments that a service is sent fail',
    yaml: served('apps'),
    fails: [
      {
        path,
        observed: 'shop/api',
        message: /^what everybody asks and writes of "apps\/v1" goes to service "shop\/api"/,
      },
    ],
  },
  {
    name: 'roles do',
    yaml: served('rbac.authorization.k8s.io'),
    fails: [path],
  },
  {
    name: 'the core group has no name',
    yaml: served(''),
    fails: [{ path, message: /of the core API, version v1, goes to/ }],
  },
  {
    name: 'metrics are served by whoever measures them',
    yaml: served('metrics.k8s.io'),
    passes: true,
  },
  {
    name: 'a group of somebody else passes',
    yaml: served('shop.example.com'),
    passes: true,
  },
  {
    name: 'what the API server serves itself is as it should be',
    yaml: served('apps', ''),
    notApplicable: /^the API server serves it itself$/,
  },
  {
    name: 'what cannot be read is unknown',
    yaml: served('apps', 'service: api'),
    unknown: /field "spec\.service" must be/,
  },
]);
