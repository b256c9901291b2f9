import { expect } from 'chai';

import { buildClusterStatus } from '../../src/core/cluster-status.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { buildStatus } from '../../src/core/status.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { adminPathsOf, countAdminPaths, standingOf } from '../../src/rbac/admin-paths.ts';
import { Standings } from '../../src/rbac/standing-changes.ts';
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

/** In which namespaces something is not as it was, sorted. */
function movedBy(before: readonly string[], after: readonly string[]): readonly string[] {
  return take(snapshotOf(before.join('---')), snapshotOf(after.join('---')));
}

function take(before: Snapshot, after: Snapshot): readonly string[] {
  const standings = new Standings();
  standings.take(before);
  return [...standings.take(after).namespaces].sort();
}

describe('where somebody stands otherwise than before', () => {
  const others = [account('ci', 'a'), account('shop', 'b'), grant('', 'root', root, accountOf('shop', 'b'))];

  it('is nowhere, where nothing but the order is another', () => {
    expect(movedBy(others, others.toReversed())).to.deep.equal([]);
  });

  it('is where a service account reaches cluster-admin, and where the role is that it does so by', () => {
    const builder = grant('shop', 'builder', createPods, accountOf('ci', 'a'));
    expect(movedBy(others, [...others, builder])).to.deep.equal(['ci', 'shop']);
    expect(movedBy([...others, builder], others)).to.deep.equal(['ci', 'shop']);
  });

  it('is where one becomes cluster-admin, or takes fewer steps to it', () => {
    const rootToo = grant('', 'root-too', root, accountOf('ci', 'a'));
    const builder = grant('shop', 'builder', createPods, accountOf('ci', 'a'));
    expect(movedBy([...others, builder], [...others, builder, rootToo])).to.deep.equal(['ci']);
    const far = [...others, account('far', 'c'), grant('ci', 'builder', createPods, accountOf('far', 'c'))];
    expect(movedBy([...far, builder], [...far, builder, rootToo])).to.deep.equal(['ci', 'far']);
  });

  it('is where nothing changes but what is taken for granted', () => {
    const agent = `
kind: Pod
metadata: { namespace: shop, name: agent }
spec:
  serviceAccountName: b
  containers: [{ name: main, image: main }]
  volumes: [{ name: token, projected: { sources: [{ serviceAccountToken: { path: token } }] } }]
`;
    const builder = grant('free', 'builder', createPods, accountOf('ci', 'a'));
    const assumed = [...others, agent, builder, namespace('free')];
    const sure = [...others, agent, builder, namespace('free', 'privileged')];
    expect(movedBy(assumed, sure)).to.deep.equal(['ci']);
  });

  it('is where it is no longer Kubernetes that grants it', () => {
    const name = 'system:controller:clusterrole-aggregation-controller';
    const verbs = 'verbs: [escalate, get, list, patch, update, watch]';
    const rule = `{ apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], ${verbs} }`;
    const controller = accountOf('kube-system', 'clusterrole-aggregation-controller');
    const own = account('kube-system', 'clusterrole-aggregation-controller');
    const changed = grant('', name, `${rule}, ${createPods}`, controller);
    expect(movedBy([own, grant('', name, rule, controller)], [own, changed])).to.deep.equal(['kube-system']);
  });

  it('is where a role that can be bound there comes to lead there', () => {
    const bind =
      '{ verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [x] }';
    const write = '{ verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings] }';
    const bound = (rule: string): string => `
kind: ClusterRole
metadata: { name: x }
rules: [${rule}]
`;
    const binder = grant('shop', 'binder', `${bind}, ${write}`, jane);
    expect(movedBy([...others, binder, bound('')], [...others, binder, bound(createPods)])).to.deep.equal(['shop']);
  });

  describe('by somebody who may be its accounts within limits', () => {
    const be =
      '{ verbs: ["impersonate:serviceaccount"], apiGroups: [authentication.k8s.io], resources: [serviceaccounts] }';
    const doAs =
      '{ verbs: ["impersonate-on:serviceaccount:update"], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles] }';
    const limited = [grant('ci', 'be', be, jane), grant('', 'do', doAs, jane)];

    it('is where that comes to lead there, and everywhere, because it counts elsewhere as well', () => {
      const before = [account('ci', 'a'), grant('', 'escalate', escalate, accountOf('ci', 'a'))];
      expect(movedBy([...before, limited[0] ?? ''], [...before, ...limited])).to.deep.equal(['ci']);
      expect(movedBy(before, [...before, ...limited])).to.deep.equal(['', 'ci']);
    });

    it('is everywhere where a namespace comes to hold a way', () => {
      const before = [account('ci', 'a'), ...limited];
      const after = [...before, grant('', 'root', root, accountOf('ci', 'a'))];
      expect(movedBy(before, after)).to.include.members(['', 'ci']);
    });
  });

  it('is where it was, where that is no longer known', () => {
    const missing = [{ source: 'ServiceAccount', state: 'forbidden', message: 'needs list' }] as const;
    const known = snapshotOf(others.join('---'));
    const unknown = snapshotOf(others.join('---'), { missing });
    expect(take(known, unknown)).to.include.members(['shop']);
    expect(take(unknown, known)).to.include.members(['shop']);
    expect(take(unknown, unknown)).to.deep.equal([]);
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
    expect(standingOf(adminPathsOf(cut), 'sa:ci/a')).to.equal('admin');
    expect(standingOf(adminPathsOf(whole), 'user:jane')).to.equal('reaching');
    expect(standingOf(adminPathsOf(cut), 'user:jane')).to.equal('unknown');
    expect(standingOf(adminPathsOf(whole), 'user:joe')).to.equal('none');
    expect(standingOf(adminPathsOf(cut), 'user:joe')).to.equal('unknown');
  });

  it('counts in every namespace', () => {
    expect(take(whole, whole)).to.deep.equal([]);
    expect(take(whole, cut)).to.include.members(['']);
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
