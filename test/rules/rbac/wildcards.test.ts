import { expect } from 'chai';
import fc from 'fast-check';

import { NOTHING_EXPECTED } from '../../../src/core/expectation.ts';
import type { PolicyRule } from '../../../src/core/rbac-shape.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import { escalatingGroups, isWholesale } from '../../../src/rbac/wholesale.ts';
import { wildcards } from '../../../src/rules/rbac/wildcards.ts';
import { testRule } from '../rule-tester.ts';

testRule(wildcards, [
  {
    name: 'everything in the whole cluster is critical, its URLs are less',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }
  - { nonResourceURLs: ["*"], verbs: ["*"] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'critical',
        observed: '* *',
        message: /may do everything with every resource: ClusterRoleBinding "some" grants it to User "jane" everywhere/,
      },
      { path: 'rules[1]', severity: 'low', message: /use every verb on \*, those to come as well/ },
    ],
  },
  {
    name: 'everything in a namespace is high',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high', message: /in namespace "shop"/ }],
  },
  {
    name: 'so it is where there is a way to cluster-admin from the namespace, but critical',
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
---
kind: ServiceAccount
metadata: { name: root, namespace: shop }
---
kind: ClusterRole
metadata: { name: everything }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: root }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, namespace: shop, name: root }]
`,
    fails: [{ path: 'rules[0]', severity: 'critical', message: /from where there is a way to cluster-admin/ }],
  },
  {
    name: 'all of a group that leads to cluster-admin is as bad, where it is of use',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["", apps], resources: ["*"], verbs: ["*"] }
  - { apiGroups: [admissionregistration.k8s.io], resources: ["*"], verbs: ["*"] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        message: /do everything with every resource of the core group, apps: RoleBinding/,
      },
      { path: 'rules[1]', severity: 'low', message: /only RoleBindings grant it, and it takes a ClusterRoleBinding/ },
    ],
  },
  {
    name: 'names take something from it, unless one of them leads to cluster-admin',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: ["*"], resourceNames: [own], verbs: ["*"] }
  - { apiGroups: ["*"], resources: ["*"], resourceNames: [cluster-admin], verbs: ["*"] }
  - { apiGroups: [""], resources: ["*"], resourceNames: [system:masters], verbs: ["*"] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'high', message: /do everything with what is named "own" of the core group:/ },
      {
        path: 'rules[1]',
        severity: 'critical',
        message: /"cluster-admin" of every group, which leads to cluster-admin:/,
      },
      { path: 'rules[2]', severity: 'critical', message: /"system:masters" of the core group, which leads/ },
    ],
  },
  {
    name: 'where it is not known what names lead to, it says so',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: ["*"], resourceNames: [system:masters], verbs: ["*"] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    missing: [{ source: 'Pod', state: 'forbidden', message: 'needs list on pods' }],
    fails: [
      {
        path: 'rules[0]',
        severity: 'high',
        message: /"system:masters" of the core group, and it is not known whether that leads to cluster-admin:/,
      },
    ],
  },
  {
    name: 'every resource with some verbs is milder, as what it opens has rules of its own',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: ["*"], resources: ["*"], verbs: [get, list, watch] }
  - { apiGroups: [authentication.k8s.io], resources: ["*"], verbs: [create] }
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      {
        path: 'rules[0]',
        severity: 'medium',
        observed: 'get, list, watch *',
        message: /every resource of every group/,
      },
      { path: 'rules[1]', severity: 'low', message: /create every resource of authentication\.k8s\.io/ },
    ],
  },
  {
    name: 'every verb is low, whatever it is on',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [argoproj.io], resources: ["*"], verbs: ["*"] }
  - { apiGroups: [""], resources: [a, b, c, d], verbs: ["*"] }
  - { nonResourceURLs: [/metrics], verbs: ["*"] }
---
kind: RoleBinding
metadata: { name: some, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [
      { path: 'rules[0]', severity: 'low', message: /use every verb on \* of argoproj\.io, those to come as well/ },
      { path: 'rules[1]', severity: 'low', observed: '* a, b, c and 1 more' },
      { path: 'rules[2]', severity: 'low', message: /every verb on \/metrics, those/ },
    ],
  },
  {
    name: 'every URL is low',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules: [{ nonResourceURLs: [/*], verbs: [get] }]
`,
    fails: [
      { path: 'rules[0]', severity: 'low', message: /get every URL of the API server: nobody holds it at present/ },
    ],
  },
  {
    name: 'what is no wildcard to Kubernetes is none, and some things of every resource of a harmless group are listed enough',
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules:
  - { apiGroups: [""], resources: ["pods/*", "*/exec"], verbs: ["get*"] }
  - { apiGroups: [apps], resources: ["*"], verbs: [get, list] }
  - { nonResourceURLs: ["/healthz/*"], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'rules that cannot be read may have one',
    isFromFiles: true,
    yaml: `
kind: Role
metadata: { name: some, namespace: shop }
rules: [{ apiGroups: [""], resources: secrets, verbs: [get] }]
`,
    unknown: /has rules that cannot be read/,
  },
  {
    name: 'without knowing who can become what, a name counts as one that leads nowhere further',
    missing: [{ source: 'Pod', state: 'forbidden', message: 'pods may not be listed' }],
    yaml: `
kind: ClusterRole
metadata: { name: some }
rules: [{ apiGroups: ["*"], resources: ["*"], resourceNames: [cluster-admin], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: some }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: some }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }]
`,
    fails: [{ path: 'rules[0]', severity: 'high' }],
  },
  {
    name: 'the role that Kubernetes made of wildcards is told elsewhere',
    yaml: `
kind: ClusterRole
metadata: { name: cluster-admin }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
`,
    notApplicable: /as Kubernetes made it/,
  },
]);

/** Rules dense in wildcards. */
const some = (words: readonly string[]): fc.Arbitrary<string[]> => fc.uniqueArray(fc.constantFrom(...words));
const anyRule: fc.Arbitrary<PolicyRule> = fc.record({
  verbs: some(['*', 'get', 'create', 'escalate']),
  apiGroups: some(['*', 'apps', 'example.org', ...escalatingGroups]),
  resources: some(['*', 'pods', 'pods/*', '*/exec', 'secrets', 'roles']),
  resourceNames: some(['*', 'own', 'cluster-admin']),
});
const context = { params: {}, podSecurityVersion: Infinity, expected: NOTHING_EXPECTED };
const subjects = [{ kind: 'User', name: 'jane' }];

describe('rules that the other rules leave to rbac-wildcards', () => {
  for (const kind of ['ClusterRole', 'Role'] as const) {
    it(`are violations there, whoever holds them, in a ${kind}`, () => {
      const check = (rules: PolicyRule[], isBound: boolean, isWholeCluster: boolean): void => {
        const metadata = kind === 'Role' ? { name: 'some', namespace: 'shop' } : { name: 'some' };
        const role = { metadata, rules };
        const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: 'some' };
        const binding = { metadata: { name: 'some', namespace: 'shop' }, roleRef, subjects };
        const snapshot = buildObjectSnapshot({
          objects: { [kind]: [role], ...(isBound && { RoleBinding: [binding] }) },
          isWholeCluster,
        });
        const subject = { apiVersion: 'rbac.authorization.k8s.io/v1', kind, ...metadata };
        const verdict = wildcards.check(role, { ...context, subject, snapshot });
        const found = 'outcome' in verdict ? verdict.outcome : verdict.map(({ path }) => path);
        const wholesale = rules.flatMap((rule, index) => (isWholesale(rule) ? [`rules[${index}]`] : []));
        expect(found).to.include.members(wholesale);
      };
      fc.assert(fc.property(fc.array(anyRule, { maxLength: 4 }), fc.boolean(), fc.boolean(), check), {
        numRuns: 500,
      });
    });
  }
});
