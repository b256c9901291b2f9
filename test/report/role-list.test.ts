import { expect } from 'chai';

import type { RoleEntry } from '../../src/rbac/role-inventory.ts';
import { printRoleList, printRolesJson } from '../../src/report/role-list.ts';
import { buildPainter } from '../../src/report/terminal.ts';

const plain = buildPainter(false);

const reader: RoleEntry = {
  kind: 'ClusterRole',
  name: 'reader',
  labels: {},
  comparison: { status: 'notPredefined' },
  rules: [],
  bindings: [],
};

function linesOf(...roles: readonly RoleEntry[]): readonly string[] {
  return [...printRoleList(roles, plain)].map((line) => line.trimEnd());
}

describe('the list of roles', () => {
  it('has a line for each, without namespaces where none has one', () => {
    expect(linesOf(reader)).to.deep.equal([
      'KIND          NAME     BASELINE   DANGER   BINDINGS   BOUND TO',
      'ClusterRole   reader   -          -               0',
    ]);
    expect(linesOf(reader, { ...reader, kind: 'Role', namespace: 'shop' })[2]).to.match(/^shop +Role +reader /);
  });

  it('names who is bound, each once and not all of many', () => {
    const subjects = ['a', 'b', 'c', 'd'].map((name) => ({ kind: 'User', name }));
    const binding = { kind: 'RoleBinding', namespace: 'shop', name: 'b', status: 'notPredefined' } as const;
    const web = { kind: 'ServiceAccount', name: 'web' };
    const bindings = [
      { ...binding, subjects: [web] },
      { ...binding, subjects: [web, ...subjects] },
    ];
    expect(linesOf({ ...reader, bindings })[1]).to.match(/ 2 {3}ServiceAccount shop\/web; User a; User b; and 2 more$/);
  });

  it('says that it does not know, rather than nothing', () => {
    const { bindings: _, ...unbound } = reader;
    const unread: RoleEntry = { ...unbound, danger: 'unknown', comparison: { status: 'unknown', reason: 'why' } };
    expect(linesOf(unread)[1]).to.match(/^ClusterRole +reader +unknown +\? +\? +\?$/);
  });

  it('lets no name touch the terminal', () => {
    const evil = '\u001b[2J';
    const binding = { kind: 'ClusterRoleBinding', name: 'b', status: 'notPredefined' } as const;
    const bindings = [{ ...binding, subjects: [{ kind: evil, name: evil }] }];
    const text = linesOf({ ...reader, name: evil, bindings }).join('\n');
    expect(text).to.include('\\x1b[2J').and.not.include('\u001b');
    expect(printRolesJson([{ ...reader, name: evil, bindings }], 37, [])).not.to.include('\u001b');
  });

  it('is all that is known as JSON, drift with where it comes from', () => {
    const rule = { verbs: ['get'], apiGroups: [''], resources: ['secrets'] };
    const changed: RoleEntry = {
      ...reader,
      rules: [rule],
      danger: { severity: 'critical', permissions: ['read Secrets'] },
      comparison: {
        status: 'changed',
        origin: { by: 'Kubernetes', minor: 37 },
        added: [{ rule, from: { clusterRole: 'spy' } }, { rule, from: { minor: 36 } }, { rule }],
        removed: [],
        addedSelectors: [],
        removedSelectors: [],
      },
    };
    expect(JSON.parse(printRolesJson([changed], 37, ['something']))).to.deep.equal({
      roles: [
        {
          kind: 'ClusterRole',
          name: 'reader',
          labels: {},
          baseline: 'changed',
          message: 'changed: not as Kubernetes 1.37 creates it',
          danger: { severity: 'critical', permissions: ['read Secrets'] },
          drift: {
            added: [{ rule, from: 'ClusterRole spy' }, { rule, from: 'Kubernetes 1.36' }, { rule }],
            removed: [],
            addedSelectors: [],
            removedSelectors: [],
          },
          rules: [rule],
          bindings: [],
        },
      ],
      missing: ['something'],
    });
  });
});
