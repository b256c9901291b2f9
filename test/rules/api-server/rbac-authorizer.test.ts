import { rbacAuthorizer } from '../../../src/rules/api-server/rbac-authorizer.ts';
import { apiServerWith } from '../evidence.ts';
import { testRule } from '../rule-tester.ts';

testRule(rbacAuthorizer, [
  {
    name: 'an API server without the authorizer RBAC fails',
    yaml: '',
    evidence: apiServerWith({ rbacAuthorizer: false }),
    fails: [
      { path: '--authorization-mode', observed: 'false', message: /^as observed \(a test\); add the authorizer RBAC$/ },
    ],
  },
  {
    name: 'one that authorizes by RBAC passes',
    yaml: '',
    evidence: apiServerWith({ rbacAuthorizer: true }),
    passes: true,
  },
  {
    name: 'where no source tells it is unknown',
    yaml: '',
    evidence: { rbacAuthorizer: { unobserved: 'another authorizer answers before RBAC' } },
    unknown: /^another authorizer answers before RBAC$/,
  },
  {
    name: 'the one of several API servers that is started otherwise is named',
    yaml: '',
    servers: [
      { instance: '10.0.0.5:6443', evidence: apiServerWith({ rbacAuthorizer: true }) },
      { instance: '10.0.0.6:6443', evidence: apiServerWith({ rbacAuthorizer: false }) },
    ],
    fails: [{ path: '--authorization-mode', message: /^10\.0\.0\.6:6443: as observed/ }],
  },
  {
    name: 'manifests say nothing about the API server',
    yaml: '',
    isFromFiles: true,
    unknown: /manifests say nothing about the API server/,
  },
]);
