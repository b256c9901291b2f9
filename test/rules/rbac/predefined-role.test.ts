import { predefinedRole } from '../../../src/rules/rbac/predefined-role.ts';
import { testRule } from '../rule-tester.ts';

const label = `labels: { 'kubernetes.io/bootstrapping': rbac-defaults }`;

testRule(predefinedRole, [
  {
    name: 'a role as Kubernetes creates it passes, in other words too, and without its label',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:public-info-viewer' }
rules:
  - { nonResourceURLs: [/version, /version/, /livez, /readyz, /healthz], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'a rule that is added to what everybody is bound to is critical',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:public-info-viewer', ${label} }
rules:
  - { nonResourceURLs: [/version, /version/, /livez, /readyz, /healthz], verbs: [get] }
  - { apiGroups: [''], resources: [secrets, configmaps], verbs: [get, list] }
`,
    fails: [
      {
        path: 'rules[1]',
        severity: 'critical',
        observed: 'get,list secrets; get,list configmaps',
        message: /which Kubernetes 1\.\d+ does not give to "system:public-info-viewer"; everybody is bound to it/,
      },
    ],
  },
  {
    name: 'a rule that is added to a role of some controller is high, and a rule that is gone is low',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:kube-dns', ${label} }
rules:
  - { apiGroups: [''], resources: [endpoints], verbs: [list, watch, delete] }
`,
    fails: [
      { path: 'rules[0]', severity: 'high', observed: 'delete endpoints' },
      { path: 'rules', severity: 'low', message: /lacks list,watch services, which/ },
    ],
  },
  {
    name: 'what is gathered from a ClusterRole of somebody else is told, and is harmless where it is about its own resources',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:aggregate-to-view' }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { shop: 'true' } }]
rules:
  - { apiGroups: [shop.example], resources: [carts], verbs: [get] }
  - { apiGroups: [''], resources: [secrets], verbs: [get] }
---
kind: ClusterRole
metadata: { name: carts, labels: { shop: 'true' } }
rules:
  - { apiGroups: [shop.example], resources: [carts], verbs: ['*'] }
---
kind: ClusterRole
metadata: { name: spy, labels: { shop: 'true' } }
rules:
  - { apiGroups: [''], resources: [secrets], verbs: [get, list] }
`,
    fails: [
      { path: 'rules[0]', severity: 'info', message: /gathered from ClusterRole "carts" by its label$/ },
      { path: 'rules[1]', severity: 'high', message: /gathered from ClusterRole "spy" by its label$/ },
      {
        path: 'aggregationRule.clusterRoleSelectors[0]',
        severity: 'high',
        message: /whoever may write one adds to it/,
      },
      { path: 'rules', severity: 'low' },
    ],
  },
  {
    name: 'selectors that are gone are low',
    yaml: `
kind: ClusterRole
metadata: { name: view }
aggregationRule:
  clusterRoleSelectors: []
`,
    isFromFiles: true,
    fails: [{ path: 'aggregationRule', severity: 'low' }],
  },
  {
    name: 'a rule of another release is left over',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:controller:storage-version-migrator-controller' }
rules:
  - { apiGroups: ['*'], resources: ['*'], verbs: [list, patch, create] }
  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [get] }
  - { apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions/status], verbs: [patch] }
  - { apiGroups: [storagemigration.k8s.io], resources: [storageversionmigrations/status], verbs: [update] }
`,
    podSecurityVersion: 37,
    fails: [{ path: 'rules[0]', severity: 'low', message: /1\.36 does, and no other release takes it away/ }],
  },
  {
    name: 'the label of Kubernetes on a role that it does not create is medium',
    yaml: `
kind: ClusterRole
metadata: { name: operator, ${label} }
`,
    fails: [{ path: 'metadata.labels', severity: 'medium' }],
  },
  {
    name: 'a name that is kept for Kubernetes is low, in namespaces too',
    yaml: `
kind: Role
metadata: { name: 'system:operator', namespace: shop }
`,
    fails: [{ path: 'metadata.name', severity: 'low', message: /Role "system:operator" has a name that begins/ }],
  },
  {
    name: 'a Role that Kubernetes creates in its namespace passes',
    yaml: `
kind: Role
metadata: { name: extension-apiserver-authentication-reader, namespace: kube-system }
rules:
  - { apiGroups: [''], resources: [configmaps], resourceNames: [extension-apiserver-authentication], verbs: [watch, list, get] }
`,
    passes: true,
  },
  {
    name: 'a role of kubeadm passes',
    yaml: `
kind: Role
metadata: { name: 'kubeadm:bootstrap-signer-clusterinfo', namespace: kube-public }
rules:
  - { apiGroups: [''], resources: [configmaps], resourceNames: [cluster-info], verbs: [get] }
`,
    passes: true,
  },
  {
    name: 'any other role is none of them',
    yaml: `
kind: ClusterRole
metadata: { name: operator }
rules:
  - { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
`,
    notApplicable: /creates no ClusterRole of that name/,
  },
  {
    name: 'an aggregated role in a file has no rules yet',
    yaml: `
kind: ClusterRole
metadata: { name: view }
aggregationRule:
  clusterRoleSelectors:
    - matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }
`,
    isFromFiles: true,
    passes: true,
  },
  {
    name: 'without a baseline of that version it is not known',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:public-info-viewer' }
`,
    podSecurityVersion: 12,
    unknown: /no baseline of Kubernetes 1\.12/,
  },
  {
    name: 'without the version it is not known',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:public-info-viewer' }
`,
    missing: [{ source: 'ServerVersion', state: 'unobserved', message: 'nobody said' }],
    unknown: /nobody said/,
  },
  {
    name: 'rules that are no list are not known',
    yaml: `
kind: ClusterRole
metadata: { name: 'system:public-info-viewer' }
rules: all
`,
    isFromFiles: true,
    unknown: /rules/,
  },
]);
