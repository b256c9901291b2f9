import { expect } from 'chai';

import { buildClusterStatus } from '../../src/core/cluster-status.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { buildStatus } from '../../src/core/status.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { adminPathsByNamespace, adminPathsOf, countAdminPaths, standingOf } from '../../src/rbac/admin-paths.ts';
import { collectedOf } from '../core/finding-of.ts';
import { snapshotOf } from '../core/yaml-objects.ts';
import { boundPaths } from './bounded-paths.ts';

function namespace(name: string, level?: string): string {
  const labels = level === undefined ? '' : `, labels: { pod-security.kubernetes.io/enforce: ${level} }`;
  return `
kind: Namespace
metadata: { name: ${name}${labels} }
`;
}

function account(place: string, name: string): string {
  return `
kind: ServiceAccount
metadata: { namespace: ${place}, name: ${name} }
`;
}

/** A role of these rules and its binding, in a namespace or, where it is empty, everywhere. */
function grant(place: string, name: string, rules: string, subject: string): string {
  const prefix = place === '' ? 'Cluster' : '';
  const own = place === '' ? '' : `, namespace: ${place}`;
  return `
kind: ${prefix}Role
metadata: { name: "${name}"${own} }
rules: [${rules}]
---
kind: ${prefix}RoleBinding
metadata: { name: "${name}"${own} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${prefix}Role, name: "${name}" }
subjects: [${subject}]
`;
}

const jane = '{ kind: User, name: jane }';
const root = '{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }';
const createPods = '{ verbs: [create], apiGroups: [""], resources: [pods] }';
const escalate = '{ verbs: [escalate, update], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles] }';

function accountOf(place: string, name: string): string {
  return `{ kind: ServiceAccount, namespace: ${place}, name: ${name} }`;
}

function linesOf(...documents: readonly string[]): ReadonlyMap<string, string> {
  return adminPathsByNamespace(snapshotOf(documents.join('---')));
}

describe('who of each namespace can become cluster-admin', () => {
  const others = [account('ci', 'a'), account('shop', 'b'), grant('', 'root', root, accountOf('shop', 'b'))];

  it('is told by how many steps it takes, and whoever is it is told apart', () => {
    const lines = linesOf(...others, grant('shop', 'builder', createPods, accountOf('ci', 'a')));
    expect(lines.get('ci')).to.equal('namespace:ci\nsa:ci/a 1');
    expect(lines.get('shop')).to.equal('namespace:shop\nrole:Role/shop/builder\nsa:shop/b 0 admin');
  });

  it('is another where nothing changes but what is taken for granted', () => {
    const agent = `
kind: Pod
metadata: { namespace: shop, name: agent }
spec:
  serviceAccountName: b
  containers: [{ name: main, image: main }]
  volumes: [{ name: token, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]
`;
    const builder = grant('free', 'builder', createPods, accountOf('ci', 'a'));
    const assumed = linesOf(...others, agent, builder, namespace('free'));
    const sure = linesOf(...others, agent, builder, namespace('free', 'privileged'));
    expect(assumed.get('ci')).to.equal('namespace:ci\nsa:ci/a 1?');
    expect(sure.get('ci')).to.equal('namespace:ci\nsa:ci/a 1');
    expect(sure.get('shop')).to.equal(assumed.get('shop'));
  });

  it('is another where it is no longer Kubernetes that grants it', () => {
    const name = 'system:controller:clusterrole-aggregation-controller';
    const verbs = 'verbs: [escalate, get, list, patch, update, watch]';
    const rule = `{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], ${verbs} }`;
    const controller = accountOf('kube-system', 'clusterrole-aggregation-controller');
    const own = account('kube-system', 'clusterrole-aggregation-controller');
    const line = 'sa:kube-system/clusterrole-aggregation-controller 1';
    expect(linesOf(own, grant('', name, rule, controller)).get('kube-system')).to.equal(
      `namespace:kube-system\n${line} built in`,
    );
    expect(linesOf(own, grant('', name, `${rule}, ${createPods}`, controller)).get('kube-system')).to.equal(
      `namespace:kube-system\n${line}`,
    );
  });

  it('is another where a role that can be bound there comes to lead there', () => {
    const bind =
      '{ verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [x] }';
    const write = '{ verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings] }';
    const bound = (rule: string): string => `
kind: ClusterRole
metadata: { name: x }
rules: [${rule}]
`;
    const binder = grant('shop', 'binder', `${bind}, ${write}`, jane);
    expect(linesOf(...others, binder, bound(createPods)).get('shop')).to.equal(
      'namespace:shop\nrole:ClusterRole/shop/x\nrole:Role/shop/binder\nsa:shop/b 0 admin',
    );
    expect(linesOf(...others, binder, bound('')).get('shop')).to.equal('namespace:shop\nsa:shop/b 0 admin');
  });

  describe('by somebody who may be its accounts within limits', () => {
    const be =
      '{ verbs: ["impersonate:serviceaccount"], apiGroups: [authentication.k8s.io], resources: [serviceaccounts] }';
    const doAs =
      '{ verbs: ["impersonate-on:serviceaccount:update"], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles] }';
    const limited = [grant('ci', 'be', be, jane), grant('', 'do', doAs, jane)];

    it('is another where that comes to lead there', () => {
      const as = grant('', 'escalate', escalate, accountOf('ci', 'a'));
      expect(linesOf(account('ci', 'a'), as, ...limited).get('ci')).to.equal(
        'limited:user:jane as sa:ci/a\nnamespace:ci\nsa:ci/a 1',
      );
      expect(linesOf(account('ci', 'a'), as, limited[0] ?? '').get('ci')).to.equal('namespace:ci\nsa:ci/a 1');
    });

    it('counts elsewhere as well, where the accounts have rights', () => {
      expect(linesOf(...others).get('')).to.equal(undefined);
      expect(linesOf(...others, ...limited).get('')).to.equal('namespace:*\nnamespace:shop');
    });
  });

  it('is not told where it is not known', () => {
    const missing = [{ source: 'ServiceAccount', state: 'forbidden', message: 'needs list' }] as const;
    expect([...adminPathsByNamespace(snapshotOf(others.join('---'), { missing }))]).to.deep.equal([]);
  });
});

describe('who can become cluster-admin in a cluster that is too large to look everywhere', () => {
  const whole = snapshotOf(
    [account('ci', 'a'), grant('', 'root', root, accountOf('ci', 'a')), grant('ci', 'builder', createPods, jane)].join(
      '---',
    ),
  );
  const cut = boundPaths(whole, 2);

  it('is not counted', () => {
    expect(countAdminPaths(whole)).to.deep.equal({ reaching: 1, admins: 1, builtIn: 0 });
    expect(countAdminPaths(cut)).to.equal(undefined);
  });

  it('is no number in the posture of the cluster', () => {
    expect(statusOf(whole)).to.include({ adminPaths: '1' });
    expect(statusOf(cut)).to.include({ adminPaths: 'Unknown' });
    expect(statusOf(cut)).not.to.have.property('adminPathCounts');
  });

  it('is known of those who were found, and of nobody else', () => {
    expect(standingOf('sa:ci/a', adminPathsOf(cut))).to.equal('admin');
    expect(standingOf('user:jane', adminPathsOf(whole))).to.equal('reaching');
    expect(standingOf('user:jane', adminPathsOf(cut))).to.equal('unknown');
    expect(standingOf('user:joe', adminPathsOf(whole))).to.equal('none');
    expect(standingOf('user:joe', adminPathsOf(cut))).to.equal('unknown');
  });

  it('counts in every namespace', () => {
    expect(adminPathsByNamespace(whole).get('')).to.equal(undefined);
    expect(adminPathsByNamespace(cut).get('')).to.equal('cut');
  });
});

function statusOf(snapshot: Snapshot): object {
  const policy = buildDefaultPolicy([]);
  const input = { state: 'observed', message: '' } as const;
  return buildClusterStatus(buildStatus({ ...collectedOf([]), policy, inputs: [] }), {
    snapshot,
    verdicts: [],
    refusals: [],
    policyInput: { source: 'ClusterHardeningPolicy', ...input },
    adminPaths: countAdminPaths(snapshot),
    exemptionInputs: [],
    ownPolicyInput: { source: 'HardeningPolicy', ...input },
  });
}
