/** `merlon can-i` beside the real `kubectl auth can-i --as`, which asks the API server by impersonating. */
import { expect } from 'chai';
import { CORE_SCHEMA, loadAll } from 'js-yaml';

import { impersonated } from '../../src/rbac/request.ts';
import type { Manifest } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { runMerlon } from './merlon-process.ts';
import { askMerlon } from './questions.ts';

const account = 'system:serviceaccount:coolapp:myappid';

const objects = `
kind: Role
metadata: { name: pod-reader, namespace: coolapp }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, list, watch] }
  - { apiGroups: [""], resources: [pods/log], verbs: [get] }
  - { apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get, update] }
  - { apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate] }
---
kind: RoleBinding
metadata: { name: pod-readers, namespace: coolapp }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: pod-reader }
subjects: [{ kind: ServiceAccount, name: myappid, namespace: coolapp }]
---
kind: ClusterRole
metadata: { name: questions-of-nodes }
rules:
  - { apiGroups: [""], resources: [nodes], verbs: [get, list] }
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings], verbs: [create] }
  - { apiGroups: [""], resources: [namespaces], verbs: [get] }
---
kind: RoleBinding
metadata: { name: dead-weight, namespace: coolapp }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: questions-of-nodes }
subjects: [{ kind: ServiceAccount, name: myappid, namespace: coolapp }]
---
kind: RoleBinding
metadata: { name: dangling, namespace: coolapp }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: nowhere }
subjects: [{ kind: ServiceAccount, name: other, namespace: coolapp }]
---
kind: ClusterRoleBinding
metadata: { name: questions-view }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: Group, apiGroup: rbac.authorization.k8s.io, name: questions:viewers }]
---
kind: ClusterRole
metadata: { name: questions-urls }
rules:
  - { nonResourceURLs: [/logs/*], verbs: [get] }
  - { apiGroups: [apps], resources: [deployments, deployments/scale], verbs: ["*"] }
  - { apiGroups: [""], resources: [users], verbs: [impersonate], resourceNames: [jane] }
---
kind: ClusterRoleBinding
metadata: { name: questions-urls }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: questions-urls }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: ursula }
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: system:serviceaccounts:coolapp }
`;

describe('merlon can-i, live', () => {
  const cluster = useControlPlane();
  /** May read RBAC, and nothing else: neither impersonate nor create SubjectAccessReviews. */
  let auditor: string;
  let nobody: string;

  before('roles, bindings and somebody who may read them', async () => {
    const { client } = cluster();
    await client.createNamespace('coolapp');
    for (const object of loadAll(objects, { schema: CORE_SCHEMA }) as Manifest[]) {
      await client.create({ ...object, apiVersion: 'rbac.authorization.k8s.io/v1' });
    }
    await client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'questions-auditor' },
      rules: [
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
          verbs: ['list'],
        },
      ],
    });
    await client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'questions-auditor' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'questions-auditor' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'audra' }],
    });
    auditor = await cluster().kubeconfigFor({ user: 'audra' });
    nobody = await cluster().kubeconfigFor({ user: 'noah' });
  });

  const ask = (args: readonly string[], kubeconfig = cluster().adminKubeconfig) =>
    askMerlon(['can-i', ...args, '--kubeconfig', kubeconfig]);

  const rows: readonly (readonly [answer: 'yes' | 'no', args: string])[] = [
    ['yes', `list pods -n coolapp --as ${account}`],
    ['no', `list pods --as ${account}`],
    ['no', `list pods -A --as ${account}`],
    ['yes', `list po -n coolapp --as ${account}`],
    ['yes', `list pod -n coolapp --as ${account}`],
    ['yes', `list Pods -n coolapp --as ${account}`],
    ['yes', `get pods/web -n coolapp --as ${account}`],
    ['no', `create pods -n coolapp --as ${account}`],
    ['yes', `get pods --subresource=log -n coolapp --as ${account}`],
    ['yes', `get pods/web --subresource log -n coolapp --as ${account}`],
    // A pod that is called log.
    ['yes', `get pods/log -n coolapp --as ${account}`],
    ['no', `create pods/exec -n coolapp --as ${account}`],
    ['no', `create pods --subresource=exec -n coolapp --as ${account}`],
    ['no', `get,list,watch pods -n coolapp --as ${account}`],
    ['no', `GET pods -n coolapp --as ${account}`],
    ['no', `* pods -n coolapp --as ${account}`],
    ['no', `get * -n coolapp --as ${account}`],
    ['yes', `get configmaps/settings -n coolapp --as ${account}`],
    ['yes', `update cm/settings -n coolapp --as ${account}`],
    ['no', `get configmaps -n coolapp --as ${account}`],
    ['no', `get configmaps/others -n coolapp --as ${account}`],
    // Dead weight, and yes all the same.
    ['yes', `list nodes -n coolapp --as ${account}`],
    ['no', `list nodes --as ${account}`],
    ['no', `list nodes -A --as ${account}`],
    ['yes', `create clusterrolebindings -n coolapp --as ${account}`],
    ['yes', `get ns/coolapp -n coolapp --as ${account}`],
    ['no', `get ns/coolapp --as ${account}`],
    // By its groups.
    ['yes', `patch deployments.apps -n anywhere --as ${account}`],
    ['yes', `patch deployments.v1.apps/web --as ${account}`],
    ['yes', `patch deploy --subresource scale --as ${account}`],
    ['no', `patch deployments --as ${account} --as-group devs`],
    ['yes', `patch deployments --as ${account} --as-group system:serviceaccounts:coolapp`],
    ['no', `patch deployments.extensions --as ${account}`],
    ['no', `patch statefulsets --as ${account}`],
    ['no', `list pods -n coolapp --as system:serviceaccount:coolapp:other`],
    ['no', `list pods -n coolapp --as system:serviceaccount:coolapp`],
    ['yes', `get /logs/a/b --as ursula`],
    ['no', `get /logs --as ursula`],
    ['no', `list /logs/a --as ursula`],
    ['yes', `get /healthz --as ursula`],
    ['yes', `impersonate users/jane --as ursula`],
    ['no', `impersonate users --as ursula`],
    ['no', `list pods --as vera`],
    ['yes', `list pods --as vera --as-group questions:viewers`],
    ['yes', `list ingresses.networking --as vera --as-group questions:viewers`],
    ['no', `list secrets --as vera --as-group questions:viewers`],
    ['no', `list gizmos --as vera --as-group questions:viewers`],
    ['yes', `delete everything.example.com --as root --as-group system:masters`],
    ['yes', `* * --as root --as-group system:masters`],
  ];
  for (const [answer, text] of rows) {
    it(`says ${answer} to ${text}, as kubectl does`, async () => {
      const args = text.split(' ');
      const [kubectl, merlon] = await Promise.all([cluster().kubectl(['auth', 'can-i', ...args]), ask(args)]);
      const [word] = kubectl.stdout.split(/[ \n]/);
      expect([kubectl.code, word]).to.deep.equal([answer === 'yes' ? 0 : 1, answer]);
      expect([merlon.code, merlon.stdout.split('\n')[0]], merlon.stderr).to.deep.equal([kubectl.code, answer]);
      expect(warningsIn(merlon.stderr)).to.deep.equal(warningsIn(kubectl.stderr));
      // Audra has no cross-check: what RBAC allows is known to her, what it refuses is not.
      const local = await ask(args, auditor);
      expect([local.code, local.stdout.split('\n')[0]], local.stderr).to.deep.equal(
        answer === 'yes' ? [0, 'yes'] : [4, 'unknown'],
      );
      const excluded = await ask([...args, '--authorization-mode=Node,RBAC'], auditor);
      expect(excluded.code, excluded.stderr).to.equal(kubectl.code);
    });
  }

  it('answers for whom kubectl cannot ask, as the anonymous may not ask of themselves', async () => {
    expect((await ask(['get', '/version', '--as', 'system:anonymous'])).code).to.equal(0);
    expect((await ask(['get', '/api', '--as', 'system:anonymous'])).code).to.equal(1);
  });

  it('takes somebody who is named for whom the API server takes them when they are impersonated', async () => {
    const named: readonly (readonly [user: string, ...groups: string[]])[] = [
      ['jane'],
      ['jane', 'devs', 'ops'],
      ['jane', 'system:authenticated'],
      ['jane', 'system:unauthenticated'],
      ['system:anonymous'],
      ['system:anonymous', 'devs'],
      ['system:anonymous', 'system:authenticated'],
      [account],
      [account, 'devs'],
      ['system:serviceaccount:coolapp'],
      ['system:serviceaccount:coolapp:my:appid'],
      ['system:serviceaccount:Coolapp:myappid'],
      ['system:serviceaccount:cool.app:myappid'],
      ['system:serviceaccount:coolapp:my.app-id'],
      ['system:node:Worker 1'],
      ['system:node:'],
      ['root', 'system:masters'],
    ];
    await cluster().client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'questions-whoami' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:basic-user' },
      subjects: named.map(([name]) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name })),
    });
    for (const [user, ...groups] of named) {
      const as = ['--as', user, ...groups.flatMap((group) => ['--as-group', group])];
      const { stdout, stderr } = await cluster().kubectl(['auth', 'whoami', '-o', 'json', ...as]);
      expect(stderr, user).to.equal('');
      const review = JSON.parse(stdout) as { status: { userInfo: { username: string; groups: string[] } } };
      const { username, groups: actual } = review.status.userInfo;
      expect(impersonated(user, groups), user).to.deep.equal({ user: username, groups: actual });
    }
  });

  it('takes a node for a node, as the API server does for whoever impersonates nothing else', async function () {
    if (cluster().minor < 36) this.skip();
    // The API server remembers how somebody impersonated last, and tries that first: so it is somebody new.
    const kubeconfig = await cluster().kubeconfigFor({ user: 'norma', groups: ['system:masters'] });
    const whoami = ['auth', 'whoami', '-o', 'json', '--as', 'system:node:worker-1'];
    const { stdout, stderr } = await cluster().kubectl(whoami, { kubeconfig });
    expect(stderr).to.equal('');
    const review = JSON.parse(stdout) as { status: { userInfo: { username: string; groups: string[] } } };
    const { username, groups } = review.status.userInfo;
    expect(impersonated(username, [])).to.deep.equal({ user: username, groups });
    expect(groups).to.include('system:nodes');
  });

  it('lists what kubectl lists, and says that other authorizers may allow more', async () => {
    for (const user of [account, 'ursula', 'vera']) {
      const args = ['--list', '-n', 'coolapp', '--as', user];
      const kubectl = await cluster().kubectl(['auth', 'can-i', ...args]);
      const merlon = await ask(args);
      expect(merlon.stdout, user).to.equal(kubectl.stdout);
      expect(merlon.code).to.equal(kubectl.code);
      expect(merlon.stderr).to.contain('other authorizers may allow more');
    }
    const bare = ['--list', '--no-headers', '-n', 'coolapp', '--as', account];
    expect((await ask(bare)).stdout).to.equal((await cluster().kubectl(['auth', 'can-i', ...bare])).stdout);
  });

  it('names the binding and the rule that decide', async () => {
    const { stdout } = await ask(['get', 'po', '--subresource=log', '-n', 'coolapp', '--as', account], auditor);
    expect(stdout).to.equal(`yes
RBAC: allowed by RoleBinding "pod-readers/coolapp" of Role "pod-reader" to ServiceAccount "myappid/coolapp"
rule 1 of Role "pod-reader/coolapp": {verbs: [get], apiGroups: [""], resources: [pods/log]}
`);
  });

  it('says that a yes is of no use where no such request can be made', async () => {
    const { stderr, stdout } = await ask(['list', 'nodes', '-n', 'coolapp', '--as', account, '-o', 'json']);
    expect(JSON.parse(stdout)).to.include({ answer: 'yes', allowed: true, effective: false });
    expect(stderr).to.contain("Warning: resource 'nodes' is not namespace scoped\n");
    expect(stderr).to.contain('note: the grant is of no use: nodes: it has no namespace');
  });

  it('names the missing role in the words of the API server', async () => {
    const { stdout } = await ask(['list', 'pods', '-n', 'coolapp', '--as', 'system:serviceaccount:coolapp:other']);
    expect(stdout).to.match(/^no\n(rbac: )?RBAC: role\.rbac\.authorization\.k8s\.io "nowhere" not found\n$/);
  });

  it('asks for the caller where nobody is named', async () => {
    const mine = await ask(['list', 'roles', '-n', 'coolapp'], auditor);
    expect([mine.code, mine.stdout.split('\n').slice(0, 2)]).to.deep.equal([
      0,
      [
        'yes',
        'RBAC: allowed by ClusterRoleBinding "questions-auditor" of ClusterRole "questions-auditor" to User "audra"',
      ],
    ]);
    expect((await ask(['list', 'secrets', '-n', 'coolapp'], auditor)).code).to.equal(1);
  });

  it('answers by the API server alone where RBAC may not be read, and says so', async () => {
    const { code, stdout, stderr } = await ask(['list', 'pods', '-n', 'coolapp'], nobody);
    expect([code, stdout.split('\n')[0]]).to.deep.equal([1, 'no']);
    expect(stderr).to.contain("note: the API server's answer alone; RBAC could not be read beside it:\n");
    expect(stderr).to.contain('note: listing rolebindings.rbac.authorization.k8s.io is forbidden\n');
  });

  it('does not know where it may neither read RBAC nor ask, and says what is missing', async () => {
    const { code, stdout, stderr } = await ask(['list', 'pods', '--as', 'jane'], nobody);
    expect([code, stdout]).to.deep.equal([4, 'unknown\n']);
    expect(stderr).to.contain('listing clusterroles.rbac.authorization.k8s.io is forbidden');
    expect(stderr).to.contain('the permission to create subjectaccessreviews.authorization.k8s.io');
    expect((await ask(['--list', '--as', 'jane'], nobody)).code).to.equal(4);
  });

  it('needs no more than the cluster’s bindings for a question about all namespaces', async () => {
    const { client } = cluster();
    await client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'questions-cluster-auditor' },
      rules: [
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['clusterroles', 'clusterrolebindings'],
          verbs: ['list'],
        },
      ],
    });
    await client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'questions-cluster-auditor' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'questions-cluster-auditor' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'clara' }],
    });
    const clara = await cluster().kubeconfigFor({ user: 'clara' });
    const question = ['patch', 'deployments', '--as', 'ursula'];
    expect(await ask([...question, '-A'], clara)).to.include({ code: 0 });
    expect((await ask([...question, '-n', 'coolapp'], clara)).code).to.equal(4);
  });

  it('answers as a program of its own, as people know it', async () => {
    const args = [`--as=${account}`, 'list', 'pods', '-n', 'coolapp'];
    const { code, stdout } = await runMerlon(['can-i', ...args], { env: { KUBECONFIG: auditor } });
    expect([code, stdout.split('\n')[0]]).to.deep.equal([0, 'yes']);
    const quiet = await runMerlon(['can-i', '-q', ...args], { env: { KUBECONFIG: auditor } });
    expect(quiet).to.include({ code: 0, stdout: '', stderr: '' });
  });

  it('lists who can, and what somebody may do, of a live cluster', async () => {
    const kubeconfig = ['--kubeconfig', auditor];
    const holders = await askMerlon(['who-can', 'patch', 'deployments', '-n', 'coolapp', '-o', 'json', ...kubeconfig]);
    expect(holders.code, holders.stderr).to.equal(0);
    const found = JSON.parse(holders.stdout) as { complete: boolean; holders: { subject: object }[] };
    expect(found.complete).to.equal(false);
    expect(found.holders.map(({ subject }) => subject)).to.deep.include.members([
      { kind: 'User', name: 'ursula' },
      { kind: 'Group', name: 'system:serviceaccounts:coolapp' },
    ]);
    const own = await askMerlon(['permissions', 'sa:coolapp/myappid', ...kubeconfig]);
    expect(own.code, own.stderr).to.equal(0);
    expect(own.stdout).to.match(/^cluster +deployments\.apps +\* +\* +.*-> .* as system:serviceaccounts:coolapp$/m);
    expect(own.stdout).to.match(/^coolapp +pods +\* +get,list,watch +RoleBinding\/pod-readers -> Role\/pod-reader$/m);
  });

  it('says of who can and permissions what may not be read, and exits with 4', async () => {
    const holders = await askMerlon(['who-can', 'list', 'pods', '-n', 'coolapp', '--kubeconfig', nobody]);
    expect(holders.code).to.equal(4);
    expect(holders.stdout).to.contain('unknown: listing clusterrolebindings.rbac.authorization.k8s.io is forbidden\n');
    const own = await askMerlon(['permissions', 'user:jane', '--kubeconfig', nobody]);
    expect(own.code).to.equal(4);
    expect(own.stdout).to.match(/^nothing that could be read grants anything to user:jane$/m);
  });
});

/** Without the blank lines that kubectl puts between them. */
function warningsIn(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line.startsWith('Warning: '));
}
