import { expect } from 'chai';

import { NOTHING_EXPECTED } from '../../../src/core/expectation.ts';
import { refOfPrincipal } from '../../../src/core/principals.ts';
import type { CheckResult } from '../../../src/core/rule.ts';
import { adminPath } from '../../../src/rules/rbac/admin-path.ts';
import { snapshotOf } from '../../core/yaml-objects.ts';
import { boundPaths } from '../../rbac/bounded-paths.ts';
import { testRule } from '../rule-tester.ts';

const jane = `
kind: User
name: jane
`;

const builder = `
kind: Role
metadata: { name: builder, namespace: ci }
rules: [{ apiGroups: [""], resources: [pods], verbs: [create] }]
---
kind: RoleBinding
metadata: { name: builders, namespace: ci }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: builder }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`;

const deployer = `
kind: ServiceAccount
metadata: { name: deployer, namespace: ci }
---
kind: ClusterRoleBinding
metadata: { name: deployer }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: root }
subjects: [{ kind: ServiceAccount, namespace: ci, name: deployer }]
---
kind: ClusterRole
metadata: { name: root }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
`;

testRule(adminPath, [
  {
    name: 'in files a way is one, too',
    isFromFiles: true,
    yaml: `${jane}---${builder}---${deployer}`,
    fails: ['name'],
  },
  {
    name: 'and where there is none, nothing is said',
    isFromFiles: true,
    yaml: `${jane}---${builder}`,
    notApplicable: /not known from these files/,
  },
  {
    name: 'whoever may create pods beside a powerful account can become cluster-admin',
    yaml: `${jane}---${builder}---${deployer}`,
    fails: [
      {
        path: 'name',
        observed: 'user:jane -[create pods in ci]-> sa:ci/deployer -[do everything]-> cluster-admin (1 step)',
        message:
          /^it can become cluster-admin: user:jane .*; take away RoleBinding "builders\/ci" of Role "builder" to User "jane"$/,
      },
    ],
  },
  {
    name: 'what is assumed is said, and makes it less certain',
    yaml: `${jane}---
kind: ClusterRole
metadata: { name: webhooks }
rules: [{ apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [create] }]
---
kind: ClusterRoleBinding
metadata: { name: webhooks }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: webhooks }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'name', severity: 'high', message: /cluster-admin if an administrator writes something meanwhile: / },
    ],
  },
  {
    name: 'whoever leads nowhere passes',
    yaml: `${jane}---${builder}`,
    passes: true,
  },
  {
    name: 'whoever is cluster-admin is told elsewhere',
    yaml: `
kind: ServiceAccount
namespace: ci
name: deployer
---${deployer}`,
    notApplicable: /^it is cluster-admin/,
  },
  {
    name: 'what Kubernetes grants to its own is no finding',
    yaml: `
kind: ServiceAccount
namespace: kube-system
name: clusterrole-aggregation-controller
---
kind: ClusterRole
metadata: { name: "system:controller:clusterrole-aggregation-controller" }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, get, list, patch, update, watch] }
---
kind: ClusterRoleBinding
metadata: { name: "system:controller:clusterrole-aggregation-controller" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:controller:clusterrole-aggregation-controller" }
subjects: [{ kind: ServiceAccount, namespace: kube-system, name: clusterrole-aggregation-controller }]
`,
    notApplicable: /^Kubernetes itself grants it/,
  },
  {
    name: 'whoever else is bound to the same role is one',
    yaml: `${jane}---
kind: ClusterRole
metadata: { name: "system:controller:clusterrole-aggregation-controller" }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, get, list, patch, update, watch] }
---
kind: ClusterRoleBinding
metadata: { name: "system:controller:clusterrole-aggregation-controller" }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:controller:clusterrole-aggregation-controller" }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: ['name'],
  },
  {
    name: 'an unknown kind of subject is nobody',
    yaml: `
kind: Robot
name: jane
---${builder}`,
    notApplicable: /nobody/,
  },
  {
    name: 'without the service accounts it is unknown',
    yaml: `${jane}---${builder}`,
    missing: [{ source: 'ServiceAccount', state: 'forbidden', message: 'needs list on serviceaccounts' }],
    unknown: /needs list on serviceaccounts/,
  },
]);

describe('rbac-admin-path in a cluster that is too large to look everywhere', () => {
  // The destination, the account that is there, and jane, who may create its tokens.
  const mostNodes = 3;
  const tokens = builder.replace('resources: [pods]', 'resources: [serviceaccounts/token], resourceNames: [deployer]');
  const snapshot = boundPaths(snapshotOf(`${tokens}---${deployer}`), mostNodes);

  function check(name: string): CheckResult {
    const named = { kind: 'User', name };
    const subject = refOfPrincipal(named);
    return adminPath.check(named, {
      params: {},
      podSecurityVersion: Infinity,
      expected: NOTHING_EXPECTED,
      subject,
      snapshot,
    });
  }

  it('tells of those who were found', () => {
    expect(check('jane')).to.be.an('array').of.length(1);
  });

  it('is unknown of all others', () => {
    expect(check('joe')).to.deep.equal({
      outcome: 'unknown',
      reason: 'the cluster is larger than what paths are looked for in',
    });
  });
});
