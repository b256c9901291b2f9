import { expect } from 'chai';

import type { AccessRequest } from '../../src/rbac/request.ts';
import { findHolders } from '../../src/rbac/who-can.ts';
import type { Holder } from '../../src/rbac/who-can.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const cluster = `
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [""], resources: [configmaps], verbs: [get] }
  - { apiGroups: [""], resources: [secrets, nodes], verbs: [get, list] }
---
kind: ClusterRole
metadata: { name: one-secret }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get, create, deletecollection] }
  - { apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [get] }
  - { apiGroups: [""], resources: [pods/exec], resourceNames: [web-0], verbs: [create] }
  - { nonResourceURLs: [/metrics], verbs: [get] }
---
kind: Role
metadata: { name: all, namespace: shop }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
kind: ClusterRoleBinding
metadata: { name: readers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects:
  - { kind: Group, name: devs }
  - { kind: Group, name: devs }
  - { kind: ServiceAccount, name: homeless }
  - { kind: Robot, name: r2 }
---
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: web }]
---
kind: RoleBinding
metadata: { name: all, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: all }
subjects: [{ kind: User, name: ada }]
---
kind: RoleBinding
metadata: { name: db, namespace: bank }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: one-secret }
subjects: [{ kind: ServiceAccount, name: teller, namespace: bank }]
---
kind: RoleBinding
metadata: { name: dangling, namespace: bank }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: nowhere }
subjects: [{ kind: User, name: eve }]
`;

function ask(text: string, scope: 'everywhere' | { namespace: string } = 'everywhere', yaml = cluster, whole = true) {
  const [verb = '', target = '', name = ''] = text.split(' ');
  const [resource = '', subresource = ''] = target.split('/');
  const request: AccessRequest = target.startsWith('/')
    ? { verb, path: target }
    : { verb, group: '', resource, subresource, name, namespace: '' };
  const isNamespaced = (_group: string, asked: string) => asked !== 'nodes';
  return findHolders(snapshotOf(yaml, { isWholeCluster: whole }), request, scope, isNamespaced);
}

function print({ subject, bound, rule, names, deadWeight, note }: Holder): string {
  const namespace = subject.namespace === undefined ? '' : `${subject.namespace}/`;
  const only = names === undefined ? '' : ` [${names.join(' ')}]`;
  return `${subject.kind} ${namespace}${subject.name} by ${bound.kind}/${bound.binding.metadata.name}#${rule}${only}${deadWeight === undefined ? '' : ' dead'}${note === undefined ? '' : ` (${note})`}`;
}

describe('who can', () => {
  it('names every subject of every binding once, and nobody who is none', () => {
    expect(ask('get secrets').holders.map(print)).to.deep.equal([
      'Group devs by ClusterRoleBinding/readers#1',
      'ServiceAccount bank/teller by RoleBinding/db#0 [db tls]',
      'ServiceAccount shop/web by RoleBinding/readers#1',
      'User ada by RoleBinding/all#0',
    ]);
  });

  it('keeps to one namespace', () => {
    expect(ask('get secrets', { namespace: 'bank' }).holders.map(print)).to.deep.equal([
      'Group devs by ClusterRoleBinding/readers#1',
      'ServiceAccount bank/teller by RoleBinding/db#0 [db tls]',
    ]);
  });

  it('counts rules with names for those names', () => {
    const names = (text: string) => ask(text, { namespace: 'bank' }).holders.map(print);
    expect(names('get secrets db')).to.include('ServiceAccount bank/teller by RoleBinding/db#0');
    expect(names('get secrets other')).to.deep.equal(['Group devs by ClusterRoleBinding/readers#1']);
  });

  it('does not count rules with names for what has none', () => {
    expect(ask('create secrets', { namespace: 'bank' }).holders).to.deep.equal([]);
    expect(ask('deletecollection secrets', { namespace: 'bank' }).holders).to.deep.equal([]);
    expect(ask('create pods/exec', { namespace: 'bank' }).holders.map(print)).to.deep.equal([
      'ServiceAccount bank/teller by RoleBinding/db#2 [web-0]',
    ]);
  });

  it('marks what a RoleBinding grants in vain', () => {
    expect(ask('list nodes').holders.map(print)).to.deep.equal([
      'Group devs by ClusterRoleBinding/readers#1',
      'ServiceAccount shop/web by RoleBinding/readers#1 dead',
      'User ada by RoleBinding/all#0 dead',
    ]);
  });

  it('asks ClusterRoleBindings alone for a URL', () => {
    expect(ask('get /metrics').holders).to.deep.equal([]);
  });

  it('takes a role that a cluster has not for none, and one that files have not for unknown', () => {
    expect(ask('get secrets').doubts).to.deep.equal([]);
    expect(ask('get secrets', 'everywhere', cluster, false).doubts).to.deep.equal([
      'ClusterRole "nowhere" is not among the files',
    ]);
  });

  it('doubts what it cannot read, and goes on', () => {
    const yaml = `${cluster}
---
kind: RoleBinding
metadata: { name: broken, namespace: shop }
roleRef: { kind: Role, name: all }
subjects: [{ kind: User, name: 7 }]
---
kind: RoleBinding
metadata: { name: rootless, namespace: shop }
subjects: [{ kind: User, name: max }]
---
kind: RoleBinding
metadata: { name: odd, namespace: shop }
roleRef: { kind: Role, name: odd }
subjects: [{ kind: User, name: otto }]
---
kind: Role
metadata: { name: odd, namespace: shop }
rules: [{ apiGroups: [""], resources: pods, verbs: [get] }, { apiGroups: [""], resources: [secrets], verbs: [get] }]
`;
    const { holders, doubts } = ask('get secrets', { namespace: 'shop' }, yaml, false);
    expect(holders.map(print)).to.include('User otto by RoleBinding/odd#0');
    expect(doubts).to.have.length(3);
    expect(doubts.join('\n'))
      .to.match(/RoleBinding "broken" cannot be read: field "subjects\[0\]\.name" must be a string/)
      .and.match(/reference to a role cannot be read/)
      .and.match(/role "odd" has rules that cannot be read/);
  });
});

/** Of the names that rules of the core group are limited to: `get secrets [a b]`, several with a semicolon between. */
function roleOf(name: string, rules: string, namespace = 'bank'): string {
  const parts = rules.split('; ').map((rule) => {
    const [, verbs = '', resource = '', names] = /^(\S+) (\S+)(?: (\[.*\]))?$/.exec(rule) ?? [];
    const limit = names === undefined ? '' : `, resourceNames: ${names}`;
    return `{ apiGroups: [""], resources: ["${resource}"], verbs: [${verbs}]${limit} }`;
  });
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  const place = namespace === '' ? '' : `, namespace: ${namespace}`;
  return `
---
kind: ${kind}
metadata: { name: ${name}${place} }
rules: [${parts.join(', ')}]
`;
}

function bindingOf(name: string, subject: string, namespace = 'bank'): string {
  const [kind = '', who = ''] = subject.split(' ');
  return `
---
kind: ${namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding'}
metadata: { name: ${name}${namespace === '' ? '' : `, namespace: ${namespace}`} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ${namespace === '' ? 'ClusterRole' : 'Role'}, name: ${name} }
subjects: [{ kind: ${kind}, name: "${who}" }]
`;
}

function grant(name: string, rules: string, subject: string, namespace = 'bank'): string {
  return `${roleOf(name, rules, namespace)}${bindingOf(name, subject, namespace)}`;
}

describe('who can, where rules have names', () => {
  const limited: readonly (readonly [rules: string, question: string, holders: readonly string[]])[] = [
    ["get secrets ['']", 'get secrets', ['User eve by RoleBinding/r#0 [] dead']],
    ["get secrets ['']; get secrets [db]", 'get secrets', ['User eve by RoleBinding/r#1 [db]']],
    ["get secrets ['', a]", 'get secrets', ['User eve by RoleBinding/r#0 [a]']],
    ["get secrets ['']; get secrets", 'get secrets', ['User eve by RoleBinding/r#1']],
    ["list secrets ['', a]", 'list secrets', ['User eve by RoleBinding/r#0']],
    ["list secrets [a]; list secrets ['']", 'list secrets', ['User eve by RoleBinding/r#1']],
    ["create secrets ['']", 'create secrets', ['User eve by RoleBinding/r#0']],
    ["create pods/exec ['', web-0]", 'create pods/exec', ['User eve by RoleBinding/r#0 [web-0]']],
    ["get secrets ['*']", 'get secrets', ['User eve by RoleBinding/r#0 [*] dead']],
    ["get secrets ['*', a]", 'get secrets', ['User eve by RoleBinding/r#0 [a]']],
    ["escalate clusterroles ['', a]", 'escalate clusterroles', ['User eve by RoleBinding/r#0 [ a]']],
  ];
  for (const [rules, question, holders] of limited) {
    it(`takes ${rules} for an answer to "${question}"`, () => {
      const yaml = grant('r', rules, 'User eve');
      expect(ask(question, { namespace: 'bank' }, yaml).holders.map(print)).to.deep.equal(holders);
    });
  }

  const byApply = 'only by server-side apply: a plain create names nothing';
  const created: readonly (readonly [text: string, yaml: string, holders: readonly string[]])[] = [
    [
      'one role grants both',
      grant('both', 'create,patch secrets [y]', 'User eve'),
      [`User eve by RoleBinding/both#0 [y] (${byApply})`],
    ],
    ['no update creates a Secret', grant('put', 'create,update secrets [y]', 'User eve'), []],
    [
      'another rule grants the patch of some of the names',
      grant('some', 'create secrets [x, y]; patch secrets [y, z]', 'User eve'),
      [`User eve by RoleBinding/some#0 [y] (${byApply})`],
    ],
    [
      'another binding grants the patch',
      grant('mk', 'create secrets [y]', 'User eve') + grant('pt', 'patch secrets', 'User eve', ''),
      [`User eve by RoleBinding/mk#0 [y] (${byApply}; ClusterRoleBinding "pt" lets it patch)`],
    ],
    [
      'the role grants some of it, and others the rest',
      grant('mk', 'create secrets [x, y, z]; patch secrets [x]', 'User eve') +
        grant('a', 'patch secrets [x, y]', 'User eve') +
        grant('b', 'patch secrets [z]', 'User eve'),
      [`User eve by RoleBinding/mk#0 [x y z] (${byApply}; RoleBinding "a/bank" and 1 more let it patch)`],
    ],
    [
      'its own role grants it as does another',
      grant('mk', 'create,patch secrets [y]', 'User eve') + grant('a', 'patch secrets', 'User eve'),
      [`User eve by RoleBinding/mk#0 [y] (${byApply})`],
    ],
    [
      'some for certain, and some perhaps',
      grant('mk', 'create,patch secrets [x]; create secrets [y]', 'User eve') +
        grant('a', 'patch secrets', 'Group devs'),
      [
        `User eve by RoleBinding/mk#0 [x] (${byApply})`,
        `User eve by RoleBinding/mk#0 [y] (${byApply}; only if it is among those whom RoleBinding "a/bank" lets patch)`,
      ],
    ],
    [
      'a group that it is in for certain grants the patch',
      grant('mk', 'create secrets [y]', 'ServiceAccount web') +
        grant('pt', 'patch secrets', 'Group system:serviceaccounts:bank'),
      [`ServiceAccount bank/web by RoleBinding/mk#0 [y] (${byApply}; RoleBinding "pt/bank" lets it patch)`],
    ],
    [
      'a group whose members all of it are in grants the patch',
      grant('mk', 'create secrets [y]', 'Group devs') + grant('pt', 'patch secrets', 'Group system:authenticated'),
      [`Group devs by RoleBinding/mk#0 [y] (${byApply}; RoleBinding "pt/bank" lets it patch)`],
    ],
    [
      'it may be in the group that may patch',
      grant('mk', 'create secrets [y]', 'User eve') + grant('pt', 'patch secrets [y]', 'Group devs'),
      [
        `User eve by RoleBinding/mk#0 [y] (${byApply}; only if it is among those whom RoleBinding "pt/bank" lets patch)`,
      ],
    ],
    [
      'one of a group may patch',
      grant('mk', 'create secrets [y]', 'Group devs') + grant('pt', 'patch secrets [y]', 'User eve'),
      [
        `Group devs by RoleBinding/mk#0 [y] (${byApply}; only who is also among those whom RoleBinding "pt/bank" lets patch)`,
      ],
    ],
    ['nobody may patch', grant('mk', 'create secrets [y]', 'User eve'), []],
    [
      'the patch is of another name',
      grant('mk', 'create secrets [y]', 'User eve') + grant('pt', 'patch secrets [z]', 'User eve'),
      [],
    ],
    [
      'another user may patch',
      grant('mk', 'create secrets [y]', 'User eve') + grant('pt', 'patch secrets', 'User max'),
      [],
    ],
    [
      'an account is not in the group that may patch',
      grant('mk', 'create secrets [y]', 'ServiceAccount web') + grant('pt', 'patch secrets', 'Group devs'),
      [],
    ],
    [
      'the patch is granted in another namespace',
      grant('mk', 'create secrets [y]', 'User eve') + grant('pt', 'patch secrets', 'User eve', 'shop'),
      [],
    ],
    [
      'of what has no namespace the create is granted in one',
      grant('mk', 'create nodes [y]', 'User eve') + grant('pt', 'patch nodes', 'User eve', ''),
      ['User eve by RoleBinding/mk#0 [y] dead'],
    ],
    [
      'of what has no namespace the patch is granted in one',
      grant('mk', 'create nodes [y]', 'User eve', '') + grant('pt', 'patch nodes', 'User eve'),
      [],
    ],
  ];
  for (const [text, yaml, holders] of created) {
    it(`counts a create by name where it can be made use of: ${text}`, () => {
      const question = yaml.includes('nodes') ? 'create nodes' : 'create secrets';
      expect(ask(question, 'everywhere', yaml).holders.map(print)).to.deep.equal(holders);
    });
  }

  it('counts an update where that creates what is not there', () => {
    const yaml = grant('mk', 'create services [y]', 'User eve') + grant('put', 'update services', 'User eve');
    expect(ask('create services', 'everywhere', yaml).holders.map(print)).to.deep.equal([
      'User eve by RoleBinding/mk#0 [y] (only by server-side apply, or by an update that creates: a plain create names nothing; RoleBinding "put/bank" lets it patch or update)',
    ]);
  });

  it('says for which namespace a create everywhere is of use', () => {
    const yaml = grant('mk', 'create secrets [y]', 'User eve', '') + grant('pt', 'patch secrets', 'User eve');
    expect(ask('create secrets', { namespace: 'bank' }, yaml).holders.map(print)).to.deep.equal([
      `User eve by ClusterRoleBinding/mk#0 [y] (${byApply}; RoleBinding "pt/bank" lets it patch)`,
    ]);
    expect(ask('create secrets', { namespace: 'shop' }, yaml).holders).to.deep.equal([]);
  });

  it('doubts what of it cannot be read, and nothing that is not about it', () => {
    const unreadable = (name: string) => bindingOf(name, 'User eve').replace('"eve"', '7');
    const yaml = grant('mk', 'create secrets [y]', 'User eve') + grant('own', 'create,patch secrets [x]', 'User max');
    const about = `${yaml}${roleOf('pt', 'patch secrets [y]')}${unreadable('pt')}`;
    const found = ask('create secrets', { namespace: 'bank' }, about);
    expect(found.holders.map(print)).to.deep.equal([`User max by RoleBinding/own#0 [x] (${byApply})`]);
    expect(found.doubts.join('\n')).to.match(/^RoleBinding "pt" cannot be read: field "subjects\[0\]\.name" [^\n]+$/);
    const other = `${yaml}${roleOf('pt', 'patch pods [y]')}${unreadable('pt')}`;
    expect(ask('create secrets', { namespace: 'bank' }, other).doubts).to.deep.equal([]);
  });
});
