import { expect } from 'chai';

import { violation } from '../../src/core/rule.ts';
import { snapshotOf } from './yaml-objects.ts';
import { Probe, badPod, brief, forbidden, goodPod, imageRule, ruleOf, shop } from './evaluator-probe.ts';

describe('the evaluator', () => {
  describe('says unknown', () => {
    it('where a rule throws, and tells the operator', () => {
      const probe = new Probe();
      const defect = new TypeError('x is not a function');
      const broken = ruleOf({
        id: 'broken',
        subject: 'Workload',
        check: () => {
          throw defect;
        },
      });
      const findings = probe.evaluate(shop, [broken, imageRule], snapshotOf(goodPod));
      expect(findings.map(brief)).to.deep.equal(['broken unknown Pod/good', 'image pass Pod/good']);
      expect(findings[0]?.message).to.equal('x is not a function');
      expect(probe.thrown).to.deep.equal([['broken', defect]]);
    });

    it('where a rule reads a kind that could not be read, which is no defect of the rule', () => {
      const probe = new Probe();
      const rule = ruleOf({
        id: 'reader',
        subject: 'ServiceAccount',
        reads: ['Role'],
        check: (_account, { snapshot }) => [...snapshot.list('Role')].map(() => violation('x', undefined, 'x')),
      });
      const account = `
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`;
      const findings = probe.evaluate(shop, [rule], snapshotOf(account, forbidden('Role')));
      expect(findings.map(({ outcome, message }) => [outcome, message])).to.deep.equal([
        ['unknown', 'the right to list it is missing'],
      ]);
      expect(probe.thrown).to.deep.equal([]);
    });

    it('where a field has a wrong type, and names its place', () => {
      const probe = new Probe();
      const findings = probe.evaluate(
        shop,
        [imageRule],
        snapshotOf(`
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { spec: { containers: [{ name: web, image: 7 }] } } }
`),
      );
      expect(findings.map(brief)).to.deep.equal([
        'image unknown Deployment/web spec.template.spec.containers[0].image',
      ]);
      expect(findings[0]?.message).to.equal(
        'field "spec.template.spec.containers[0].image" must be a string, found the number 7',
      );
      expect(probe.thrown).to.deep.equal([]);
    });

    it('where the whole spec has a wrong type', () => {
      expect(
        new Probe()
          .evaluate(
            shop,
            [imageRule],
            snapshotOf(`
kind: Pod
metadata: { name: odd, namespace: shop }
spec: nothing
---
kind: CronJob
metadata: { name: odd, namespace: shop }
spec: { jobTemplate: 7 }
`),
          )
          .map(brief),
      ).to.deep.equal(['image unknown CronJob/odd spec.jobTemplate', 'image unknown Pod/odd spec']);
    });

    it('once for each rule and kind of subject that could not be listed, besides those that could', () => {
      const findings = new Probe().evaluate(shop, [imageRule], snapshotOf(goodPod, forbidden('CronJob')));
      expect(findings.map(brief)).to.deep.equal(['image unknown CronJob/*', 'image pass Pod/good']);
      expect(findings[0]?.message).to.equal('cronjobs.batch could not be listed: the right to list it is missing');
      expect(findings[0]?.subject).to.deep.equal({
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        namespace: 'shop',
        name: '*',
      });
    });

    it('for every namespace, where namespaces could not be listed', () => {
      const rule = ruleOf({ id: 'namespaced', subject: 'Namespace', check: () => [] });
      expect(new Probe().evaluate(shop, [rule], snapshotOf('', forbidden('Namespace'))).map(brief)).to.deep.equal([
        'namespaced unknown Namespace/*',
      ]);
    });

    it('for cluster roles in the cluster alone', () => {
      const rule = ruleOf({ id: 'role', subject: 'Role', check: () => [] });
      const snapshot = snapshotOf('', forbidden('ClusterRole'));
      expect(
        new Probe().evaluate('cluster', [rule], snapshot).map(({ subject, message }) => [subject, message]),
      ).to.deep.equal([
        [
          { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: '*' },
          'clusterroles.rbac.authorization.k8s.io could not be listed: the right to list it is missing',
        ],
      ]);
      expect(new Probe().evaluate(shop, [rule], snapshot)).to.deep.equal([]);
    });

    it('and goes on with what was read before its stream broke', () => {
      const snapshot = snapshotOf(badPod, {
        missing: [{ source: 'Pod', state: 'stale', message: 'the stream is broken' }],
      });
      expect(new Probe().evaluate(shop, [imageRule], snapshot).map(brief)).to.deep.equal([
        'image fail Pod/bad spec.containers[0].image',
      ]);
    });
  });

  describe('judges in the scope of a namespace', () => {
    const everything = `
kind: Namespace
metadata: { name: shop }
---
kind: Namespace
metadata: { name: other }
---
kind: Role
metadata: { name: role, namespace: shop }
---
kind: Role
metadata: { name: role, namespace: other }
---
kind: ClusterRole
metadata: { name: cluster-role }
---
kind: RoleBinding
metadata: { name: binding, namespace: shop }
roleRef: { kind: Role, name: role }
---
kind: ClusterRoleBinding
metadata: { name: cluster-binding }
roleRef: { kind: ClusterRole, name: cluster-role }
---
kind: ServiceAccount
metadata: { name: account, namespace: shop }
---
${goodPod}`;
    const rules = [
      imageRule,
      ruleOf({ id: 'account', subject: 'ServiceAccount', check: () => [] }),
      ruleOf({ id: 'api-server', subject: 'APIServer', check: () => [] }),
      ruleOf({ id: 'binding', subject: 'Binding', check: () => [] }),
      ruleOf({ id: 'namespace', subject: 'Namespace', check: () => [] }),
      ruleOf({ id: 'role', subject: 'Role', check: () => [] }),
    ];

    it('what lives in it, and the namespace itself', () => {
      expect(new Probe().evaluate(shop, rules, snapshotOf(everything)).map(brief)).to.deep.equal([
        'account pass ServiceAccount/account',
        'binding pass RoleBinding/binding',
        'image pass Pod/good',
        'namespace pass Namespace/shop',
        'role pass Role/role',
      ]);
    });

    it('or of the cluster, what lives in none, and the API server', () => {
      expect(new Probe().evaluate('cluster', rules, snapshotOf(everything)).map(brief)).to.deep.equal([
        'api-server pass APIServer/kube-apiserver',
        'binding pass ClusterRoleBinding/cluster-binding',
        'role pass ClusterRole/cluster-role',
      ]);
    });

    it('that does not exist nothing', () => {
      expect(new Probe().evaluate({ namespace: 'gone' }, rules, snapshotOf(everything))).to.deep.equal([]);
    });

    it('with the subject as rules know it', () => {
      const seen: unknown[] = [];
      const rule = ruleOf({
        id: 'seen',
        subject: 'Role',
        check: (_role, { subject }) => {
          seen.push(subject);
          return [];
        },
      });
      new Probe().evaluate(shop, [rule], snapshotOf(everything));
      new Probe().evaluate('cluster', [rule], snapshotOf(everything));
      expect(seen).to.deep.equal([
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', namespace: 'shop', name: 'role' },
        { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'cluster-role' },
      ]);
    });
  });
});
