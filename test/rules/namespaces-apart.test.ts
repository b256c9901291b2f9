/**
 * Whoever may read a namespace reads its posture, so that nothing may stand there that they could not see anyway: no
 * cluster-wide binding, nothing of other namespaces.
 */
import { expect } from 'chai';

import { Evaluator } from '../../src/core/evaluate.ts';
import { allKindNames, kinds } from '../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { resolveParams } from '../../src/core/params.ts';
import { project } from '../../src/core/project.ts';
import { rules } from '../../src/rules/index.ts';
import { readManifests } from '../core/yaml-objects.ts';

/** `hidden` is in every name that the readers of namespace `shop` may not know. */
const yaml = `
kind: Namespace
metadata: { name: shop }
---
kind: ServiceAccount
metadata: { name: default, namespace: shop }
---
kind: ServiceAccount
metadata: { name: web, namespace: shop }
---
kind: ServiceAccount
metadata: { name: idle, namespace: shop }
---
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { spec: { serviceAccountName: web, containers: [{ name: web }] } } }
---
kind: Deployment
metadata: { name: worker, namespace: shop }
spec: { template: { spec: { serviceAccountName: web, containers: [{ name: worker }] } } }
---
kind: Deployment
metadata: { name: lost, namespace: shop }
spec: { template: { spec: { serviceAccountName: gone, containers: [{ name: lost }] } } }
---
kind: Deployment
metadata: { name: agent, namespace: shop }
spec: { template: { spec: { hostPID: true, serviceAccountName: web, containers: [{ name: agent }] } } }
---
kind: Pod
metadata: { name: runner, namespace: shop }
spec:
  serviceAccountName: default
  containers: [{ name: runner }]
  volumes: [{ name: token, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]
---
kind: ClusterRole
metadata: { name: exec }
rules: [{ verbs: [create], apiGroups: [''], resources: [pods/exec] }]
---
kind: ClusterRoleBinding
metadata: { name: hidden-exec }
roleRef: { kind: ClusterRole, name: exec }
subjects: [{ kind: User, name: hidden-jane }, { kind: ServiceAccount, name: web, namespace: hidden }]
---
kind: RoleBinding
metadata: { name: exec, namespace: shop }
roleRef: { kind: ClusterRole, name: exec }
subjects: [{ kind: ServiceAccount, name: web, namespace: hidden }]
---
kind: RoleBinding
metadata: { name: own, namespace: shop }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: default }, { kind: ServiceAccount, name: gone }]
---
kind: ClusterRole
metadata: { name: view }
rules: [{ verbs: [get], apiGroups: [''], resources: [pods] }]
---
kind: ClusterRole
metadata: { name: hidden-role }
rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]
---
kind: ClusterRoleBinding
metadata: { name: hidden-binding }
roleRef: { kind: ClusterRole, name: hidden-role }
subjects:
  - { kind: ServiceAccount, name: default, namespace: shop }
  - { kind: ServiceAccount, name: idle, namespace: shop }
  - { kind: ServiceAccount, name: gone, namespace: shop }
  - { kind: Group, name: system:serviceaccounts:shop }
---
kind: RoleBinding
metadata: { name: hidden-grant, namespace: hidden }
roleRef: { kind: ClusterRole, name: hidden-role }
subjects: [{ kind: ServiceAccount, name: web, namespace: shop }]
---
kind: ServiceAccount
metadata: { name: web, namespace: hidden }
---
kind: Deployment
metadata: { name: hidden-app, namespace: hidden }
spec: { template: { spec: { serviceAccountName: web, containers: [{ name: web }] } } }
`;

describe('the findings of a namespace', () => {
  const manifests = readManifests(yaml);
  const objects = Object.fromEntries(
    allKindNames.map((kind) => [
      kind,
      manifests.filter((one) => one.kind === kind).map((one) => project(kinds[kind].shape, one)),
    ]),
  );
  const snapshot = buildObjectSnapshot({ objects, isWholeCluster: true });
  const evaluator = new Evaluator({
    ruleThrew: (rule, error) => {
      throw new Error(`rule ${rule} threw`, { cause: error });
    },
  });
  const selected = rules.map((rule) => ({ rule, params: resolveParams(rule) }));

  const textOf = (scope: { namespace: string } | 'cluster') =>
    evaluator
      .evaluate(scope, selected, snapshot)
      .map(({ rule, outcome, subject, message, violations }) =>
        JSON.stringify([rule.id, outcome, subject, message, violations]),
      );

  it('name nothing that its readers may not know', () => {
    const texts = textOf({ namespace: 'shop' });
    expect(texts.filter((text) => text.includes('hidden'))).to.deep.equal([]);
    const ofAccounts = [
      'unused',
      'shared',
      'absent',
      'absent-bound',
      'default-bound',
      'token-mounted',
      'becomes-admin',
    ];
    for (const rule of [...ofAccounts.map((one) => `service-account-${one}`), 'pod-exec-reach']) {
      expect(
        texts.some((text) => text.startsWith(`["${rule}","fail"`)),
        rule,
      ).to.equal(true);
    }
    for (const text of [/sees the processes of its node, and 2 who/, /its token is in running pods; 2 who/]) {
      expect(
        texts.some((one) => text.test(one)),
        `what ${String(text)} says`,
      ).to.equal(true);
    }
  });

  it('are the cluster posture’s where they are about what is cluster-wide, with all names', () => {
    expect(textOf('cluster').filter((text) => text.includes('hidden-binding'))).not.to.deep.equal([]);
  });
});
