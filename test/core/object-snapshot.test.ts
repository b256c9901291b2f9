import { expect } from 'chai';

import type { Evidence } from '../../src/core/evidence.ts';
import type { RoleKey, Snapshot } from '../../src/core/snapshot.ts';
import { NotObserved } from '../../src/core/snapshot.ts';
import { snapshotOf } from './yaml-objects.ts';

const accounts = `
kind: ServiceAccount
metadata: { name: a, namespace: shop }
---
kind: ServiceAccount
metadata: { name: b, namespace: shop }
---
kind: ServiceAccount
metadata: { name: a, namespace: other }
`;

const bindings = `
kind: ClusterRoleBinding
metadata: { name: everywhere }
roleRef: { kind: ClusterRole, name: view }
---
kind: RoleBinding
metadata: { name: here, namespace: shop }
roleRef: { kind: ClusterRole, name: view }
---
kind: RoleBinding
metadata: { name: local, namespace: shop }
roleRef: { kind: Role, name: view }
---
kind: RoleBinding
metadata: { name: local, namespace: other }
roleRef: { kind: Role, name: view }
---
kind: RoleBinding
metadata: { name: odd, namespace: shop }
roleRef: view
`;

function boundTo(snapshot: Snapshot, role: RoleKey): readonly string[] {
  return snapshot.bindingsOf(role).map(({ kind, binding }) => `${kind} ${binding.metadata.name}`);
}

describe('a snapshot of objects', () => {
  it('lists a kind', () => {
    expect([...snapshotOf(accounts).list('ServiceAccount')]).to.have.length(3);
  });

  it('lists a kind in one namespace', () => {
    const names = [...snapshotOf(accounts).list('ServiceAccount', 'shop')].map(({ metadata }) => metadata.name);
    expect(names).to.deep.equal(['a', 'b']);
  });

  it('lists nothing of a kind that has no object', () => {
    expect([...snapshotOf(accounts).list('Pod')]).to.deep.equal([]);
    expect([...snapshotOf(accounts).list('Pod', 'shop')]).to.deep.equal([]);
  });

  it('gets one object by namespace and name', () => {
    const snapshot = snapshotOf(accounts);
    expect(snapshot.get('ServiceAccount', 'other', 'a')?.metadata).to.include({ name: 'a', namespace: 'other' });
    expect(snapshot.get('ServiceAccount', 'other', 'b')).to.equal(undefined);
  });

  it('gets what has no namespace', () => {
    const snapshot = snapshotOf('{ kind: ClusterRole, metadata: { name: view } }');
    expect(snapshot.get('ClusterRole', '', 'view')?.metadata.name).to.equal('view');
  });

  it('knows which bindings refer to a ClusterRole, in every namespace', () => {
    expect(boundTo(snapshotOf(bindings), { kind: 'ClusterRole', namespace: '', name: 'view' })).to.deep.equal([
      'ClusterRoleBinding everywhere',
      'RoleBinding here',
    ]);
  });

  it('knows the bindings of a role in the same order, whatever order they came in', () => {
    const reversed = bindings.split('---').toReversed().join('---');
    expect(boundTo(snapshotOf(reversed), { kind: 'ClusterRole', namespace: '', name: 'view' })).to.deep.equal([
      'ClusterRoleBinding everywhere',
      'RoleBinding here',
    ]);
  });

  it('knows which bindings refer to a Role, in its namespace', () => {
    expect(boundTo(snapshotOf(bindings), { kind: 'Role', namespace: 'shop', name: 'view' })).to.deep.equal([
      'RoleBinding local',
    ]);
  });

  it('knows no binding of a role that nobody refers to', () => {
    expect(boundTo(snapshotOf(bindings), { kind: 'Role', namespace: 'shop', name: 'edit' })).to.deep.equal([]);
  });

  it('says that a kind was read unless it is among the missing', () => {
    const missing = { source: 'Pod', state: 'forbidden', message: 'no' } as const;
    const snapshot = snapshotOf('', { missing: [missing] });
    expect(snapshot.observation('Pod')).to.equal(missing);
    expect(snapshot.observation('Job')).to.deep.equal({ source: 'Job', state: 'observed', message: '' });
  });

  it('refuses to list or to get what is missing', () => {
    const snapshot = snapshotOf(accounts, { missing: [{ source: 'ServiceAccount', state: 'absent', message: 'no' }] });
    expect(() => snapshot.list('ServiceAccount')).to.throw(NotObserved, 'no');
    expect(() => snapshot.get('ServiceAccount', 'shop', 'a')).to.throw(NotObserved, 'no');
  });

  it('refuses the bindings of a role where it cannot know them all', () => {
    const role = { kind: 'Role', namespace: 'shop', name: 'view' } as const;
    const clusterRole = { kind: 'ClusterRole', namespace: '', name: 'view' } as const;
    const withoutCluster = snapshotOf(bindings, {
      missing: [{ source: 'ClusterRoleBinding', state: 'forbidden', message: 'no' }],
    });
    expect(() => withoutCluster.bindingsOf(clusterRole)).to.throw(NotObserved, 'no');
    expect(withoutCluster.bindingsOf(role)).to.have.length(1);
    const without = snapshotOf(bindings, { missing: [{ source: 'RoleBinding', state: 'forbidden', message: 'no' }] });
    expect(() => without.bindingsOf(role)).to.throw(NotObserved, 'no');
  });

  it('tells a fact', () => {
    const evidence: Evidence = {
      anonymousRequests: { unobserved: 'nobody asked' },
      unknownUserAllowed: { value: true, source: 'x', confidence: 'low', detail: '' },
      minorVersion: { value: 37, source: '/version', confidence: 'high', detail: '' },
    };
    const snapshot = snapshotOf('', { evidence });
    expect(snapshot.fact('unknownUserAllowed').value).to.equal(true);
    expect(() => snapshot.fact('anonymousRequests')).to.throw(NotObserved, 'nobody asked');
  });

  it('knows nothing of the API server without evidence', () => {
    const snapshot = snapshotOf('');
    expect(snapshot.observation('Evidence').state).to.equal('absent');
    expect(() => snapshot.fact('unknownUserAllowed')).to.throw(NotObserved, 'manifests say nothing');
  });
});
