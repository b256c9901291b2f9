import { expect } from 'chai';

import type { ObjectOf } from '../../../src/core/kinds.ts';
import type { PolicyRule } from '../../../src/core/rbac-shape.ts';
import { baselineMinors } from '../../../src/rbac/predefined/baseline.ts';
import { compareRole } from '../../../src/rbac/predefined/role-drift.ts';
import type { RoleComparison } from '../../../src/rbac/predefined/role-drift.ts';
import type { ClusterMinor } from '../../../src/rbac/predefined/select-baseline.ts';
import { freshRole, freshRoles } from './fresh-objects.ts';

type ClusterRole = ObjectOf<'ClusterRole'>;

const secrets: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] };

interface Around {
  readonly minor?: ClusterMinor;
  readonly others?: readonly ClusterRole[];
  readonly isWholeCluster?: boolean;
}

function compare(role: ClusterRole, { minor = 37, others = [], isWholeCluster = true }: Around = {}): RoleComparison {
  return compareRole({ kind: 'ClusterRole', role }, { minor, isWholeCluster, clusterRoles: () => [role, ...others] });
}

function withRules(role: ClusterRole, rules: readonly PolicyRule[]): ClusterRole {
  return { ...role, rules };
}

function clusterRole(
  name: string,
  labels: Readonly<Record<string, string>>,
  rules: readonly PolicyRule[],
): ClusterRole {
  return { metadata: { name, labels }, rules };
}

describe('a role beside the baseline', () => {
  const view = freshRole(37, 'ClusterRole', 'view');
  const discovery = freshRole(37, 'ClusterRole', 'system:discovery');

  for (const minor of baselineMinors) {
    it(`is unchanged as a fresh 1.${minor} has it`, () => {
      const roles = freshRoles(minor, 'ClusterRole');
      const statuses = roles.map((role) => compare(role, { minor, others: roles }).status);
      expect(new Set(statuses)).to.deep.equal(new Set(['unchanged']));
    });
  }

  it('is unchanged where one rule is written as two, in another order', () => {
    const split = (discovery.rules ?? [])
      .flatMap((rule) => (rule.nonResourceURLs ?? []).map((url) => ({ verbs: rule.verbs, nonResourceURLs: [url] })))
      .reverse();
    expect(split).to.have.length.above(1);
    expect(compare(withRules(discovery, split)).status).to.equal('unchanged');
  });

  it('is changed by rules that it has more, each taken apart', () => {
    const changed = compare(withRules(discovery, [...(discovery.rules ?? []), secrets]));
    expect(changed)
      .to.include({ status: 'changed' })
      .and.deep.include({
        added: [
          { rule: { verbs: ['get'], apiGroups: [''], resources: ['secrets'] } },
          { rule: { verbs: ['list'], apiGroups: [''], resources: ['secrets'] } },
        ],
        removed: [],
      });
  });

  it('is changed by rules that it has not', () => {
    const changed = compare(withRules(discovery, [{ verbs: ['get'], nonResourceURLs: ['/version'] }]));
    expect(changed.status).to.equal('changed');
    if (changed.status !== 'changed') return;
    expect(changed.added).to.deep.equal([]);
    expect(changed.removed).to.deep.include({ verbs: ['get'], nonResourceURLs: ['/healthz'] });
  });

  it('is unchanged with what comes behind feature gates', () => {
    const kubelet = freshRole(37, 'ClusterRole', 'system:node');
    const gated = { verbs: ['get', 'patch', 'update'], apiGroups: ['storage.k8s.io'], resources: ['csinodes/status'] };
    expect(compare(withRules(kubelet, [...(kubelet.rules ?? []), gated])).status).to.equal('unchanged');
  });

  it('is changed by what comes behind feature gates of another release, of which it is the same without', () => {
    const [before, after] = [31, 32].map((minor) => freshRole(minor, 'ClusterRole', 'system:kubelet-api-admin'));
    expect(before).to.deep.equal(after);
    const gated = { verbs: ['*'], apiGroups: [''], resources: ['nodes/configz'] };
    const role = { metadata: { name: 'system:kubelet-api-admin' }, rules: [...(before?.rules ?? []), gated] };
    expect(compare(role, { minor: 32 }).status).to.equal('unchanged');
    expect(compare(role, { minor: 31 })).to.deep.include({
      status: 'changed',
      origin: { by: 'Kubernetes', minor: 31 },
      added: [{ rule: gated, from: { minor: 37 } }],
    });
  });

  it('names the ClusterRole that an added rule is gathered from, through other aggregated ones', () => {
    const label = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
    const source = clusterRole('shop-viewer', label, [secrets]);
    const admin = freshRole(37, 'ClusterRole', 'admin');
    const edit = freshRole(37, 'ClusterRole', 'edit');
    const gathering = (role: ClusterRole): ClusterRole => withRules(role, [...(role.rules ?? []), secrets]);
    const others = [gathering(view), gathering(edit), source];
    const watch = { verbs: ['watch'], apiGroups: [''], resources: ['nodes'] };
    const changed = compare(gathering(withRules(admin, [...(admin.rules ?? []), watch])), { others });
    // admin grants secrets by itself, so edit and view do.
    expect(changed).to.deep.include({ status: 'changed', added: [{ rule: watch }], removed: [] });
    const from = { clusterRole: 'shop-viewer' };
    expect(compare(gathering(edit), { others: [gathering(view), gathering(admin), source] }).status).to.equal(
      'unchanged',
    );
    expect(compare(gathering(view), { others: [source] })).to.deep.include({
      added: [
        { rule: { verbs: ['get'], apiGroups: [''], resources: ['secrets'] }, from },
        { rule: { verbs: ['list'], apiGroups: [''], resources: ['secrets'] }, from },
      ],
    });
    const nodes = clusterRole('node-viewer', label, [watch]);
    const ofAdmin = compare(withRules(admin, [...(admin.rules ?? []), watch]), { others: [view, edit, nodes] });
    expect(ofAdmin).to.deep.include({ added: [{ rule: watch, from: { clusterRole: 'node-viewer' } }] });
  });

  it('is changed by selectors that are not those of Kubernetes', () => {
    const everything = { matchExpressions: [{ key: 'anything', operator: 'DoesNotExist' }] };
    const changed = compare({ ...view, aggregationRule: { clusterRoleSelectors: [everything] } });
    expect(changed).to.deep.include({
      status: 'changed',
      addedSelectors: [everything],
      removedSelectors: [{ matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }],
    });
    expect(compare({ ...discovery, aggregationRule: { clusterRoleSelectors: [everything] } }).status).to.equal(
      'changed',
    );
  });

  it('tells which other release a rule comes from', () => {
    const now = freshRole(37, 'ClusterRole', 'system:controller:storage-version-migrator-controller');
    const formerly = { verbs: ['create'], apiGroups: ['*'], resources: ['*'] };
    expect(compare(withRules(now, [...(now.rules ?? []), formerly]))).to.deep.include({
      status: 'changed',
      added: [{ rule: formerly, from: { minor: 36 } }],
    });
  });

  it('is of the release that runs where that makes it, and else of the newest that makes it so', () => {
    const monitoring = freshRole(34, 'ClusterRole', 'system:monitoring');
    const originIn = (minor: ClusterMinor): unknown => {
      const around = { minor, isWholeCluster: true, clusterRoles: () => [] };
      const compared = compareRole({ kind: 'ClusterRole', role: monitoring }, around);
      return { status: compared.status, ...('origin' in compared && { origin: compared.origin }) };
    };
    expect(originIn(34)).to.deep.equal({ status: 'unchanged', origin: { by: 'Kubernetes', minor: 34 } });
    // 1.35 makes the same, 1.36 and 1.37 another.
    expect(originIn(undefined)).to.deep.equal({ status: 'unchanged', origin: { by: 'Kubernetes', minor: 35 } });
    expect(originIn(37)).to.deep.equal({ status: 'changed', origin: { by: 'Kubernetes', minor: 37 } });
  });

  it('that the release that runs does not make is of the newest that does', () => {
    const warning = freshRole(33, 'ClusterRole', 'system:controller:selinux-warning-controller');
    expect(compare(warning, { minor: 31 })).to.deep.equal({
      status: 'unchanged',
      origin: { by: 'Kubernetes', minor: 37 },
    });
  });

  it('is an impostor by its label and by its name, where Kubernetes makes none such', () => {
    const labelled = clusterRole('operator', { 'kubernetes.io/bootstrapping': 'rbac-defaults' }, [secrets]);
    expect(compare(labelled)).to.deep.equal({ status: 'impostor', claim: 'label' });
    expect(compare(clusterRole('system:operator', {}, [secrets]))).to.deep.equal({ status: 'impostor', claim: 'name' });
  });

  it('is not predefined under any other name, nor as a Role under the name of a ClusterRole', () => {
    expect(compare(clusterRole('operator', {}, [secrets])).status).to.equal('notPredefined');
    const role = { metadata: { name: 'view', namespace: 'shop' }, rules: [secrets] };
    const around = { minor: 37, isWholeCluster: true, clusterRoles: () => [] };
    expect(compareRole({ kind: 'Role', role }, around).status).to.equal('notPredefined');
  });

  it('is found in its namespace alone', () => {
    const leader = freshRole(37, 'Role', 'extension-apiserver-authentication-reader');
    const around = { minor: 37, isWholeCluster: true, clusterRoles: () => [] };
    expect(compareRole({ kind: 'Role', role: leader }, around).status).to.equal('unchanged');
    const elsewhere = { metadata: { name: leader.metadata.name, namespace: 'shop' }, rules: [secrets] };
    expect(compareRole({ kind: 'Role', role: elsewhere }, around).status).to.equal('notPredefined');
  });

  it('of kubeadm is known by its rules', () => {
    const coredns = clusterRole('system:coredns', {}, [
      { verbs: ['list', 'watch'], apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'] },
      { verbs: ['list', 'watch'], apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
    ]);
    expect(compare(coredns)).to.deep.equal({ status: 'unchanged', origin: { by: 'kubeadm' } });
    const changed = compare(withRules(coredns, [...(coredns.rules ?? []), secrets]));
    expect(changed).to.deep.include({ status: 'changed', origin: { by: 'kubeadm' }, removed: [] });
  });

  it('of a release without a baseline is unknown where it may be predefined, and only there', () => {
    expect(compare(view, { minor: 12 }).status).to.equal('unknown');
    expect(compare(clusterRole('system:operator', {}, []), { minor: 12 }).status).to.equal('unknown');
    expect(compare(clusterRole('operator', {}, [secrets]), { minor: 12 }).status).to.equal('notPredefined');
  });

  it('with more rules than can be taken apart is unknown', () => {
    const many = (prefix: string): readonly string[] => Array.from({ length: 300 }, (_, at) => `${prefix}${at}`);
    const hostile = { verbs: many('v'), apiGroups: many('g'), resources: many('r'), resourceNames: many('n') };
    expect(compare(withRules(view, [hostile])).status).to.equal('unknown');
  });

  it('in a file may be of any release, and lacks nothing where a controller fills it in', () => {
    const unfilled = { metadata: view.metadata, aggregationRule: view.aggregationRule ?? {} };
    expect(compare(unfilled, { isWholeCluster: false }).status).to.equal('unchanged');
    expect(compare(unfilled).status).to.equal('changed');
    const ofAny = { minor: undefined, isWholeCluster: false, clusterRoles: () => [] };
    const statuses = baselineMinors.map((minor) => {
      const role = freshRole(minor, 'ClusterRole', 'system:controller:node-controller');
      return compareRole({ kind: 'ClusterRole', role }, ofAny).status;
    });
    expect(new Set(statuses)).to.deep.equal(new Set(['unchanged']));
  });
});
