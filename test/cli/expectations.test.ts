/** `merlon expectations init` and expectations in `merlon scan --policy`, as a process over files. */
import { expect } from 'chai';

import type { PostureReport } from '../../src/report/posture-report.ts';
import { useScanFolder } from './scan-folder.ts';

const account = (name: string) => `---
apiVersion: v1
kind: ServiceAccount
metadata: { name: ${name}, namespace: coolapp }
`;
const role = (kind: string, metadata: string, rules: string) => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: ${metadata}
rules: ${rules}
`;
const binding = (kind: string, metadata: string, roleRef: string, name = 'myappid') => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: ${metadata}
roleRef: { apiGroup: rbac.authorization.k8s.io, ${roleRef} }
subjects: [{ kind: ServiceAccount, name: ${name}, namespace: coolapp }]
`;

const app = [
  account('myappid'),
  account('default'),
  role(
    'Role',
    '{ name: app, namespace: coolapp }',
    '[{ apiGroups: [""], resources: [services, pods], verbs: [watch, list, get] }, { apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [tls] }]',
  ),
  binding('RoleBinding', '{ name: app, namespace: coolapp }', 'kind: Role, name: app'),
].join('');
const beyond = [
  role(
    'ClusterRole',
    '{ name: scraper }',
    '[{ apiGroups: [""], resources: [nodes], verbs: [list] }, { nonResourceURLs: [/metrics, /version], verbs: [get] }]',
  ),
  binding('ClusterRoleBinding', '{ name: scraper }', 'kind: ClusterRole, name: scraper'),
  role('Role', '{ name: push, namespace: logs }', '[{ apiGroups: [""], resources: [configmaps], verbs: [create] }]'),
  binding('RoleBinding', '{ name: push, namespace: logs }', 'kind: Role, name: push'),
].join('');
const oneMore = [
  role('Role', '{ name: more, namespace: coolapp }', '[{ apiGroups: [""], resources: [pods/exec], verbs: [create] }]'),
  binding('RoleBinding', '{ name: more, namespace: coolapp }', 'kind: Role, name: more'),
].join('');

describe('merlon expectations init', function () {
  this.timeout(60_000);
  const folder = useScanFolder();
  const init = (...args: readonly string[]) => folder().run(['expectations', 'init', '-n', 'coolapp', ...args]);
  /** What is said of expectations, as `outcome subject: message`. */
  const judge = async (...files: readonly string[]) => {
    const { stdout } = await folder().run(['scan', '-o', 'json', '--policy', 'policy.yaml', ...files]);
    return (JSON.parse(stdout) as PostureReport).findings.filter(({ rule }) => rule === 'rbac-expectations');
  };

  it('prints what is granted, merged and sorted, as a policy of the namespace', async () => {
    await folder().write({ 'app.yaml': app });
    const { code, stdout, stderr } = await init('-f', 'app.yaml', '--name', 'ours');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout.replaceAll(/^#.*\n/gm, '')).to.equal(`apiVersion: merlon.dev/v1alpha1
kind: HardeningPolicy
metadata:
  name: ours
  namespace: coolapp
spec:
  expectations:
    - subject: { kind: ServiceAccount, name: default }
      only: true
    - subject: { kind: ServiceAccount, name: myappid }
      allow:
        - { verbs: [get, list, watch], apiGroups: [""], resources: [pods, services] }
        - { verbs: [get], apiGroups: [""], resources: [secrets], names: [tls] }
      only: true
`);
  });

  it('prints the same whatever the order of the objects is', async () => {
    const shuffled = [oneMore, ...app.split(/(?=^---)/m).toReversed(), beyond].join('');
    await folder().write({ 'a.yaml': app + beyond + oneMore, 'b.yaml': shuffled });
    const [a, b] = [await init('-A', '-f', 'a.yaml'), await init('-A', '-f', 'b.yaml')];
    expect(a.stdout).to.equal(b.stdout);
    expect(a.stdout).to.include('ClusterHardeningPolicy');
  });

  it('tells in comments what is granted beyond the namespace', async () => {
    await folder().write({ 'app.yaml': app + beyond });
    const { stdout } = await init('-f', 'app.yaml');
    expect(stdout).to.match(
      /# granted cluster-wide, of which this policy states .*: list nodes; get \/metrics, by ClusterRoleBinding "scraper"/,
    );
    expect(stdout).to.match(
      /# granted in another namespace, and not stated here: create configmaps, by RoleBinding "logs\/push"/,
    );
    expect(stdout).not.to.include('/version');
  });

  it('states that with -A in a policy of the cluster, which decides for nothing else', async () => {
    await folder().write({ 'app.yaml': app + beyond });
    const { code, stdout } = await init('-A', '-f', 'app.yaml');
    expect(code).to.equal(0);
    const [own = '', cluster = ''] = stdout.split('---\n');
    expect(own).to.include('name: default').and.not.to.include('myappid');
    expect(cluster).to.include('priority: -1000000').and.include('kubernetes.io/metadata.name: coolapp');
    expect(cluster).to.include('- { verbs: [list], apiGroups: [""], resources: [nodes] }');
    expect(cluster).to.include('- { verbs: [get], urls: ["/metrics"] }');
    expect(cluster).to.include('- { verbs: [create], apiGroups: [""], resources: [configmaps], namespace: logs }');
  });

  for (const flags of [[], ['-A']]) {
    it(`gives what is met, and one binding more is one failure (${flags.join('') || 'without -A'})`, async () => {
      await folder().write({ 'app.yaml': app + beyond, 'more.yaml': oneMore });
      await folder().write({ 'policy.yaml': (await init(...flags, '-f', 'app.yaml')).stdout });
      const before = await judge('app.yaml');
      expect(before.map(({ outcome }) => outcome))
        .to.include('unknown')
        .and.not.to.include('fail');
      const failed = (await judge('app.yaml', 'more.yaml')).filter(({ outcome }) => outcome === 'fail');
      expect(failed.map(({ message }) => message)).to.have.length(1);
      expect(failed[0]?.message).to.match(
        /^ServiceAccount "coolapp\/myappid" may create pods\/exec in namespace "coolapp" by RoleBinding "coolapp\/more" of Role "more"; /,
      );
    });
  }

  const granted = (rule: string) =>
    account('web') +
    role('Role', '{ name: odd, namespace: coolapp }', `[{ apiGroups: [""], resources: [configmaps], ${rule} }]`) +
    binding('RoleBinding', '{ name: odd, namespace: coolapp }', 'kind: Role, name: odd', 'web');

  it('gives what is met of an empty name too, and is then told of any other', async () => {
    await folder().write({
      'app.yaml': granted('verbs: [create, list], resourceNames: ["", a]'),
      'more.yaml': granted('verbs: [create, list], resourceNames: ["", a, b]'),
    });
    const { code, stdout } = await init('-f', 'app.yaml');
    expect(code).to.equal(0);
    expect(stdout).to.include('- { verbs: [list, create], apiGroups: [""], resources: [configmaps], names: ["", a] }');
    await folder().write({ 'policy.yaml': stdout });
    expect((await judge('app.yaml')).map(({ outcome }) => outcome)).not.to.include('fail');
    const failed = (await judge('more.yaml')).filter(({ outcome }) => outcome === 'fail');
    expect(failed.map(({ message }) => message).join()).to.match(/may list, create configmaps named "b" in namespace/);
  });

  it('leaves out whoever is granted what no policy can list, and says so', async () => {
    await folder().write({ 'app.yaml': granted('verbs: [""]') + account('own') });
    const { code, stdout, stderr } = await init('-f', 'app.yaml');
    expect(code).to.equal(4);
    expect(stderr).to.equal(
      'not stated: ServiceAccount "web" is granted what no expectation can list: expectation.allow[0].verbs[0] is "", and must have at least 1 characters\n',
    );
    expect(stdout).to.include('name: own').and.not.to.include('name: web');
  });

  it('exits with 4 and says what it does not know, where a role is missing', async () => {
    await folder().write({
      'app.yaml':
        account('web') +
        binding('RoleBinding', '{ name: v, namespace: coolapp }', 'kind: ClusterRole, name: view', 'web'),
    });
    const { code, stdout, stderr } = await init('-f', 'app.yaml');
    expect(code).to.equal(4);
    expect(stderr).to.equal('not stated, because it is not known: ClusterRole "view" is not among the files\n');
    expect(stdout).to.include('# not stated, because it is not known: ClusterRole "view" is not among the files');
  });

  it('prints nothing where a file cannot be read', async () => {
    await folder().write({ 'app.yaml': `${app}---\n: : :\n` });
    const { code, stdout } = await init('-f', 'app.yaml');
    expect([code, stdout]).to.deep.equal([3, '']);
  });

  it('says so where there is no service account', async () => {
    await folder().write({ 'app.yaml': app });
    const { code, stdout, stderr } = await folder().run(['expectations', 'init', '-f', 'app.yaml', '-n', 'other']);
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr).to.equal('nothing to state: namespace "other" has no service account\n');
  });

  for (const [name, args, message] of [
    ['wants to know where to look', [], /say where to look/],
    ['looks in one place', ['--from-cluster', '-f', 'a.yaml'], /say where to look/],
    ['wants a name for an object', ['-f', 'a.yaml', '--name', 'A_b'], /"A_b" is no name for an object/],
    ['takes no kubeconfig for files', ['-f', 'a.yaml', '--kubeconfig', 'x'], /go with --from-cluster/],
  ] as const) {
    it(name, async () => {
      const { code, stderr } = await init(...args);
      expect(code).to.equal(2);
      expect(stderr).to.match(message);
    });
  }
});
