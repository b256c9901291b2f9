import { expect } from 'chai';

import type { Baseline, BaselineObjects } from '../../../src/rbac/predefined/baseline-objects.ts';
import { selectBaseline, shareObjects } from '../../../src/rbac/predefined/shared-objects.ts';

const nothing: BaselineObjects = { ClusterRole: [], Role: [], ClusterRoleBinding: [], RoleBinding: [] };

function baseline(minor: number, always: Partial<BaselineObjects>, gated: Partial<BaselineObjects> = {}): Baseline {
  return { release: `1.${minor}.0`, ...nothing, ...always, gated: { ...nothing, ...gated } };
}

const get = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };
const list = { verbs: ['list'], apiGroups: [''], resources: ['pods'] };

describe('what baselines share', () => {
  it('stands once for all that have it, by name, whether or not it comes behind a gate', () => {
    const reader = { name: 'reader', rules: [get] };
    const lister = { name: 'lister', rules: [list] };
    const shared = shareObjects([
      { minor: 30, baseline: baseline(30, { ClusterRole: [reader] }) },
      { minor: 31, baseline: baseline(31, { ClusterRole: [{ ...reader }] }, { ClusterRole: [lister] }) },
      { minor: 32, baseline: baseline(32, { ClusterRole: [lister, reader] }) },
    ]);
    expect(shared).to.deep.equal({
      ...nothing,
      ClusterRole: [
        { minors: [32], gated: [31], object: lister },
        { minors: [30, 31, 32], gated: [], object: reader },
      ],
    });
  });

  it('is apart where kind, namespace, rules or their order differ', () => {
    const both = { name: 'reader', rules: [get, list] };
    const reversed = { name: 'reader', rules: [list, get] };
    const inside = { namespace: 'shop', ...both };
    const shared = shareObjects([
      { minor: 30, baseline: baseline(30, { ClusterRole: [both], Role: [inside] }) },
      { minor: 31, baseline: baseline(31, { ClusterRole: [reversed], Role: [{ ...inside, namespace: 'bank' }] }) },
    ]);
    expect(shared.ClusterRole.map(({ minors }) => minors)).to.deep.equal([[30], [31]]);
    expect(shared.Role.map(({ object }) => object.namespace)).to.deep.equal(['bank', 'shop']);
  });

  it('gives back each baseline, also where a release in between is without', () => {
    const binding = { name: 'b', roleRef: { kind: 'ClusterRole', name: 'reader' }, subjects: [] };
    const more = { ...binding, subjects: [{ kind: 'User', name: 'jane' }] };
    const before = baseline(30, { ClusterRoleBinding: [binding] });
    const between = baseline(31, { ClusterRoleBinding: [more] }, { ClusterRoleBinding: [binding] });
    const after = baseline(32, { ClusterRoleBinding: [{ ...binding }] }, { ClusterRoleBinding: [more] });
    const shared = shareObjects([
      { minor: 30, baseline: before },
      { minor: 31, baseline: between },
      { minor: 32, baseline: after },
    ]);
    expect(shared.ClusterRoleBinding).to.have.length(2);
    expect(selectBaseline(shared, 30, '1.30.0')).to.deep.equal(before);
    expect(selectBaseline(shared, 31, '1.31.0')).to.deep.equal(between);
    expect(selectBaseline(shared, 32, '1.32.0')).to.deep.equal(after);
  });
});
