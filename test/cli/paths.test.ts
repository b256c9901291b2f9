/** `merlon paths -f`. */
import { join } from 'node:path';

import { expect } from 'chai';

import { askMerlon } from './questions.ts';
import { useScanFolder } from './scan-folder.ts';

/** jane and joe may create pods in ci, where an account is cluster-admin; the group may bind one role. */
const ciRbac = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: deployer, namespace: ci }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: root }
rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: deployer }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: root }
subjects: [{ kind: ServiceAccount, namespace: ci, name: deployer }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: builder, namespace: ci }
rules: [{ apiGroups: [""], resources: [pods], verbs: [create] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: builders, namespace: ci }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: builder }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: joe }
`;

describe('merlon paths of files', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  async function ask(args: readonly string[], yaml = ciRbac) {
    await folder().write({ 'rbac.yaml': yaml });
    return askMerlon(['paths', ...args, '-f', join(folder().path, 'rbac.yaml')]);
  }

  it('shows the chain, what makes it possible and what to take away, and exits with 1', async () => {
    const { code, stdout } = await ask([]);
    expect(code).to.equal(1);
    expect(stdout.split('\n').slice(0, 5)).to.deep.equal([
      'user:jane -[create pods in ci]-> sa:ci/deployer -[do everything]-> cluster-admin (1 step)',
      '    by: RoleBinding "builders/ci" of Role "builder" to User "jane", rules[0]',
      '    by: ClusterRoleBinding "deployer" of ClusterRole "root" to ServiceAccount "deployer/ci", rules[0]',
      // Both paths need it, and the other one is the administrator's.
      '    cut: RoleBinding "builders/ci" of Role "builder" to User "jane" (2 paths need it)',
      'user:joe -[create pods in ci]-> sa:ci/deployer -[do everything]-> cluster-admin (1 step)',
    ]);
    expect(stdout).to.contain('note: cluster-admin already: sa:ci/deployer\n');
    expect(stdout).to.contain('note: roles and bindings that are not among the files may add paths');
  });

  it('shows no more than asked for, and says how many there are', async () => {
    const { stdout } = await ask(['--limit', '1', '--whole-cluster']);
    expect(stdout).to.contain('... and 1 more (--limit)\n');
    expect(stdout).not.to.contain('user:joe');
    expect(stdout).not.to.contain('not among the files');
  });

  it('asks of one subject', async () => {
    expect((await ask(['--from', 'user:joe'])).stdout).to.match(/^user:joe -/);
    const nothing = await ask(['--from', 'user:nobody']);
    expect([nothing.code, nothing.stdout.split('\n')[0]]).to.deep.equal([0, 'no path to cluster-admin']);
  });

  it('answers of whom no binding names as of the groups that the API server puts them in', async () => {
    const role = {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['clusterroles'],
      verbs: ['escalate', 'update'],
    };
    const open = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: open }
rules: [${JSON.stringify(role)}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: open }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: open }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated" }]
`;
    const asked = ['user:nobody', 'group:devs', 'group:system:serviceaccounts:ops', 'sa:ops/absent'];
    for (const from of asked) {
      const { code, stdout } = await ask(['--whole-cluster', '--from', from], open);
      const step = '-[escalate clusterroles, update clusterroles]-> cluster-admin (1 step)';
      expect([code, stdout.split('\n').slice(0, 3)], from).to.deep.equal([
        1,
        [
          `${from} -[a member of the group]-> group:system:authenticated ${step}`,
          '    by: ClusterRoleBinding "open" of ClusterRole "open" to Group "system:authenticated", rules[0]',
          '    cut: ClusterRoleBinding "open" of ClusterRole "open" to Group "system:authenticated"',
        ],
      ]);
    }
    const anonymous = await ask(['--whole-cluster', '--from', 'user:system:anonymous'], open);
    expect([anonymous.code, anonymous.stdout.split('\n')[0]]).to.deep.equal([0, 'no path to cluster-admin']);
  });

  it('leads elsewhere, too', async () => {
    const { code, stdout } = await ask(['--to', 'sa:ci/deployer', '--from', 'system:serviceaccount:ci:deployer']);
    expect([code, stdout.split('\n')[0]]).to.deep.equal([0, 'no path to sa:ci/deployer']);
    expect((await ask(['--to', 'sa:ci/deployer'])).stdout).to.match(
      /^user:jane -\[create pods in ci\]-> sa:ci\/deployer \(1 step\)$/m,
    );
  });

  it('prints JSON with every hop and the cut', async () => {
    const report = JSON.parse((await ask(['-o', 'json'])).stdout) as object;
    expect(report).to.include({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'EscalationPaths',
      to: 'cluster-admin',
      found: 2,
    });
    expect(report).to.have.nested.include({
      'paths[0].from': 'user:jane',
      'paths[0].steps': 1,
      'paths[0].hops[0].by': 'create pods in ci',
      'paths[0].hops[0].grants[0].binding.name': 'builders',
      'paths[0].hops[0].grants[0].binding.namespace': 'ci',
      'paths[0].hops[1].grants[0].role.name': 'root',
      'paths[0].cut.binding.name': 'builders',
      'paths[0].cut.paths': 2,
    });
  });

  it('prints pictures in which what to cut is red', async () => {
    const { stdout: dot } = await ask(['-o', 'dot']);
    expect(dot).to.match(/^digraph paths \{/);
    expect(dot).to.contain('"user:jane" -> "sa:ci/deployer" [label="create pods in ci", color=red, penwidth=2];');
    expect(dot).to.contain('"sa:ci/deployer" -> "cluster-admin" [label="do everything"];');
    const { stdout: mermaid } = await ask(['-o', 'mermaid']);
    expect(mermaid).to.match(/^flowchart LR\n {2}n0\["user:jane"\]\n/);
    expect(mermaid).to.contain('  n0 -->|"create pods in ci"| n1\n');
    expect(mermaid).to.match(/linkStyle \d+ stroke:red/);
  });

  it('says beside a picture what is not in it, and draws where paths would end', async () => {
    const { stderr } = await ask(['--limit', '1', '--whole-cluster', '-o', 'dot']);
    expect(stderr).to.match(/^\.\.\. and 1 more \(--limit\)$/m);
    const elsewhere = ['--to', 'sa:ci/deployer', '--whole-cluster', '-o', 'dot'];
    expect((await ask(elsewhere)).stdout).to.contain('  "sa:ci/deployer" [shape=doubleoctagon];\n');
    const nothing = await ask([...elsewhere, '--from', 'user:nobody']);
    expect(nothing.stdout).to.contain('\n  "sa:ci/deployer" [shape=doubleoctagon];\n}');
    expect(nothing.stderr).to.match(/^no path to sa:ci\/deployer$/m);
  });

  it('lets no name break out of what it prints', async () => {
    const yaml = ciRbac.replaceAll('jane', '"j\\u001b[31m\\"]|<x>"');
    for (const format of ['table', 'json', 'dot', 'mermaid']) {
      const { stdout } = await ask(['-o', format], yaml);
      expect(stdout, format).not.to.contain('\u001b');
    }
    expect((await ask(['-o', 'dot'], yaml)).stdout).to.contain('\\"]|<x>"');
    expect((await ask(['-o', 'mermaid'], yaml)).stdout).to.contain('#34;]#124;#60;x#62;');
  });

  it('reads on where a role cannot be read, and says which document is none', async () => {
    const { code, stdout, stderr } = await ask([], `${ciRbac}---\n{ kind: Role, metadata: [`);
    expect(code).to.equal(3);
    expect(stderr).to.match(/rbac\.yaml:\d+/);
    expect(stdout).to.contain('user:jane');
  });

  it('cannot tell where a role that is bound is not among the files, unless a path is found without it', async () => {
    const editors = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: editors, namespace: ci }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: ann }]
`;
    const { code, stdout } = await ask([], editors);
    expect(code).to.equal(4);
    expect(stdout).to.contain('note: ClusterRole "edit" is not among the files: there may be paths by it\n');
    const { stderr } = await ask(['-o', 'mermaid'], editors);
    expect(stderr.split('\n')).to.deep.equal([
      'no path to cluster-admin',
      'note: ClusterRole "edit" is not among the files: there may be paths by it',
      'note: roles and bindings that are not among the files may add paths; --whole-cluster says that there are none',
      '',
    ]);
    expect((await ask([], `${ciRbac}---\n${editors}`)).code).to.equal(1);
    expect((await ask(['--whole-cluster'], editors)).code).to.equal(0);
  });

  it('finds paths by roles and accounts of a release of Kubernetes', async () => {
    const editors = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: editors, namespace: kube-system }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit }
subjects: [{ kind: User, apiGroup: rbac.authorization.k8s.io, name: ann }]
`;
    const { code, stdout } = await ask(['--kubernetes-version', '1.37'], editors);
    expect(code).to.equal(1);
    expect(stdout).to.match(
      /^user:ann -\[.* in kube-system\]-> sa:kube-system\/.* -\[.*\]-> cluster-admin \(2 steps\)\n/,
    );
    expect(stdout).to.contain('note: assumed: roles and bindings of Kubernetes 1.37');
  });

  it('refuses what is no subject', async () => {
    for (const args of [
      ['--from', 'jane'],
      ['--to', 'everything'],
    ]) {
      expect((await ask(args)).code, args.join(' ')).to.equal(2);
    }
  });

  it('says so where there is nothing about RBAC', async () => {
    const { code, stderr } = await ask([], 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n');
    expect(code).to.equal(3);
    expect(stderr).to.contain('no role and no binding in ');
  });
});
