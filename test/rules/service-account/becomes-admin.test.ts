import { becomesAdmin } from '../../../src/rules/service-account/becomes-admin.ts';
import { testRule } from '../rule-tester.ts';

const deployer = `
kind: ServiceAccount
metadata: { name: deployer, namespace: ci }
`;

function bind(rule: string): string {
  return `
kind: ClusterRole
metadata: { name: held }
rules: [${rule}]
---
kind: ClusterRoleBinding
metadata: { name: secret-name-of-a-binding }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: held }
subjects: [{ kind: ServiceAccount, namespace: ci, name: deployer }]
`;
}

function groupMay(verb: string, group: string): string {
  return bind(`{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [${verb}] }`)
    .replace(/name: (held|secret-name-of-a-binding)/g, `name: $1-${verb}`)
    .replace(/subjects: .*/, `subjects: [{ kind: Group, name: "${group}" }]`);
}

const escalate = '{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, update] }';

const runner = `
kind: Pod
metadata: { name: runner, namespace: ci }
spec:
  serviceAccountName: deployer
  containers: [{ name: main, image: main }]
  volumes: [{ name: token, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]
`;

/** Running commands in pods, of that name where there is one. */
function letIn(subject: string, scope: 'ci' | 'cluster', pod?: string): string {
  const place = scope === 'cluster' ? '' : `, namespace: ${scope}`;
  const prefix = scope === 'cluster' ? 'Cluster' : '';
  const names = pod === undefined ? '' : `, resourceNames: [${pod}]`;
  return `
kind: ${prefix}Role
metadata: { name: debugger${place} }
rules: [{ apiGroups: [""], resources: [pods/exec], verbs: [create]${names} }]
---
kind: ${prefix}RoleBinding
metadata: { name: debuggers${place} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${prefix}Role, name: debugger }
subjects: [${subject}]
`;
}

const jane = '{ kind: User, name: jane }';

testRule(becomesAdmin, [
  {
    name: 'an account that can become cluster-admin fails, and nothing of the cluster is named',
    yaml: `${deployer}---${bind(escalate)}`,
    fails: [
      {
        path: 'metadata.name',
        observed: 'deployer',
        message:
          /^it can become cluster-admin in one step; the posture of the cluster tells how, and which grant to take away$/,
      },
    ],
  },
  {
    name: 'so does one that no binding names, where two of its groups together let it',
    yaml: `${deployer}---${groupMay('escalate', 'system:serviceaccounts:ci')}---${groupMay('update', 'system:serviceaccounts')}`,
    fails: [{ path: 'metadata.name', message: /^it can become cluster-admin in one step; / }],
  },
  {
    name: 'and not where one of them is that of another namespace',
    yaml: `${deployer}---${groupMay('escalate', 'system:serviceaccounts:shop')}---${groupMay('update', 'system:serviceaccounts')}`,
    passes: true,
  },
  {
    name: 'a running pod with its token is told',
    yaml: `${deployer}---${bind(escalate)}---${runner}`,
    fails: [{ path: 'metadata.name', message: /in one step, and its token is in running pods; / }],
  },
  {
    name: 'so are outsiders who may run commands there, those of the whole cluster without their names',
    yaml: `${deployer}---${bind(escalate)}---${runner}---${letIn(jane, 'ci')}---${letIn('{ kind: Group, name: secret-devs }', 'cluster')}`,
    fails: [
      {
        path: 'metadata.name',
        message:
          /its token is in running pods; 2 who are not cluster-admin \(User "jane" by RoleBindings of this namespace, 1 by cluster-wide grants\) may run commands there; the posture/,
      },
    ],
  },
  {
    name: 'outsiders count where it is a pod of theirs by name',
    yaml: `${deployer}---${bind(escalate)}---${runner}---${letIn(jane, 'ci', 'runner')}`,
    fails: [{ path: 'metadata.name', message: /somebody who is not cluster-admin \(User "jane" / }],
  },
  {
    name: 'and do not where it is another pod',
    yaml: `${deployer}---${bind(escalate)}---${runner}---${letIn(jane, 'ci', 'web')}`,
    fails: [{ path: 'metadata.name', message: /its token is in running pods; the posture/ }],
  },
  {
    name: 'the account itself is no outsider',
    yaml: `${deployer}---${bind(escalate)}---${runner}---${letIn('{ kind: ServiceAccount, name: deployer, namespace: ci }', 'ci')}`,
    fails: [{ path: 'metadata.name', message: /its token is in running pods; the posture/ }],
  },
  {
    name: 'nor is whoever gets as far in no more steps than the account',
    yaml: `${deployer}---${bind(escalate).replace('subjects: [', `subjects: [${jane}, `)}---${runner}---${letIn(jane, 'ci')}`,
    fails: [{ path: 'metadata.name', message: /its token is in running pods; the posture/ }],
  },
  {
    name: 'nor whoever is cluster-admin',
    yaml: `${deployer}---${bind('{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }').replace('subjects: [', `subjects: [${jane}, `)}---${runner}---${letIn(jane, 'ci')}`,
    fails: [{ path: 'metadata.name', message: /^it is cluster-admin, and its token is in running pods; the posture/ }],
  },
  {
    name: 'where no pod carries the token nobody is named',
    yaml: `${deployer}---${bind(escalate)}---${letIn(jane, 'ci')}`,
    fails: [{ path: 'metadata.name', message: /in one step; the posture/ }],
  },
  {
    name: 'an account that is cluster-admin fails',
    yaml: `${deployer}---${bind('{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }')}`,
    fails: [{ path: 'metadata.name', message: /^it is cluster-admin; / }],
  },
  {
    name: 'what takes something for granted is less certain',
    yaml: `${deployer}---${bind('{ apiGroups: [apiregistration.k8s.io], resources: [apiservices], verbs: [update] }')}`,
    fails: [{ path: 'metadata.name', severity: 'high', message: /in one step, under assumptions; / }],
  },
  { name: 'an account without rights passes', yaml: deployer, passes: true },
  {
    name: 'where one namespace alone is judged no path can be followed',
    yaml: deployer,
    missing: [{ source: 'EscalationPaths', state: 'absent', message: 'scan all of them with -A' }],
    notApplicable: /scan all of them with -A/,
  },
  {
    name: 'without the bindings it is unknown',
    yaml: deployer,
    missing: [{ source: 'ClusterRoleBinding', state: 'forbidden', message: 'needs list on clusterrolebindings' }],
    unknown: /needs list on clusterrolebindings/,
  },
]);
