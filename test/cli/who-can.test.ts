/** `merlon who-can -f` and `merlon permissions -f`. */
import { join } from 'node:path';

import { expect } from 'chai';

import { askMerlon } from './questions.ts';
import { shopRbac } from './rbac-manifests.ts';
import { useScanFolder } from './scan-folder.ts';

const groupRbac = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: 'n"[]' }
rules: [{ apiGroups: [""], resources: [nodes], resourceNames: [a], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: watchers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'n"[]' }
subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: devs }]
`;
const namesRbac = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: odd, namespace: shop }
rules:
  - { apiGroups: [""], resources: [secrets], resourceNames: ['*'], verbs: [get] }
  - { apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [create, patch] }
  - { apiGroups: [""], resources: [pods], resourceNames: [a, 'b,c', ''], verbs: [use] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: odd, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: odd }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: eve }]
`;
const clusterRole = `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: sec }
rules: [{ apiGroups: [""], resources: [secrets], verbs: [get] }]
`;

/** Named as the user that it is for. */
function bindingTo(kind: 'ClusterRoleBinding' | 'RoleBinding', user: string): string {
  return `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: { name: ${user}${kind === 'RoleBinding' ? ', namespace: shop' : ''} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: sec }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: ${user} }]
`;
}
const usual = ['--authorization-mode', 'Node,RBAC'];

describe('merlon who-can and permissions of files', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  async function ask(args: readonly string[], yaml = shopRbac) {
    await folder().write({ 'rbac.yaml': yaml });
    return askMerlon([...args, '-f', join(folder().path, 'rbac.yaml')]);
  }

  it('lists who can, by which binding, and what is not known', async () => {
    const { code, stdout } = await ask(['who-can', 'get', 'po', ...usual]);
    expect(code).to.equal(4);
    const [title, head, row, ...rest] = stdout.split('\n');
    expect(title).to.equal('who can get po in any namespace:');
    expect(head).to.match(/^KIND +NAMESPACE +NAME +NAMES +SCOPE +BINDING +ROLE +RULE +NOTE$/);
    expect(row).to.equal(
      'ServiceAccount   shop        web    *       shop    RoleBinding/readers   Role/pod-reader   0: {verbs: [get, list, watch], apiGroups: [""], resources: [pods]}',
    );
    expect(rest).to.deep.equal([
      '',
      'implicit: everybody in the group system:masters, which may do everything and is in no binding',
      'unknown: ClusterRole "view" is not among the files',
      '',
    ]);
  });

  it('tells names that are one by one from every name', async () => {
    const cell = async (...args: readonly string[]) =>
      (await ask(args, namesRbac)).stdout.split('\n').slice(2, 3).join('');
    expect(await cell('who-can', 'get', 'secrets', ...usual))
      .to.match(/^User +eve +"\*" +shop /)
      .and.match(/of no use: "\*": names are no patterns; without resourceNames every name is meant$/);
    expect(await cell('who-can', 'use', 'pods', ...usual)).to.match(/^User +eve +a,"b,c","" +shop /);
    const { stdout } = await ask(['permissions', 'user:eve', ...usual], namesRbac);
    expect(stdout)
      .to.match(/^shop +secrets +"\*" +get /m)
      .and.match(/^shop +pods +"" +use /m);
    const picture = await ask(['who-can', 'get', 'secrets', '-o', 'dot', ...usual], namesRbac);
    expect(picture.stdout).to.contain('[label="rule 0 named \\"*\\" in shop alone", style=dashed, color=gray];');
  });

  it('says how a create by name is of use', async () => {
    const args = ['who-can', 'create', 'secrets', '--whole-cluster', ...usual];
    const note = 'only by server-side apply: a plain create names nothing';
    expect((await ask(args, namesRbac)).stdout).to.match(new RegExp(`^User +eve +tls +shop .* {3}${note}$`, 'm'));
    expect(JSON.parse((await ask([...args, '-o', 'json'], namesRbac)).stdout)).to.have.nested.include({
      'holders[0].names[0]': 'tls',
      'holders[0].effective': true,
      'holders[0].note': note,
    });
  });

  it('draws who can, and says beside the picture what is not in it', async () => {
    const { code, stdout, stderr } = await ask(['who-can', 'get', 'po', '-o', 'dot', ...usual]);
    expect(code).to.equal(4);
    expect(stdout.split('\n')).to.deep.equal([
      'digraph who_can {',
      '  rankdir=LR;',
      '  node [shape=box];',
      '  "ServiceAccount shop/web";',
      '  "Role shop/pod-reader";',
      '  "get po in any namespace" [shape=doubleoctagon];',
      '  "ServiceAccount shop/web" -> "Role shop/pod-reader" [label="RoleBinding \\"readers/shop\\""];',
      '  "Role shop/pod-reader" -> "get po in any namespace" [label="rule 0 in shop alone"];',
      '}',
      '',
    ]);
    expect(stderr.split('\n')).to.deep.equal([
      'implicit: everybody in the group system:masters, which may do everything and is in no binding',
      'unknown: ClusterRole "view" is not among the files',
      '',
    ]);
    const mermaid = await ask(['who-can', 'get', 'po', '-o', 'mermaid', ...usual]);
    expect(mermaid.stdout).to.match(/^flowchart LR\n {2}n0\["ServiceAccount shop\/web"\]\n/);
    expect(mermaid.stdout).to.contain('  n0 -->|"RoleBinding #34;readers/shop#34;"| n1\n');
  });

  const both = `${bindingTo('ClusterRoleBinding', 'all')}${bindingTo('RoleBinding', 'one')}${clusterRole}`;

  it('draws apart who holds a role in one namespace and who holds it everywhere', async () => {
    const { stdout } = await ask(['who-can', 'get', 'secrets', '-o', 'dot', ...usual], both);
    expect(stdout.split('\n').filter((line) => line.includes('->'))).to.deep.equal([
      '  "User all" -> "ClusterRole sec" [label="ClusterRoleBinding \\"all\\""];',
      '  "ClusterRole sec" -> "get secrets in any namespace" [label="rule 0"];',
      '  "User one" -> "ClusterRole sec in shop" [label="RoleBinding \\"one/shop\\""];',
      '  "ClusterRole sec in shop" -> "get secrets in any namespace" [label="rule 0 in shop alone"];',
    ]);
    const within = await ask(['who-can', 'get', 'secrets', '-n', 'shop', '-o', 'dot', ...usual], both);
    expect(within.stdout.split('\n').filter((line) => line.includes('->'))).to.deep.equal([
      '  "User all" -> "ClusterRole sec" [label="ClusterRoleBinding \\"all\\""];',
      '  "ClusterRole sec" -> "get secrets in namespace \\"shop\\"" [label="rule 0"];',
      '  "User one" -> "ClusterRole sec" [label="RoleBinding \\"one/shop\\""];',
    ]);
  });

  it('says beside a picture why a grant is of no use, and how one is', async () => {
    const nodes = await ask(['who-can', 'list', 'nodes', '--whole-cluster', '-o', 'dot', ...usual]);
    expect(nodes.stderr).to.contain(
      'note: ServiceAccount shop/web by RoleBinding "nodes/shop": of no use: nodes: it has no namespace, and a RoleBinding grants within one\n',
    );
    const create = await ask(['who-can', 'create', 'secrets', '--whole-cluster', '-o', 'dot', ...usual], namesRbac);
    expect(create.stderr).to.contain('note: User eve by RoleBinding "odd/shop": only by server-side apply: ');
    const web = await ask(['permissions', 'sa:shop/web', '-o', 'dot', ...usual]);
    expect(web.stderr).to.equal(
      'note: nodes in shop by RoleBinding "nodes/shop": of no use: it has no namespace, and a RoleBinding grants within one\n',
    );
    const partly = await ask(
      ['permissions', 'user:all', '--group', 'devs', '-o', 'mermaid', ...usual],
      both.replace(
        'resources: [secrets], verbs: [get]',
        'resources: [secrets], resourceNames: [tls], verbs: [get, create]',
      ),
    );
    expect(partly.stderr).to.match(
      /^note: secrets everywhere named tls by ClusterRoleBinding "all": partly of no use: create secrets: what is created has no name yet/m,
    );
  });

  it('says beside a picture what the table says below its rows', async () => {
    const devs = both.replace(
      'kind: User, apiGroup: rbac.authorization.k8s.io, name: one',
      'kind: Group, apiGroup: rbac.authorization.k8s.io, name: devs',
    );
    const { stderr } = await ask(['who-can', 'get', 'secrets', '-o', 'mermaid', ...usual], devs);
    expect(stderr)
      .to.match(/^groups: their members are not in the cluster/m)
      .and.match(/^implicit: everybody in /m);
    const masters = await ask(['permissions', 'group:system:masters', '-o', 'mermaid', ...usual], both);
    expect(masters.stderr).to.match(/^the group system:masters may do everything; RBAC is not asked$/m);
  });

  it('draws the question where nobody can, and whoever may do nothing', async () => {
    const nobody = await ask(['who-can', 'get', '/metrics', '--whole-cluster', '-o', 'dot', ...usual]);
    expect(nobody.stdout).to.contain('\n  "get /metrics" [shape=doubleoctagon];\n}');
    expect(nobody.stderr).to.match(/^nobody by RBAC$/m);
    const jane = await ask(['permissions', 'user:jane', '--group', 'x', '--whole-cluster', '-o', 'mermaid', ...usual]);
    expect(jane.stdout).to.equal('flowchart LR\n  n0["user:jane"]\n');
    expect(jane.stderr).to.match(/^RBAC grants nothing to user:jane$/m);
  });

  it('draws what somebody may do, and greys what is of no use', async () => {
    const { stdout } = await ask(['permissions', 'sa:shop/web', '-o', 'mermaid', ...usual]);
    expect(stdout).to.match(/^flowchart LR\n {2}n0\["sa:shop\/web"\]\n {2}n1\["Role shop\/pod-reader"\]\n/);
    expect(stdout).to.contain('["pods in shop"]\n');
    expect(stdout).to.match(/-->\|"get,list,watch"\| n\d\n/);
    expect(stdout).to.match(/linkStyle \d+ stroke:gray,stroke-dasharray:4\n/);
    const group = await ask(['permissions', 'user:vera', '--group', 'devs', '-o', 'dot', ...usual], groupRbac);
    expect(group.stdout).to.contain('  "user:vera" -> "group:devs" [label="is in the group"];');
    expect(group.stdout).to.contain('  "ClusterRole n\\"[]" -> "nodes everywhere" [label="get named \\"a\\""];');
  });

  it('is complete where everything was read and nobody else decides', async () => {
    const { code, stdout } = await ask(['who-can', 'list', 'nodes', '--whole-cluster', '-o', 'json', ...usual]);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.include({
      complete: true,
      implicit: [{ kind: 'Group', name: 'system:masters' }],
      others: [],
      doubts: [],
    });
    expect(JSON.parse(stdout)).to.have.nested.include({
      'holders[0].effective': false,
      'holders[0].scope': 'namespace',
      'holders[0].namespace': 'shop',
      'holders[0].binding.name': 'nodes',
      'holders[0].rule': 0,
    });
  });

  it('is not complete where others decide too', async () => {
    const args = ['who-can', 'list', 'nodes', '--whole-cluster', '--authorization-mode', 'RBAC,Webhook'];
    const { code, stdout } = await ask(args);
    expect(code).to.equal(0);
    expect(stdout).to.contain('incomplete: a webhook authorizer may allow or deny it\n');
    expect(JSON.parse((await ask([...args, '-o', 'json'])).stdout)).to.include({ complete: false });
  });

  it('says how to find the members of groups', async () => {
    const { stdout } = await ask(
      ['who-can', 'get', 'pods', '--whole-cluster'],
      shopRbac.replace(
        'kind: ServiceAccount, name: web }',
        'kind: Group, apiGroup: rbac.authorization.k8s.io, name: devs }',
      ),
    );
    expect(stdout).to.match(/^Group +devs /m);
    expect(stdout).to.match(/^groups: their members are not in the cluster/m);
  });

  it('says that nobody can', async () => {
    const { code, stdout } = await ask(['who-can', 'get', '/metrics', '--whole-cluster']);
    expect(code).to.equal(0);
    expect(stdout).to.contain('\nnobody by RBAC\n');
  });

  it('lists what somebody may do, where it comes from, and what is of no use', async () => {
    const { code, stdout } = await ask(['permissions', 'sa:shop/web', ...usual]);
    expect(code).to.equal(0);
    expect(stdout).to
      .equal(`SCOPE   RESOURCES   NAMES   VERBS            ORIGIN                                         NOTE
shop    pods        *       get,list,watch   RoleBinding/readers -> Role/pod-reader
shop    pods/log    *       get              RoleBinding/readers -> Role/pod-reader
shop    nodes       *       get,list         RoleBinding/nodes -> ClusterRole/node-reader   of no use: it has no namespace, and a RoleBinding grants within one
`);
  });

  it('says the same as JSON', async () => {
    const { stdout } = await ask(['permissions', 'system:serviceaccount:shop:web', '-o', 'json', ...usual]);
    const json = JSON.parse(stdout) as object;
    expect(json).to.include({ subject: 'sa:shop/web', user: 'system:serviceaccount:shop:web', complete: true });
    expect(json).to.have.nested.include({
      'scopes[0].namespace': 'shop',
      'scopes[0].origins[0].binding.name': 'readers',
      'scopes[0].origins[0].permissions[0].effective': true,
      'scopes[0].origins[1].permissions[0].effective': false,
    });
  });

  it('does not know the groups of a user but those that are named', async () => {
    const jane = await ask(['permissions', 'user:jane', '--whole-cluster', ...usual]);
    expect(jane.stdout)
      .to.contain('RBAC grants nothing to user:jane\n')
      .and.contain('incomplete: the groups of a user');
    const named = await ask(['permissions', 'user:jane', '--group', 'devs', '--whole-cluster', ...usual]);
    expect(named.stdout).not.to.contain('incomplete');
    const vera = await ask(['permissions', 'user:vera', ...usual]);
    expect(vera.code).to.equal(4);
    expect(vera.stdout).to.contain('nothing that could be read grants anything to user:vera\n');
  });

  it('says of system:masters that nothing has to be granted to it', async () => {
    const { stdout } = await ask(['permissions', 'group:system:masters', ...usual]);
    expect(stdout).to.match(/^the group system:masters may do everything; RBAC is not asked$/m);
  });

  const refused: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
    [['permissions', 'jane'], /^error: "jane" is no subject; write sa:NAMESPACE\/NAME, /],
    [['permissions', 'sa:shop/web', '--group', 'devs'], /^error: --group goes with user:NAME/],
    [['who-can', 'get'], /^error: missing required argument 'target'/],
    [['who-can', 'get', 'pods', '-A', '-n', 'shop'], /^error: --namespace and --all-namespaces exclude each other/],
    [['who-can', 'get', '/healthz', '--subresource', 'log'], /^error: --subresource does not go with a URL/],
  ];
  for (const [args, wanted] of refused) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { stdout, stderr, code } = await ask(args);
      expect([stdout, code === 0]).to.deep.equal(['', false]);
      expect(stderr).to.match(wanted);
    });
  }
});
