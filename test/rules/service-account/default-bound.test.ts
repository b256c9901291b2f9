import { defaultBound } from '../../../src/rules/service-account/default-bound.ts';
import { testRule } from '../rule-tester.ts';

const byDefault = '{ kind: ServiceAccount, name: default, namespace: shop }';
const roleBinding = (role: string, subjects = byDefault) => `
kind: RoleBinding
metadata: { name: web, namespace: shop }
roleRef: { kind: ClusterRole, name: ${role} }
subjects: [${subjects}]
`;
const clusterRoleBinding = (role: string) => `
kind: ClusterRoleBinding
metadata: { name: web }
roleRef: { kind: ClusterRole, name: ${role} }
subjects: [${byDefault}]
`;
const role = (name: string, rule: string) => `---
kind: ClusterRole
metadata: { name: ${name} }
rules: [${rule}]
`;
const view = role('view', "{ verbs: [get, list, watch], apiGroups: [''], resources: [configmaps, pods] }");
const edit = role('edit', "{ verbs: [create], apiGroups: [''], resources: [pods] }");
const clusterAdmin = role('cluster-admin', "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }");

testRule(defaultBound, [
  {
    name: 'a role for an account of the application passes',
    yaml: roleBinding('view', '{ kind: ServiceAccount, name: web }') + view,
    passes: true,
  },
  {
    name: 'a user or group of that name is no account',
    yaml: roleBinding('view', '{ kind: User, name: default }, { kind: Group, name: default }') + view,
    passes: true,
  },
  {
    name: 'view in the namespace is medium',
    yaml: roleBinding('view') + view,
    fails: [
      {
        path: 'subjects[0]',
        observed: 'shop/default',
        severity: 'medium',
        message:
          /^ClusterRole "view" is granted to the default service account of namespace "shop", that is to every pod/,
      },
    ],
  },
  {
    name: 'edit in the namespace is high, because it is to take over the namespace',
    yaml: roleBinding('edit') + edit,
    fails: [{ path: 'subjects[0]', severity: 'high', message: /one can take over all that it is bound in/ }],
  },
  {
    name: 'view cluster-wide is high',
    yaml: clusterRoleBinding('view') + view,
    fails: [{ path: 'subjects[0]', severity: 'high' }],
  },
  {
    name: 'edit cluster-wide is critical',
    yaml: clusterRoleBinding('edit') + edit,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'cluster-admin cluster-wide is critical',
    yaml: clusterRoleBinding('cluster-admin') + clusterAdmin,
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'a role is what it allows, not what it is called',
    yaml: clusterRoleBinding('view') + role('view', "{ verbs: [list], apiGroups: [''], resources: [secrets] }"),
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'one Secret by its name is something, and not all of them',
    yaml:
      roleBinding('own') +
      role('own', "{ verbs: [get], apiGroups: [''], resources: [secrets], resourceNames: [mine] }"),
    fails: [{ path: 'subjects[0]', severity: 'medium' }],
  },
  {
    name: 'pods of another group are no pods',
    yaml: roleBinding('metrics') + role('metrics', '{ verbs: ["*"], apiGroups: [metrics.k8s.io], resources: [pods] }'),
    fails: [{ path: 'subjects[0]', severity: 'medium' }],
  },
  {
    name: 'to enter pods is to become their accounts',
    yaml: roleBinding('enter') + role('enter', "{ verbs: [create], apiGroups: [''], resources: ['*/exec'] }"),
    fails: [{ path: 'subjects[0]', severity: 'high' }],
  },
  {
    name: 'what every account has is a note',
    yaml: roleBinding('self') + role('self', '{ verbs: [get], apiGroups: [], nonResourceURLs: [/metrics] }'),
    fails: [{ path: 'subjects[0]', severity: 'info' }],
  },
  {
    name: 'a role that does not exist is whatever somebody creates',
    yaml: clusterRoleBinding('gone'),
    fails: [{ path: 'subjects[0]', severity: 'medium', message: /the role does not exist/ }],
  },
  {
    name: 'default accounts of other namespaces count, each at its place',
    yaml:
      roleBinding(
        'view',
        '{ kind: ServiceAccount, name: default }, { kind: ServiceAccount, name: default, namespace: bank }',
      ) + view,
    fails: [
      { path: 'subjects[0]', observed: 'shop/default', severity: 'medium' },
      { path: 'subjects[1]', observed: 'bank/default', severity: 'medium' },
    ],
  },
  {
    name: 'files need not hold the roles that every cluster has',
    isFromFiles: true,
    yaml: clusterRoleBinding('admin'),
    fails: [{ path: 'subjects[0]', severity: 'critical' }],
  },
  {
    name: 'files may bind what they do not hold',
    isFromFiles: true,
    yaml: roleBinding('operator'),
    fails: [{ path: 'subjects[0]', severity: 'medium', message: /not known from these files/ }],
  },
  {
    name: 'without the roles nobody knows how bad it is',
    missing: [{ source: 'ClusterRole', state: 'forbidden', message: 'listing clusterroles is forbidden' }],
    yaml: roleBinding('view'),
    unknown: /listing clusterroles is forbidden/,
  },
]);
