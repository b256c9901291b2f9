import { expect } from 'chai';

import { isRepairedInCluster, planRepair, remedies, remedyOf } from '../../src/remediation/remedies.ts';
import { printPatch } from '../../src/remediation/patch-text.ts';
import { anonymousGrants } from '../../src/rules/rbac/anonymous-grants.ts';
import { defaultTokenMount } from '../../src/rules/service-account/default-token-mount.ts';
import { imagePullPolicy } from '../../src/rules/pod/image-pull-policy.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { planOf } from './repaired-yaml.ts';

describe('every remedy', () => {
  it('is for a rule that there is, and for one alone', () => {
    const ids = remedies.map(({ rule }) => rule);
    expect(ids).to.deep.equal([...new Set(ids)]);
    expect(rules.map(({ id }) => id)).to.include.members(ids);
  });

  it('that is only planned names no field that Merlon may write, and any other needs a guard or is the first', () => {
    for (const { rule, isPlanOnly, needsGuard, fields } of remedies) {
      expect(fields.length > 0, rule).to.equal(!isPlanOnly);
      expect(needsGuard, rule).to.equal(rule !== 'service-account-default-token-mount');
    }
  });

  it('for something that is of the whole cluster is only planned', () => {
    const ofCluster = rules.filter(isRepairedInCluster).map(({ id }) => id);
    expect(ofCluster).to.include(anonymousGrants.id);
    for (const id of ofCluster) expect(remedyOf(id)?.isPlanOnly, id).to.equal(true);
  });
});

describe('a planned repair', () => {
  it('of a default account names the very object, one field and what stands in it', () => {
    const yaml = `
kind: ServiceAccount
metadata: { name: default, namespace: shop, uid: u-1 }
automountServiceAccountToken: true
`;
    const plan = planOf(remedyOf(defaultTokenMount.id) ?? never(), { rule: defaultTokenMount, yaml, violations: [] });
    expect(plan).to.deep.include({
      target: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default', uid: 'u-1' },
      patch: { automountServiceAccountToken: false },
      fields: [
        {
          path: 'automountServiceAccountToken',
          keys: ['automountServiceAccountToken'],
          before: true,
          after: false,
        },
      ],
    });
  });

  it('is made of failures alone', () => {
    const subject = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' };
    const snapshot = snapshotOf('kind: ServiceAccount\nmetadata: { name: default, namespace: shop }');
    const finding = { rule: defaultTokenMount, severity: 'medium', subject, message: '', violations: [] } as const;
    expect(planRepair({ ...finding, outcome: 'fail' }, snapshot)).to.have.property('isPlanOnly', false);
    for (const outcome of ['pass', 'unknown', 'notApplicable'] as const) {
      expect(planRepair({ ...finding, outcome }, snapshot)).to.equal(undefined);
    }
  });

  it('of a binding leaves every other subject in it', () => {
    const yaml = `
kind: RoleBinding
metadata: { name: open, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: r }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: 'system:anonymous' }
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: 'system:anonymous' }
  - { kind: ServiceAccount, name: web, namespace: shop }
`;
    const plan = planOf(remedyOf(anonymousGrants.id) ?? never(), { rule: anonymousGrants, yaml, violations: [] });
    expect(plan?.patch).to.deep.equal({
      subjects: [
        { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:anonymous' },
        { kind: 'ServiceAccount', name: 'web', namespace: 'shop' },
      ],
    });
    expect(plan?.isPlanOnly).to.equal(true);
  });

  it('of a CronJob leads to the template in it, and is printed as a patch for the repository', () => {
    const yaml = `
kind: CronJob
metadata: { name: nightly, namespace: shop }
spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: a, image: 'x:1' }, { name: b, image: x }] } } } } }
`;
    const plan = planOf(remedyOf(imagePullPolicy.id) ?? never(), { rule: imagePullPolicy, yaml, violations: [] });
    expect(plan === undefined ? '' : printPatch(plan.target, plan.patch)).to.equal(`apiVersion: batch/v1
kind: CronJob
metadata:
  name: nightly
  namespace: shop
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: a
              imagePullPolicy: Always
`);
  });
});

describe('a patch in YAML', () => {
  const target = { apiVersion: 'v1', kind: 'Namespace', name: 'no' };

  it('quotes what YAML would take for something else', () => {
    const labels = { 'pod-security.kubernetes.io/enforce-version': 'v1.37', odd: 'a: b', number: '7' };
    expect(printPatch(target, { metadata: { labels } })).to.equal(`apiVersion: v1
kind: Namespace
metadata:
  name: "no"
  labels:
    pod-security.kubernetes.io/enforce-version: v1.37
    odd: "a: b"
    number: "7"
`);
  });

  it('prints what is empty', () => {
    expect(printPatch(target, { subjects: [], spec: {}, list: [[], {}, 1, null] })).to.match(
      /subjects: \[\]\nspec: \{\}\nlist:\n {2}- \[\]\n {2}- \{\}\n {2}- 1\n {2}- null\n$/,
    );
  });
});

function never(): never {
  throw new Error('there is no such remedy');
}
