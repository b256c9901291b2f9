import { expect } from 'chai';

import type { ObjectSnapshotOptions } from '../../src/core/object-snapshot.ts';
import type { Risk } from '../../src/remediation/planned-repair.ts';
import { findTokenRisks } from '../../src/remediation/risk.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const always = /what makes pods only later.*is not seen/;
const addedToken = `
  volumes:
    - { name: kube-api-access-x7k2p, projected: { sources: [{ serviceAccountToken: { path: token } }] } }
  containers:
    - { name: web, volumeMounts: [{ name: kube-api-access-x7k2p, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }] }
`;

function deployment(spec: string, name = 'web', namespace = 'shop'): string {
  return `---
kind: Deployment
metadata: { name: ${name}, namespace: ${namespace}, uid: ${name}-uid }
spec: { template: { spec: ${spec} } }
`;
}

function risksOf(yaml: string, options: Partial<Omit<ObjectSnapshotOptions, 'objects'>> = {}): readonly Risk[] {
  const risks = findTokenRisks(snapshotOf(yaml, options), 'shop', 'default');
  expect(risks.at(-1)?.message).to.match(always);
  return risks.slice(0, -1);
}

interface Row {
  readonly name: string;
  readonly yaml: string;
  /** Kinds of risk and the names in them. */
  readonly risks: readonly (readonly [Risk['kind'], RegExp])[];
}

const rows: readonly Row[] = [
  { name: 'nothing, in an empty namespace', yaml: '', risks: [] },
  {
    name: 'a template that names no account and says nothing of its token',
    yaml: deployment('{ containers: [{ name: web }] }'),
    risks: [['WorkloadAtRisk', /^Deployment "web" mounts the token of "default".*account of its own.*to true if/]],
  },
  {
    name: 'a template that names the account',
    yaml: deployment('{ serviceAccountName: default, containers: [{ name: web }] }'),
    risks: [['WorkloadAtRisk', /^Deployment "web"/]],
  },
  {
    name: 'a template between two runs',
    yaml: `
kind: CronJob
metadata: { name: nightly, namespace: shop }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: job }] } } } } }
`,
    risks: [['WorkloadAtRisk', /^CronJob "nightly" mounts/]],
  },
  {
    name: 'a pod of its own that runs with the token',
    yaml: `
kind: Pod
metadata: { name: naked, namespace: shop, uid: u }
spec:${addedToken}`,
    risks: [['WorkloadAtRisk', /^Pod "naked" runs with the token/]],
  },
  {
    name: 'not a pod that runs without it',
    yaml: `
kind: Pod
metadata: { name: naked, namespace: shop, uid: u }
spec: { containers: [{ name: web }] }
`,
    risks: [],
  },
  {
    name: 'not a template that asks for the token itself: it keeps it',
    yaml: deployment('{ automountServiceAccountToken: true, containers: [{ name: web }] }'),
    risks: [],
  },
  {
    name: 'not a template that refuses it',
    yaml: deployment('{ automountServiceAccountToken: false, containers: [{ name: web }] }'),
    risks: [],
  },
  {
    name: 'not a template with an account of its own',
    yaml: deployment('{ serviceAccountName: web, containers: [{ name: web }] }'),
    risks: [],
  },
  {
    name: 'not a template that projects a token by itself at the usual place',
    yaml: deployment(
      '{ volumes: [{ name: t, projected: { sources: [{ serviceAccountToken: { path: token } }] } }], containers: [{ name: web, volumeMounts: [{ name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }] }] }',
    ),
    risks: [],
  },
  {
    name: 'not a static pod, which has no account',
    yaml: `
kind: Pod
metadata: { name: etcd, namespace: shop, uid: u, annotations: { kubernetes.io/config.mirror: x } }
spec: { containers: [{ name: etcd }] }
`,
    risks: [],
  },
  {
    name: 'not what runs in another namespace',
    yaml: deployment('{ containers: [{ name: web }] }', 'web', 'bank'),
    risks: [],
  },
  {
    name: 'a template that cannot be read, as unknown',
    yaml: deployment('{ automountServiceAccountToken: "no", containers: [{ name: web }] }'),
    risks: [['RiskUnknown', /^whether Deployment "web" mounts the token cannot be told: .*must be a boolean/]],
  },
  {
    name: 'what is granted to the account, as a hint',
    yaml: `
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: ServiceAccount, name: default }]
---
kind: RoleBinding
metadata: { name: others, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }
subjects: [{ kind: Group, name: 'system:serviceaccounts:shop' }]
`,
    risks: [['Stated', /^RoleBinding "readers" grants Role "reader" to "default", which hints at/]],
  },
  {
    name: 'what is granted to it cluster-wide, without the names',
    yaml: `
kind: ClusterRoleBinding
metadata: { name: payroll-admins }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: payroll }
subjects: [{ kind: User, name: 'system:serviceaccount:shop:default' }]
`,
    risks: [['Stated', /^a ClusterRoleBinding grants something to "default"(?!.*payroll)/]],
  },
];

describe('at risk, without the token of the default account, is', () => {
  for (const { name, yaml, risks } of rows) {
    it(name, () => {
      const found = risksOf(yaml);
      expect(found.map(({ kind }) => kind)).to.deep.equal(risks.map(([kind]) => kind));
      for (const [index, [, message]] of risks.entries()) expect(found[index]?.message).to.match(message);
    });
  }

  it('not known where a kind is not read', () => {
    const found = risksOf(deployment('{ serviceAccountName: web, containers: [{ name: web }] }'), {
      missing: [{ source: 'StatefulSet', state: 'forbidden', message: 'listing statefulsets is forbidden' }],
    });
    expect(found).to.deep.equal([
      {
        kind: 'RiskUnknown',
        message:
          'whether a StatefulSet runs as "default" with its token is not known: listing statefulsets is forbidden',
      },
    ]);
  });
});
