/** `merlon fix` on files, as a process: what it prints, what it writes, what it refuses, and how it ends. */
import { chmod, lstat, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import { repository, runShell } from './merlon-process.ts';
import { useScanFolder } from './scan-folder.ts';

const account = `# the account of every pod
apiVersion: v1
kind: ServiceAccount
metadata:
  name: default # do not rename
  namespace: shop
`;
const fixed = `${account}automountServiceAccountToken: false\n`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      containers:
        - name: web
          image: example.com/web:1 # pinned
        - { name: side, image: 'example.com/side:1', imagePullPolicy: 'IfNotPresent' }
`;
const ACCOUNT_RULE = 'service-account-default-token-mount';
const onlyAccounts = ['--rule', ACCOUNT_RULE];

describe('merlon fix', function () {
  this.timeout(60_000);
  const folder = useScanFolder();
  const fix = (args: readonly string[], stdin?: string) => folder().run(['fix', ...args], stdin);
  const read = (name: string): Promise<string> => readFile(join(folder().path, name), 'utf8');

  it('prints what would change as a diff that patch takes, and changes nothing', async () => {
    await folder().write({ 'a.yaml': account, 'sub/b.yaml': `${deployment}---\n${account}` });
    const { code, stdout } = await fix(['.']);
    expect(code).to.equal(1);
    expect(stdout).to.equal(`--- a.yaml
+++ a.yaml
@@ -4,3 +4,4 @@
 metadata:
   name: default # do not rename
   namespace: shop
+automountServiceAccountToken: false
--- sub/b.yaml
+++ sub/b.yaml
@@ -7,7 +7,8 @@
       containers:
         - name: web
           image: example.com/web:1 # pinned
-        - { name: side, image: 'example.com/side:1', imagePullPolicy: 'IfNotPresent' }
+          imagePullPolicy: Always
+        - { name: side, image: 'example.com/side:1', imagePullPolicy: 'Always' }
 ---
 # the account of every pod
 apiVersion: v1
@@ -15,3 +16,4 @@
 metadata:
   name: default # do not rename
   namespace: shop
+automountServiceAccountToken: false
`);
    expect(await read('a.yaml')).to.equal(account);
    const patched = await runShell('$MERLON fix . 2>/dev/null | patch -p0', { cwd: folder().path });
    expect(patched.stdout).to.contain('patching file a.yaml').and.contain('patching file sub/b.yaml');
    expect(await read('a.yaml')).to.equal(fixed);
    expect(await fix(['.'])).to.include({ code: 0, stdout: '' });
  });

  it('edits the files with --write, leaves their mode, and has nothing left to do', async () => {
    await folder().write({ 'a.yaml': account.replaceAll('\n', '\r\n'), 'b.yaml': deployment });
    await chmod(join(folder().path, 'a.yaml'), 0o640);
    const written = await fix(['--write', ...onlyAccounts, '.']);
    expect(written).to.include({ code: 0, stdout: 'a.yaml: 1 fixed\n' });
    expect(await read('a.yaml')).to.equal(fixed.replaceAll('\n', '\r\n'));
    expect(await read('b.yaml')).to.equal(deployment);
    expect((await stat(join(folder().path, 'a.yaml'))).mode & 0o777).to.equal(0o640);
    expect(await readdir(folder().path)).to.have.members(['a.yaml', 'b.yaml']);
    expect(await fix(['--write', ...onlyAccounts, '.'])).to.include({ code: 0, stdout: '', stderr: '' });
  });

  it('follows a link to the file, and reads a file once however often it is named', async () => {
    await folder().write({ 'real.yaml': account });
    await symlink('real.yaml', join(folder().path, 'link.yaml'));
    const { stdout } = await fix(['--write', ...onlyAccounts, 'link.yaml', './real.yaml', '.']);
    expect(stdout).to.equal('link.yaml: 1 fixed\n');
    expect((await lstat(join(folder().path, 'link.yaml'))).isSymbolicLink()).to.equal(true);
    expect(await read('real.yaml')).to.equal(fixed);
  });

  it('reads standard input, and prints the diff, or with --write the whole text whether it changed or not', async () => {
    expect((await fix([...onlyAccounts, '-'], account)).stdout).to.match(/^--- -\n\+\+\+ -\n@@ /);
    expect(await fix([...onlyAccounts, '--write', '-'], account)).to.include({ code: 0, stdout: fixed });
    expect(await fix([...onlyAccounts, '--write', '-'], fixed)).to.include({ code: 0, stdout: fixed });
  });

  it('repairs each of several objects that have one name', async () => {
    await folder().write({ 'a.yaml': `${fixed}---\n${account}---\n${account.replace('# do not rename', '')}` });
    expect(await fix(['--write', ...onlyAccounts, 'a.yaml'])).to.include({ code: 0, stdout: 'a.yaml: 2 fixed\n' });
    expect((await read('a.yaml')).match(/automountServiceAccountToken: false/g)).to.have.length(3);
  });

  it('says which workloads would lose their token', async () => {
    await folder().write({ 'a.yaml': account, 'b.yaml': deployment });
    const { stderr } = await fix([...onlyAccounts, '.']);
    expect(stderr).to.match(
      new RegExp(
        `^a\\.yaml:\\d+: ${ACCOUNT_RULE}: ServiceAccount "default": mind that Deployment "web" mounts the token`,
      ),
    );
  });

  it('names the line where the text cannot be edited without changing something else, and exits with 1', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n  - &a\n    ${account
      .slice(account.indexOf('\n') + 1)
      .replaceAll('\n', '\n    ')
      .trimEnd()}\n  - *a\n`;
    await folder().write({ 'a.yaml': list });
    const { code, stdout, stderr } = await fix(['--write', ...onlyAccounts, 'a.yaml']);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.contain(
      `a.yaml:5: ${ACCOUNT_RULE}: ServiceAccount "default": not possible: others use what is written here ("&a")`,
    );
    expect(await read('a.yaml')).to.equal(list);
  });

  it('does not edit what would fail all the same, and says why', async () => {
    const privileged = `apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\nspec: { hostNetwork: true, containers: [{ name: a, image: b }] }\n`;
    const namespace = `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n`;
    await folder().write({ 'a.yaml': `${namespace}---\n${privileged}` });
    const { code, stdout, stderr } = await fix(['--rule', 'namespace-pod-security-level', 'a.yaml']);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.contain(
      'the rule would fail all the same: enforces nothing, because not everything passes baseline',
    );
  });

  it('leaves what is exempt, and what a policy does not select', async () => {
    await folder().write({
      'a.yaml': account,
      'e.yaml': `apiVersion: merlon.dev/v1alpha1
kind: ClusterHardeningExemption
metadata: { name: e }
spec: { reason: the platform needs it here, rules: [${ACCOUNT_RULE}], subjects: [{ name: default }] }
`,
      'p.yaml': `apiVersion: merlon.dev/v1alpha1
kind: ClusterHardeningPolicy
metadata: { name: one-rule }
spec: { profile: none, rules: [{ rule: pod-privileged }] }
`,
    });
    expect(await fix([...onlyAccounts, '--exemptions', 'e.yaml', 'a.yaml'])).to.include({ code: 0, stdout: '' });
    expect(await fix(['--policy', 'p.yaml', 'a.yaml'])).to.include({ code: 0, stdout: '', stderr: '' });
  });

  it('counts what no patch repairs at the end', async () => {
    await folder().write({ 'b.yaml': deployment });
    const { stderr } = await fix(['b.yaml']);
    expect(stderr).to.match(/\d+ failures that no patch repairs\n$/);
  });

  it('names what may fail and cannot be decided, fixes the rest, and is not done then', async () => {
    const unreadable =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: odd, namespace: far }\nspec: { template: 5 }\n';
    await folder().write({ 'a.yaml': account, 'odd.yaml': unreadable });
    const { code, stderr } = await fix(['--write', '--rule', 'pod-image-pull-policy', '--rule', ACCOUNT_RULE, '.']);
    expect(code).to.equal(4);
    expect(await read('a.yaml')).to.equal(fixed);
    expect(stderr).to.match(
      /^odd\.yaml:\d+: pod-image-pull-policy: Deployment "odd": not decided: field "spec\.template" must be an object, found the number 5$/m,
    );
    expect((await fix([...onlyAccounts, '.'])).code).to.equal(0);
  });

  it('refuses a template of Helm as what cannot be read, fixes the rest, and exits with 3', async () => {
    await folder().write({ 'a.yaml': account, 'b.yaml': `{{- if .Values.x }}\n${account}{{- end }}\n` });
    const { code, stdout, stderr } = await fix(['--write', ...onlyAccounts, '.']);
    expect([code, stdout]).to.deep.equal([3, 'a.yaml: 1 fixed\n']);
    expect(stderr).to.match(/^b\.yaml:1: .*looks like a Helm template; render it first/m);
    expect(await read('b.yaml')).to.match(/^\{\{- if/);
  });

  it('does what its page shows', async () => {
    const page = await readFile(join(repository, 'docs/remediation.md'), 'utf8');
    const shown = /### Manifests\n\n```console\n(.*?)```/s.exec(page)?.[1] ?? '';
    const [file, ...commands] = shown.split(/^\$ /m).slice(1);
    await folder().write({ 'accounts.yaml': (file ?? '').replace('cat accounts.yaml\n', '') });
    expect(commands).to.have.length(2);
    for (const command of commands) {
      const end = command.indexOf('\n');
      const [name, ...args] = command.slice(0, end).split(' ');
      const { stdout } = await folder().run(args);
      expect([name, stdout]).to.deep.equal(['merlon', command.slice(end + 1)]);
    }
  });

  it('exits with 2 for what cannot be asked', async () => {
    const rows = [
      { args: [], says: 'nothing to fix' },
      { args: ['--rule', 'no-such-rule', 'a.yaml'], says: '--rule names "no-such-rule"' },
      { args: ['--rule', 'pod-privileged', 'a.yaml'], says: 'names nothing that Merlon repairs' },
      { args: ['--dry-run=client', 'a.yaml'], says: '--dry-run goes with --cluster' },
      { args: ['--allow-in-use', 'a.yaml'], says: '--allow-in-use goes with --cluster' },
      { args: ['--write', '--cluster'], says: '--write goes with files' },
      { args: ['--cluster', 'a.yaml'], says: 'takes no paths' },
    ];
    for (const { args, says } of rows) {
      const { code, stderr } = await fix(args);
      expect([code, stderr.includes(says)], stderr).to.deep.equal([2, true]);
    }
  });
});
