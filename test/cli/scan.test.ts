/** `merlon scan` over files, as a process: what goes where, and how it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';

import type { PostureReport } from '../../src/report/posture-report.ts';
import { merlonEnvironment, merlonProgram, runMerlon, runShell } from './merlon-process.ts';
import { broken, hardened, privileged } from './pod-manifests.ts';
import { failuresOf, useScanFolder } from './scan-folder.ts';

describe('merlon scan', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  const write = (files: Readonly<Record<string, string>>) => folder().write(files);
  const scan = (args: readonly string[], stdin?: string) => folder().run(['scan', ...args], stdin);

  describe('exits with', () => {
    it('0 where everything is as it should be, and says so', async () => {
      await write({ 'a.yaml': hardened('a') });
      const { code, stdout, stderr } = await scan(['a.yaml']);
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(stdout).to.match(/^nothing found; \d+ passed, \d+ not applicable; 1 objects judged\n$/);
    });
    it('1 where a failure reaches the threshold, and shows where', async () => {
      await write({ 'a.yaml': privileged });
      const { code, stdout, stderr } = await scan(['a.yaml']);
      expect([code, stderr]).to.deep.equal([1, '']);
      expect(stdout).to.match(/^OUTCOME .*\nfail +critical +pod-privileged +shop\/Pod\/bad +a\.yaml:11 /);
    });
    it('1 where a webhook or an aggregated API is as it should not be', async () => {
      const webhooks = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: guard.example.com
    rules: [{ operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods] }]
    failurePolicy: Ignore
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1.shop.example.com }
spec:
  group: shop.example.com
  service: { namespace: shop, name: api }
  insecureSkipTLSVerify: true
`;
      await write({ 'a.yaml': webhooks });
      const { code, stdout } = await scan(['a.yaml', '--fail-on', 'medium', '-o', 'json']);
      expect(code).to.equal(1);
      expect(failuresOf(stdout)).to.deep.equal([
        'api-service-tls-verification v1.shop.example.com a.yaml:15',
        'webhook-fails-open guard a.yaml:7',
      ]);
    });
    it('1 where somebody can become cluster-admin, and shows the rule of the role that all of them hold', async () => {
      const rbac = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: binder }
rules:
  - { apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, clusterrolebindings], verbs: [bind, create] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: binder }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: binder }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
  - { kind: ServiceAccount, namespace: ci, name: bot }
`;
      await write({ 'a.yaml': rbac });
      const { code, stdout } = await scan(['a.yaml', '-o', 'json']);
      expect(code).to.equal(1);
      const paths = failuresOf(stdout).filter((one) => one.startsWith('rbac-admin-path'));
      expect(paths).to.deep.equal(['rbac-admin-path binder a.yaml:5']);
    });
    it('0 where no failure reaches the threshold', async () => {
      await write({ 'a.yaml': privileged.replace('privileged: true', 'privileged: false') });
      expect((await scan(['a.yaml', '--fail-on', 'critical'])).code).to.equal(0);
    });
    it('3 where there is nothing, and says so', async () => {
      await mkdir(join(folder().path, 'empty'));
      const { code, stdout, stderr } = await scan(['empty']);
      expect(code).to.equal(3);
      expect(stdout).to.match(/^nothing judged;/);
      expect(stderr).to.equal('nothing to judge in empty: no object of a kind that a rule is about\n');
    });
    it('3 where a file does not exist, and judges the others', async () => {
      await write({ 'a.yaml': privileged });
      const { code, stdout, stderr } = await scan(['missing.yaml', 'a.yaml', '-o', 'json']);
      expect([code, stderr]).to.deep.equal([3, 'missing.yaml: no such file or folder\n']);
      expect(failuresOf(stdout)).to.include('pod-privileged bad a.yaml:11');
    });
    it('3 where a document does not parse, with file, line and reason, and judges the rest', async () => {
      await write({ 'a.yaml': `${hardened('a')}---\n${broken}---\n${privileged}`, 'b.yaml': hardened('b') });
      const { code, stdout, stderr } = await scan(['.', '-o', 'json']);
      expect(code).to.equal(3);
      expect(stderr).to.match(/^a\.yaml:(19|20): .+\n$/);
      expect(failuresOf(stdout)).to.include('pod-privileged bad a.yaml:31');
      expect((JSON.parse(stdout) as PostureReport).summary.subjects).to.equal(3);
    });
    it('3 where a kind is written with an apiVersion that it does not have', async () => {
      await write({ 'a.yaml': hardened('a').replace('v1', 'apps/v1') });
      const { code, stderr } = await scan(['a.yaml']);
      expect(code).to.equal(3);
      expect(stderr).to.contain('a.yaml:1: Kubernetes knows no Pod in "apps/v1"; write kind Pod and apiVersion v1\n');
    });
    it('4 where a field of a wrong type leaves a rule undecided', async () => {
      await write({ 'a.yaml': hardened('a').replace('  containers:', '  hostPID: "yes"\n  containers:') });
      const { code, stdout } = await scan(['a.yaml']);
      expect(code).to.equal(4);
      expect(stdout).to.match(/unknown +\w+ +pod-host-namespaces +shop\/Pod\/a +a\.yaml:7 .*must be a boolean/);
    });
    it('0 where there are objects and no rule is about them, and says so', async () => {
      await write({ 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' });
      const { code, stderr } = await scan(['a.yaml']);
      expect(code).to.equal(0);
      expect(stderr).to.equal(
        'no rule is about: 1 ConfigMap\nnothing to judge in a.yaml: no object of a kind that a rule is about\n',
      );
    });
  });

  it('lists what passes and what does not apply with --all', async () => {
    await write({ 'a.yaml': hardened('a') });
    const { code, stdout } = await scan(['a.yaml', '--all', '-o', 'json']);
    const { findings, summary } = JSON.parse(stdout) as PostureReport;
    expect(code).to.equal(0);
    expect(findings).to.have.length(summary.pass + summary.notApplicable);
    expect(findings.find(({ rule }) => rule === 'pod-privileged')).to.deep.include({
      outcome: 'pass',
      message: '',
      violations: [],
      source: { path: 'a.yaml', line: 1 },
    });
  });

  it('reads standard input: several documents, a List, JSON', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${privileged.trimEnd().replaceAll('\n', '\n  ')}\n`;
    const fromYaml = await scan(['-', '-o', 'json'], `${hardened('a')}---\n${list}`);
    expect(fromYaml.code).to.equal(1);
    expect(failuresOf(fromYaml.stdout)).to.include('pod-privileged bad -:31');
    const json = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "b"},\n "spec": {"hostPID": true}}';
    const fromJson = await scan(['-', '-o', 'json'], json);
    expect(failuresOf(fromJson.stdout)).to.include('pod-host-namespaces b -:2');
  });

  it('judges what was written twice twice, each in its place', async () => {
    await write({ 'a.yaml': privileged, 'b.yaml': `# the same\n${privileged}` });
    const { stdout } = await scan(['.', '-o', 'json']);
    expect(failuresOf(stdout).filter((failure) => failure.startsWith('pod-privileged'))).to.deep.equal([
      'pod-privileged bad a.yaml:11',
      'pod-privileged bad b.yaml:12',
    ]);
  });

  it('shows no name raw, wherever it comes from', async () => {
    const name = '"a\\e[2J\\u202eb"';
    await write({ 'x\x1b[2Jx.yaml': hardened(name).replace('allowPrivilegeEscalation: false', 'privileged: true') });
    for (const args of [['.'], ['.', '-o', 'json'], ['missing\x1b[2J', '.']]) {
      const { stdout, stderr } = await scan(args);
      expect(stdout + stderr).to.contain('pod-privileged');
      expect(['\x1b', '\u202e'].filter((letter) => (stdout + stderr).includes(letter))).to.deep.equal([]);
    }
    const { code, stderr } = await scan(['--x\x1b[2J']);
    expect([code, stderr.split('\n')[0]]).to.deep.equal([2, "error: unknown option '--x\\x1b[2J'"]);
  });

  it('shows no colours in a pipe, whatever the terminal is called', async () => {
    await write({ 'a.yaml': privileged });
    const { stdout } = await runMerlon(['scan', 'a.yaml'], { cwd: folder().path, env: { TERM: 'xterm-256color' } });
    expect(stdout).not.to.contain('\x1b');
  });

  describe('with an output that is read by somebody else', () => {
    const many = Array.from({ length: 2000 }, (_, index) => privileged.replace('bad', `bad-${index}`)).join('---\n');
    beforeEach(async () => {
      await write({ 'many.yaml': many });
    });

    it('is not cut off at its end, however slow the reader', async () => {
      const { code, stdout } = await runShell('set -o pipefail; $MERLON scan many.yaml -o json | { sleep 1; cat; }', {
        cwd: folder().path,
      });
      expect(code).to.equal(1);
      expect((JSON.parse(stdout) as PostureReport).summary.critical).to.equal(2000);
    });
    it('ends with its own code and in silence when the reader has seen enough', async () => {
      for (const format of ['json', 'table']) {
        const { stdout, stderr } = await runShell(
          `$MERLON scan many.yaml -o ${format} | head -1; echo "\${PIPESTATUS[0]}"`,
          { cwd: folder().path },
        );
        expect(stdout.trim().split('\n').at(-1)).to.equal('1');
        expect(stderr).to.equal('');
      }
    });
    it('goes on when nobody reads its errors', async () => {
      await write({ 'broken.yaml': broken });
      const { stdout } = await runShell(
        '{ $MERLON scan . -o json 2>&3 3>&- | tail -1; } 3> >(true); echo "${PIPESTATUS[0]}"',
        { cwd: folder().path },
      );
      expect(stdout.split('\n')[0]).to.equal('}');
    });
    it('says when the disk is full', async function () {
      const { code, stderr } = await runShell('test -e /dev/full || exit 99; $MERLON scan many.yaml > /dev/full', {
        cwd: folder().path,
      });
      if (code === 99) this.skip();
      expect(code).to.equal(4);
      expect(stderr).to.match(/^error: the output cannot be written: ENOSPC.*\n$/);
    });
  });

  it('ends at once with Ctrl-C while it waits for standard input', async () => {
    const child = spawn(process.execPath, [merlonProgram, 'scan', '-'], {
      env: merlonEnvironment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const deadline = setTimeout(() => child.kill('SIGKILL'), 20_000);
    // A document that is accepted shows that it reads; it prints nothing before the end of the input.
    child.stdin.write(hardened('a'));
    await once(child, 'spawn');
    child.kill('SIGINT');
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    clearTimeout(deadline);
    expect([code, signal]).to.deep.equal([null, 'SIGINT']);
  });
});
