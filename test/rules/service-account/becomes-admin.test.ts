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

const escalate = '{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, update] }';

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
    name: 'a running pod with its token is told',
    yaml: `${deployer}---${bind(escalate)}---
kind: Pod
metadata: { name: runner, namespace: ci }
spec:
  serviceAccountName: deployer
  containers: [{ name: main, image: main }]
  volumes: [{ name: token, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]
`,
    fails: [{ path: 'metadata.name', message: /in one step, and its token is in running pods; / }],
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
