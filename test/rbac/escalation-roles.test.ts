import { expect } from 'chai';

import { EscalationGraph, escalationGraphOf } from '../../src/rbac/escalation-graph.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { account, admin, grants, namespaces, pathsOf } from './escalation-world.ts';

describe('a path to cluster-admin', () => {
  describe('by changing a role', () => {
    const held = (kind: 'Role' | 'ClusterRole', namespace: string) => `
kind: RoleBinding
metadata: { name: held, namespace: ${namespace} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: held }
subjects: [{ kind: User, name: jane }]
`;
    const roleHeld = (kind: 'Role' | 'ClusterRole', rules: string) => `
kind: ${kind}
metadata: { name: held${kind === 'Role' ? ', namespace: ci' : ''} }
rules: [${rules}]
`;
    const mayGrow = '{ apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [escalate, update] }';
    const around = [account('ci/deployer'), admin];

    it('leads nowhere where none of the namespace is theirs, and through it where one is', () => {
      const own = [held('ClusterRole', 'ci'), roleHeld('ClusterRole', mayGrow)];
      expect(pathsOf(...around, ...own)('user:jane')).to.equal(undefined);
      const one = grants('ci: User jane may get core pods');
      expect(pathsOf(...around, ...own, one)('user:jane')).to.equal(
        'user:jane -[escalate roles, update roles in ci]-> sa:ci/deployer -[do everything]-> cluster-admin (1 step)',
      );
    });

    it('leads to what is in the namespace where that is bound to them', () => {
      const may = grants('cluster: User jane may escalate,patch rbac.authorization.k8s.io clusterroles named held');
      const inCi = pathsOf(...around, roleHeld('ClusterRole', ''), held('ClusterRole', 'ci'), may);
      expect(inCi('user:jane')).to.match(/^user:jane -\[escalate clusterroles, patch clusterroles in ci\]-> sa:ci/);
      const inShop = pathsOf(...around, roleHeld('ClusterRole', ''), held('ClusterRole', 'shop'), may);
      expect(inShop('user:jane')).to.equal(undefined);
    });

    it('comes and goes with the role that may be bound', () => {
      const may = grants(
        'cluster: User jane may escalate,create rbac.authorization.k8s.io clusterroles',
        'cluster: User jane may bind rbac.authorization.k8s.io clusterroles named held',
        'cluster: User jane may create rbac.authorization.k8s.io clusterrolebindings',
      );
      const without = snapshotOf([namespaces, may].join('---'));
      const withRole = snapshotOf([namespaces, may, roleHeld('ClusterRole', '')].join('---'));
      const role = withRole.get('ClusterRole', '', 'held');
      const graph = new EscalationGraph(without);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
      graph.update(withRole, [{ kind: 'ClusterRole', before: undefined, after: role }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
      graph.update(without, [{ kind: 'ClusterRole', before: role, after: undefined }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
    });
  });

  describe('by reading a Secret of a certain name', () => {
    const listing = (name: string) => `
kind: ServiceAccount
metadata: { namespace: ci, name: deployer }
secrets: [{ name: ${name} }]
`;
    const mayGet = (place: string, name = 'old-token') =>
      grants(`${place}: User jane may get core secrets named ${name}`);

    it('is there where an account lists it', () => {
      for (const place of ['ci', 'cluster']) {
        const graph = escalationGraphOf(
          snapshotOf([namespaces, listing('old-token'), admin, mayGet(place)].join('---')),
        );
        const [hop] = graph.toAdmin().pathFrom('user:jane') ?? [];
        expect([hop?.to, hop?.by, hop?.assumes]).to.deep.equal([
          'sa:ci/deployer',
          'get secrets "old-token"',
          'the Secret, which the account lists, holds a token of it',
        ]);
      }
    });

    it('is none where none does, or one elsewhere', () => {
      expect(pathsOf(listing('other'), admin, mayGet('ci'))('user:jane')).to.equal(undefined);
      expect(pathsOf(listing('old-token'), admin, mayGet('shop'))('user:jane')).to.equal(undefined);
    });

    it('comes and goes with what the account lists', () => {
      const [without, withSecret] = ['other', 'old-token'].map((name) =>
        snapshotOf([namespaces, listing(name), admin, mayGet('ci')].join('---')),
      );
      if (without === undefined || withSecret === undefined) throw new Error('two snapshots were made');
      const [before, after] = [without, withSecret].map((one) => one.get('ServiceAccount', 'ci', 'deployer'));
      const graph = escalationGraphOf(without);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
      graph.update(withSecret, [{ kind: 'ServiceAccount', before, after }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
      graph.update(without, [{ kind: 'ServiceAccount', before: after, after: before }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
    });
  });

  describe('by making bootstrap tokens', () => {
    const joiners = 'system:bootstrappers:kubeadm:default-node-token';
    const route = (may: string, group = joiners) =>
      escalationGraphOf(snapshotOf([namespaces, grants(may, `cluster: Group ${group} may * * *`)].join('---')))
        .toAdmin()
        .pathFrom('user:jane');

    it('leads to every group of theirs, if the API server takes them', () => {
      for (const group of ['system:bootstrappers', joiners]) {
        for (const may of [
          'kube-system: User jane may create core secrets',
          'cluster: User jane may create core secrets',
          'kube-system: User jane may create,patch core secrets named bootstrap-token-abc123',
        ]) {
          const [hop, ...more] = route(may, group) ?? [];
          expect(hop).to.include({
            to: 'bootstrap-tokens',
            by: 'create secrets',
            assumes: 'the API server takes bootstrap tokens',
          });
          expect(more.map(({ to }) => to)).to.deep.equal([`group:${group}`, 'cluster-admin']);
        }
      }
    });

    it('is none elsewhere, by other names, by reading, and to other groups', () => {
      expect(route('ci: User jane may create core secrets')).to.equal(undefined);
      expect(route('kube-system: User jane may create,patch core secrets named cache')).to.equal(undefined);
      expect(route('kube-system: User jane may list core secrets')).to.equal(undefined);
      expect(route('kube-system: User jane may create core secrets', 'system:bootstrappersx')).to.equal(undefined);
      expect(route('kube-system: User jane may create core secrets', 'developers')).to.equal(undefined);
    });
  });
});
