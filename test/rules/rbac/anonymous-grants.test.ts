import type { Evidence } from '../../../src/core/evidence.ts';
import { anonymousGrants } from '../../../src/rules/rbac/anonymous-grants.ts';
import { testRule } from '../rule-tester.ts';

const openDashboard = `
kind: ClusterRoleBinding
metadata: { name: dashboard }
roleRef: { kind: ClusterRole, name: dashboard }
subjects:
  - { kind: User, name: 'system:anonymous' }
---
kind: ClusterRole
metadata: { name: dashboard }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [get] }
  - { nonResourceURLs: [/healthz], verbs: [get] }
`;

/** A cluster policy that expects a permission of somebody. */
function expecting(subject: string, permission: string): string {
  return `
---
kind: ClusterHardeningPolicy
metadata: { name: open }
spec: { expectations: [{ subject: ${subject}, allow: [${permission}] }] }
`;
}

/** Health endpoints are served; everything else is answered so. */
function evidenceOf(status: number): Evidence {
  const seen = { source: 'requests without credentials', confidence: 'high', detail: '' } as const;
  return {
    anonymousRequests: {
      value: [
        { path: '/livez', status: 200, namesAnonymousUser: false },
        { path: '/api', status, namesAnonymousUser: status === 403 },
      ],
      ...seen,
    },
    unknownUserAllowed: { value: false, ...seen },
    minorVersion: { value: 37, ...seen },
  };
}

testRule(anonymousGrants, [
  {
    name: 'resources granted to the anonymous user are critical',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: open-door }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [get] }
`,
    fails: [
      {
        path: 'subjects[0]',
        severity: 'critical',
        observed: 'User system:anonymous',
        message: /^ClusterRole "reader" is granted to User "system:anonymous", that is to everybody/,
      },
    ],
  },
  {
    name: 'the place of each anonymous subject is named',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: open-door }
roleRef: { kind: ClusterRole, name: reader }
subjects:
  - { kind: Group, name: developers }
  - { kind: Group, name: 'system:unauthenticated' }
  - { kind: User, name: 'system:anonymous' }
---
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [''], resources: [pods], verbs: [get] }
`,
    fails: [
      { path: 'subjects[1]', severity: 'critical', observed: 'Group system:unauthenticated' },
      { path: 'subjects[2]', severity: 'critical', observed: 'User system:anonymous' },
    ],
  },
  {
    name: 'a group called system:anonymous has no member',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: inert }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: Group, name: 'system:anonymous' }]
`,
    passes: true,
  },
  {
    name: 'a user called system:unauthenticated is nobody',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: inert }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: User, name: 'system:unauthenticated' }]
`,
    passes: true,
  },
  {
    name: 'a service account called system:anonymous is another identity',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: inert }
roleRef: { kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: 'system:anonymous', namespace: shop }]
`,
    passes: true,
  },
  {
    name: 'authenticated users are not anonymous',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: Group, name: 'system:authenticated' }]
`,
    passes: true,
  },
  {
    name: 'a binding without subjects passes',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: nobody }
roleRef: { kind: ClusterRole, name: view }
`,
    passes: true,
  },
  {
    name: 'null subjects are none',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: nobody }
roleRef: { kind: ClusterRole, name: view }
subjects: null
`,
    passes: true,
  },
  {
    name: 'what Kubernetes itself grants to everybody passes',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:public-info-viewer' }
roleRef: { kind: ClusterRole, name: 'system:public-info-viewer' }
subjects: [{ kind: Group, name: 'system:authenticated' }, { kind: Group, name: 'system:unauthenticated' }]
---
kind: ClusterRole
metadata: { name: 'system:public-info-viewer' }
rules:
  - { nonResourceURLs: [/healthz, /livez, /readyz, /version, /version/], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'the same content passes under another name',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: probes }
roleRef: { kind: ClusterRole, name: probes }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: ClusterRole
metadata: { name: probes }
rules:
  - { nonResourceURLs: [/healthz], verbs: [get] }
  - { nonResourceURLs: [/version/], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'the name of the public role excuses no further resource',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: 'system:public-info-viewer' }
roleRef: { kind: ClusterRole, name: 'system:public-info-viewer' }
subjects: [{ kind: Group, name: 'system:unauthenticated' }]
---
kind: ClusterRole
metadata: { name: 'system:public-info-viewer' }
rules:
  - { nonResourceURLs: [/healthz, /livez, /readyz, /version, /version/], verbs: [get] }
  - { apiGroups: [''], resources: [namespaces], verbs: [list] }
`,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'further URLs open less than resources do',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: metrics }
roleRef: { kind: ClusterRole, name: metrics }
subjects: [{ kind: Group, name: 'system:unauthenticated' }]
---
kind: ClusterRole
metadata: { name: metrics }
rules:
  - { nonResourceURLs: [/healthz, /metrics], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'medium' }],
  },
  {
    name: 'a pattern that includes the public URLs opens more than them',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: health }
roleRef: { kind: ClusterRole, name: health }
subjects: [{ kind: Group, name: 'system:unauthenticated' }]
---
kind: ClusterRole
metadata: { name: health }
rules:
  - { nonResourceURLs: [/healthz*], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'medium' }],
  },
  {
    name: 'other verbs than get open more than public information',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: health }
roleRef: { kind: ClusterRole, name: health }
subjects: [{ kind: Group, name: 'system:unauthenticated' }]
---
kind: ClusterRole
metadata: { name: health }
rules:
  - { nonResourceURLs: [/healthz], verbs: [get, post] }
`,
    fails: [{ path: 'subjects[0]', severity: 'medium' }],
  },
  {
    name: 'a RoleBinding cannot grant URLs',
    yaml: `
kind: RoleBinding
metadata: { name: metrics, namespace: shop }
roleRef: { kind: ClusterRole, name: metrics }
subjects: [{ kind: Group, name: 'system:unauthenticated' }]
---
kind: ClusterRole
metadata: { name: metrics }
rules:
  - { nonResourceURLs: ['*'], verbs: ['*'] }
`,
    passes: true,
  },
  {
    name: 'a role without rules grants nothing',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: empty }
roleRef: { kind: ClusterRole, name: empty }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: ClusterRole
metadata: { name: empty }
rules: []
`,
    passes: true,
  },
  {
    name: 'in a RoleBinding the Role of its own namespace is meant',
    yaml: `
kind: RoleBinding
metadata: { name: open-door, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: Role
metadata: { name: reader, namespace: other }
rules: []
---
kind: Role
metadata: { name: reader, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'critical', message: /^Role "reader" is granted/ }],
  },
  {
    name: 'a ClusterRole of the same name is not meant',
    yaml: `
kind: RoleBinding
metadata: { name: open-door, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: ClusterRole
metadata: { name: reader }
rules: []
`,
    fails: [{ path: 'subjects[0]', severity: 'high', message: /the role does not exist/ }],
  },
  {
    name: 'a role that does not exist yet is whatever somebody makes of it',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: dangling }
roleRef: { kind: ClusterRole, name: gone }
subjects: [{ kind: User, name: 'system:anonymous' }]
`,
    fails: [{ path: 'subjects[0]', severity: 'high', message: /whoever creates it decides/ }],
  },
  {
    name: 'files do not tell what a role that is not in them allows',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: dangling }
roleRef: { kind: ClusterRole, name: gone }
subjects: [{ kind: User, name: 'system:anonymous' }]
`,
    isFromFiles: true,
    fails: [{ path: 'subjects[0]', severity: 'critical', message: /not known from these files/ }],
  },
  {
    name: 'an aggregated ClusterRole is not what stands in files',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: aggregated }
roleRef: { kind: ClusterRole, name: aggregated }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: ClusterRole
metadata: { name: aggregated }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { example.com/aggregate: 'true' } }]
rules: []
`,
    isFromFiles: true,
    fails: [{ path: 'subjects[0]', severity: 'critical', message: /not known from these files/ }],
  },
  {
    name: 'kubeadm lets everybody read cluster-info, which is worth knowing and no more',
    yaml: `
kind: RoleBinding
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
roleRef: { kind: Role, name: 'kubeadm:bootstrap-signer-clusterinfo' }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: Role
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
rules:
  - { apiGroups: [''], resources: [configmaps], resourceNames: [cluster-info], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'info' }],
  },
  {
    name: 'another ConfigMap of kube-public has no such excuse',
    yaml: `
kind: RoleBinding
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
roleRef: { kind: Role, name: 'kubeadm:bootstrap-signer-clusterinfo' }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: Role
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
rules:
  - { apiGroups: [''], resources: [configmaps], resourceNames: [cluster-info, other], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'nor has every ConfigMap of kube-public',
    yaml: `
kind: RoleBinding
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
roleRef: { kind: Role, name: 'kubeadm:bootstrap-signer-clusterinfo' }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: Role
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
rules:
  - { apiGroups: [''], resources: [configmaps], resourceNames: [], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'nor has another resource of kube-public',
    yaml: `
kind: RoleBinding
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
roleRef: { kind: Role, name: 'kubeadm:bootstrap-signer-clusterinfo' }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: Role
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
rules:
  - { apiGroups: [''], resources: [configmaps, secrets], resourceNames: [cluster-info], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'nor has a further rule',
    yaml: `
kind: RoleBinding
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
roleRef: { kind: Role, name: 'kubeadm:bootstrap-signer-clusterinfo' }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: Role
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
rules:
  - { apiGroups: [''], resources: [configmaps], resourceNames: [cluster-info], verbs: [get] }
  - { apiGroups: [''], resources: [pods], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'nor has writing to it',
    yaml: `
kind: RoleBinding
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
roleRef: { kind: Role, name: 'kubeadm:bootstrap-signer-clusterinfo' }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: Role
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
rules:
  - { apiGroups: [''], resources: [configmaps], resourceNames: [cluster-info], verbs: [get, update] }
`,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'nor has a ConfigMap of that name in another namespace',
    yaml: `
kind: RoleBinding
metadata: { name: cluster-info, namespace: shop }
roleRef: { kind: Role, name: cluster-info }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: Role
metadata: { name: cluster-info, namespace: shop }
rules:
  - { apiGroups: [''], resources: [configmaps], resourceNames: [cluster-info], verbs: [get] }
`,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'without the ClusterRoles it is unknown what is granted',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: open-door }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: 'system:anonymous' }]
`,
    missing: [{ source: 'ClusterRole', state: 'forbidden', message: 'listing clusterroles is forbidden' }],
    unknown: /^listing clusterroles is forbidden$/,
  },
  {
    name: 'without the Roles it is unknown what a RoleBinding grants',
    yaml: `
kind: RoleBinding
metadata: { name: open-door, namespace: shop }
roleRef: { kind: Role, name: reader }
subjects: [{ kind: User, name: 'system:anonymous' }]
`,
    missing: [{ source: 'Role', state: 'pending', message: 'roles are being read' }],
    unknown: /^roles are being read$/,
  },
  {
    name: 'a binding to others needs no roles',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: Group, name: developers }]
`,
    missing: [{ source: 'ClusterRole', state: 'forbidden', message: 'listing clusterroles is forbidden' }],
    passes: true,
  },
  {
    name: 'subjects that are no list are unknown',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: open-door }
roleRef: { kind: ClusterRole, name: reader }
subjects: { kind: User, name: 'system:anonymous' }
`,
    unknown: /"subjects" must be a list, found an object/,
  },
  {
    name: 'a subject without a name is unknown',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: open-door }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User }]
`,
    unknown: /"subjects\[0\]\.name" must be present/,
  },
  {
    name: 'rules of the role that are no list are unknown',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: open-door }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: 'system:anonymous' }]
---
kind: ClusterRole
metadata: { name: reader }
rules: all
`,
    unknown: /"rules" must be a list, found the string "all"/,
  },
  {
    name: 'what a cluster policy expects is intended',
    yaml: openDashboard + expecting('{ kind: User, name: "system:anonymous" }', '{ verbs: [get], resources: [pods] }'),
    fails: [{ path: 'subjects[0]', severity: 'info', message: /: ClusterHardeningPolicy "open" expects it$/ }],
  },
  {
    name: 'also where it expects it of the other name for everybody',
    yaml:
      openDashboard +
      expecting('{ kind: Group, name: "system:unauthenticated" }', '{ verbs: [get], resources: [pods] }'),
    fails: [{ path: 'subjects[0]', severity: 'info' }],
  },
  {
    name: 'what is granted beyond that is critical as before',
    yaml: openDashboard + expecting('{ kind: User, name: "system:anonymous" }', '{ verbs: [list], resources: [pods] }'),
    fails: [
      {
        path: 'subjects[0]',
        severity: 'critical',
        message:
          /it gives access to resources; whether the API server takes anonymous requests is not known; remove the subject$/,
      },
    ],
  },
  {
    name: 'what is expected in a namespace is not expected cluster-wide',
    yaml:
      openDashboard +
      expecting('{ kind: User, name: "system:anonymous" }', '{ verbs: [get], resources: [pods], namespace: shop }'),
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'what is expected of somebody else does not open the door',
    yaml: openDashboard + expecting('{ kind: User, name: jane }', '{ verbs: [get], resources: [pods] }'),
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'where the API server refuses anonymous requests it is low, and said',
    yaml: openDashboard,
    evidence: evidenceOf(401),
    fails: [{ path: 'subjects[0]', severity: 'low', message: /though the API server refuses anonymous requests/ }],
  },
  {
    name: 'where it takes them it stays what it is',
    yaml: openDashboard,
    evidence: evidenceOf(403),
    fails: [
      { path: 'subjects[0]', severity: 'critical', message: /it gives access to resources; remove the subject$/ },
    ],
  },
]);
