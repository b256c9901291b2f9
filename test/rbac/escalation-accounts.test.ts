import { expect } from 'chai';

import { EscalationGraph, escalationGraphOf } from '../../src/rbac/escalation-graph.ts';
import { ADMIN } from '../../src/rbac/escalation-node.ts';
import type { NodeKey } from '../../src/rbac/escalation-node.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { account, grants, grantsNamed, namespaces, pathsOf } from './escalation-world.ts';

describe('a path to cluster-admin', () => {
  describe('leads through an account that is bound and does not exist', () => {
    const absent = grantsNamed('admin', ['cluster: ServiceAccount ci/ghost may * * *']);
    const nowhere = grantsNamed('admin', ['cluster: ServiceAccount gone/ghost may * * *']);
    const create = 'ci: User jane may create core serviceaccounts';
    const createAnywhere = 'cluster: User jane may create core serviceaccounts';
    const pathBy = (documents: string, ...may: readonly string[]) => pathsOf(documents, grants(...may))('user:jane');

    const rows: readonly { readonly may: readonly string[]; readonly by: string | undefined }[] = [
      { may: ['ci: User jane may create core pods'], by: undefined },
      { may: [create], by: undefined },
      { may: ['ci: User jane may create core serviceaccounts/token'], by: undefined },
      {
        may: [create, 'ci: User jane may create core serviceaccounts/token'],
        by: 'create serviceaccounts, create serviceaccounts/token in ci',
      },
      {
        may: [create, 'cluster: User jane may create core serviceaccounts/token named ghost'],
        by: 'create serviceaccounts, create serviceaccounts/token in ci',
      },
      {
        may: [createAnywhere, 'ci: User jane may create core serviceaccounts/token named ghost'],
        by: 'create serviceaccounts, create serviceaccounts/token in ci',
      },
      { may: [create, 'ci: User jane may create core serviceaccounts/token named web'], by: undefined },
      { may: [create, 'shop: User jane may create core serviceaccounts/token'], by: undefined },
      { may: [create, 'ci: User jane may create core pods'], by: 'create serviceaccounts, create pods in ci' },
      {
        may: [create, 'ci: User jane may create apps deployments'],
        by: 'create serviceaccounts, create deployments in ci',
      },
      {
        may: [create, 'ci: User jane may create,get core secrets'],
        by: 'create serviceaccounts, create and read secrets in ci',
      },
      { may: [create, 'ci: User jane may create core pods/exec'], by: undefined },
      {
        may: [
          'ci: User jane may create,patch core serviceaccounts named ghost',
          'ci: User jane may create core serviceaccounts/token',
        ],
        by: 'create serviceaccounts, create serviceaccounts/token in ci',
      },
      {
        may: [
          'ci: User jane may create core serviceaccounts named ghost',
          'ci: User jane may create core serviceaccounts/token',
        ],
        by: undefined,
      },
      {
        may: ['ci: User jane may impersonate core serviceaccounts'],
        by: 'impersonate serviceaccounts in ci, an account that does not exist',
      },
      {
        may: ['cluster: User jane may impersonate core serviceaccounts named ghost'],
        by: 'impersonate serviceaccounts, an account that does not exist',
      },
      { may: ['cluster: User jane may impersonate core serviceaccounts named web'], by: undefined },
      { may: ['shop: User jane may impersonate core serviceaccounts'], by: undefined },
      {
        may: [
          'ci: User jane may bind rbac.authorization.k8s.io clusterroles',
          'ci: User jane may create rbac.authorization.k8s.io rolebindings',
        ],
        by: 'bind clusterroles, create rolebindings in ci, an account that does not exist',
      },
      {
        may: ['ci: User jane may escalate,update rbac.authorization.k8s.io roles'],
        by: 'escalate roles, update roles in ci, an account that does not exist',
      },
    ];
    for (const { may, by } of rows) {
      it(`${by === undefined ? 'not ' : ''}for whom it says "${may.join('", "')}"`, () => {
        const path =
          by === undefined ? undefined : `user:jane -[${by}]-> sa:ci/ghost -[do everything]-> cluster-admin (1 step)`;
        expect(pathBy(absent, ...may)).to.equal(path);
      });
    }

    it('and whose namespace does not exist, for whoever may create that as well, or needs none', () => {
      const may = [createAnywhere, 'cluster: User jane may create core serviceaccounts/token'];
      const to = 'sa:gone/ghost -[do everything]-> cluster-admin (1 step)';
      expect(pathBy(nowhere, ...may)).to.equal(undefined);
      expect(pathBy(nowhere, ...may, 'cluster: User jane may create core namespaces')).to.equal(
        `user:jane -[create namespaces, create serviceaccounts, create serviceaccounts/token]-> ${to}`,
      );
      expect(pathBy(nowhere, ...may, 'cluster: User jane may create,patch core namespaces named other')).to.equal(
        undefined,
      );
      expect(pathBy(nowhere, ...may, 'cluster: User jane may create,patch core namespaces named gone')).to.match(
        /^user:jane -\[create namespaces, create serviceaccounts, /,
      );
      expect(pathBy(nowhere, 'cluster: User jane may impersonate core serviceaccounts')).to.equal(
        `user:jane -[impersonate serviceaccounts, an account that does not exist]-> ${to}`,
      );
    });

    it('and not in files, where it may well be there', () => {
      const snapshot = snapshotOf([absent, grants(create)].join('---'), { isWholeCluster: false });
      expect(new EscalationGraph(snapshot).toAdmin().stepsFrom('user:jane')).to.equal(undefined);
      const token = grants('ci: User jane may create core serviceaccounts/token');
      const exists = snapshotOf([absent, token].join('---'), { isWholeCluster: false });
      expect(new EscalationGraph(exists).toAdmin().stepsFrom('user:jane')).to.equal(1);
    });

    it('until it is created, and again once it is deleted', () => {
      const may = grants(create, 'ci: User jane may create core serviceaccounts/token named ghost');
      const without = snapshotOf([namespaces, absent, may].join('---'));
      const withIt = snapshotOf([namespaces, absent, may, account('ci/ghost')].join('---'));
      const ghost = withIt.get('ServiceAccount', 'ci', 'ghost');
      const graph = new EscalationGraph(without);
      const told = () => graph.toAdmin().hopFrom('user:jane')?.by;
      expect(told()).to.equal('create serviceaccounts, create serviceaccounts/token');
      graph.update(withIt, [{ kind: 'ServiceAccount', before: undefined, after: ghost }]);
      expect(told()).to.equal('create serviceaccounts/token');
      graph.update(without, [{ kind: 'ServiceAccount', before: ghost, after: undefined }]);
      expect(told()).to.equal('create serviceaccounts, create serviceaccounts/token');
    });
  });

  describe('by groups that the API server puts its members in', () => {
    const escalate = (subject: string) => `cluster: ${subject} may escalate rbac.authorization.k8s.io clusterroles`;
    const update = (subject: string) => `cluster: ${subject} may update rbac.authorization.k8s.io clusterroles`;
    const ofNamespace = 'Group system:serviceaccounts:ci';
    const ofAccounts = 'Group system:serviceaccounts';
    const everybody = 'Group system:authenticated';
    const step = '-[escalate clusterroles, update clusterroles]-> cluster-admin (1 step)';

    /** Who holds each half, and who gets there by both. */
    const halves: readonly (readonly [string, string, from: NodeKey, by: string])[] = [
      [ofNamespace, ofAccounts, 'sa:ci/web', 'group:system:serviceaccounts:ci'],
      [ofAccounts, ofNamespace, 'sa:ci/web', 'group:system:serviceaccounts:ci'],
      [ofNamespace, everybody, 'sa:ci/web', 'group:system:serviceaccounts:ci'],
      [ofAccounts, everybody, 'sa:ci/web', 'group:system:serviceaccounts'],
    ];
    for (const [one, other, from, by] of halves) {
      it(`is there where ${one} holds half of it, and ${other} the rest`, () => {
        const path = pathsOf(account('ci/web'), grants(escalate(one), update(other)));
        expect(path(from)).to.equal(`${from} -[a member of the group]-> ${by} ${step}`);
        expect(path(by as NodeKey)).to.equal(`${by} ${step}`);
      });
    }

    for (const group of ['devs', 'system:bootstrappers']) {
      it(`is there where Group ${group} holds half of it, and ${everybody} the rest`, () => {
        const path = pathsOf(account('ci/web'), grants(escalate(`Group ${group}`), update(everybody)));
        expect(path(`group:${group}`)).to.equal(`group:${group} ${step}`);
        expect(path('group:system:authenticated')).to.equal(undefined);
        expect(path('sa:ci/web')).to.equal(undefined);
      });
    }

    it('is none where nobody is in both', () => {
      const path = pathsOf(
        account('ci/web'),
        grants(
          escalate('Group system:unauthenticated'),
          update(everybody),
          escalate('Group system:serviceaccounts:shop'),
          update(ofNamespace),
        ),
      );
      for (const node of ['group:system:unauthenticated', 'sa:ci/web', 'group:system:serviceaccounts:ci'] as const) {
        expect(path(node)).to.equal(undefined);
      }
      expect(path('group:system:serviceaccounts:shop')).to.equal(`group:system:serviceaccounts:shop ${step}`);
    });

    it('is there for groups and absent accounts that bindings name as it is for those that are there', () => {
      const readers = ['Group devs', ofNamespace, 'ServiceAccount shop/ghost', 'User jane'];
      const path = pathsOf(
        account('ci/web'),
        grants(escalate(everybody), update(everybody), ...readers.map((one) => `ci: ${one} may get core pods`)),
      );
      for (const node of ['group:devs', 'group:system:serviceaccounts:ci', 'sa:shop/ghost', 'user:jane'] as const) {
        expect(path(node)).to.equal(`${node} -[a member of the group]-> group:system:authenticated ${step}`);
      }
    });

    it('is there for whom no binding names, where it is asked about them', () => {
      const graph = escalationGraphOf(
        snapshotOf([namespaces, grants(escalate(everybody), update(everybody))].join('---')),
      );
      for (const node of ['user:nobody', 'group:devs', 'sa:ci/ghost', 'group:system:serviceaccounts'] as const) {
        expect(graph.routesTo(ADMIN).stepsFrom(node)).to.equal(undefined);
        expect(graph.routesTo(ADMIN, node).stepsFrom(node)).to.equal(1);
      }
      for (const node of ['user:system:anonymous', 'group:system:unauthenticated'] as const) {
        expect(graph.routesTo(ADMIN, node).stepsFrom(node)).to.equal(undefined);
      }
    });

    it('comes and goes with the binding that names somebody, while others stay as they are', () => {
      const open = grants(escalate(everybody), update(everybody));
      const without = snapshotOf([namespaces, open].join('---'));
      const named = snapshotOf(
        [namespaces, open, grantsNamed('jane', ['ci: User jane may get core pods'])].join('---'),
      );
      const binding = named.get('RoleBinding', 'ci', 'jane0');
      const graph = new EscalationGraph(without);
      const first = graph.toAdmin();
      expect(first.stepsFrom('user:jane')).to.equal(undefined);
      graph.update(named, [{ kind: 'RoleBinding', before: undefined, after: binding }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(1);
      expect([...(graph.toAdmin().movedSince(first) ?? [])]).to.deep.equal(['user:jane']);
      graph.update(without, [{ kind: 'RoleBinding', before: binding, after: undefined }]);
      expect(graph.toAdmin().stepsFrom('user:jane')).to.equal(undefined);
    });
  });
});
