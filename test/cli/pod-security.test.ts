/** `merlon pod-security` as a process: what goes where, and how it ends. */
import { expect } from 'chai';

import type { PodSecurityReport } from '../../src/report/pod-security-report.ts';
import { hardened, privileged } from './pod-manifests.ts';
import { useScanFolder } from './scan-folder.ts';

const refusal = 'privileged (container "app" must not set securityContext.privileged=true)';
const escalation =
  'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false)';

describe('merlon pod-security', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  const judge = (args: readonly string[], stdin?: string) => folder().run(['pod-security', ...args], stdin);

  describe('exits with', () => {
    it('0 where every pod is allowed, and says so', async () => {
      await folder().write({ 'a.yaml': hardened('a') });
      expect(await judge(['a.yaml'])).to.include({
        code: 0,
        stdout: 'restricted:latest allows all 1 pods and workloads\n',
        stderr: '',
      });
    });
    it('1 where one is refused, with the words of the API server behind its place', async () => {
      await folder().write({ 'a.yaml': `${hardened('a')}---\n${privileged}` });
      expect(await judge(['a.yaml'])).to.include({
        code: 1,
        stdout: `a.yaml:18: shop/Pod/bad: would violate PodSecurity "restricted:latest": ${refusal}, ${escalation}\nrestricted:latest refuses 1 of 2 pods and workloads\n`,
        stderr: '',
      });
    });
    it('2 for nothing to judge, a level that does not exist and a version that nobody knows', async () => {
      expect(await judge([])).to.include({ code: 2, stdout: '' });
      expect(await judge(['-', '--level', 'privileged'])).to.include({ code: 2, stdout: '' });
      const { code, stderr } = await judge(['-', '--version', 'v1.99']);
      expect(code).to.equal(2);
      expect(stderr).to.match(
        /^error: --version v1\.99 is newer than the newest that this Merlon knows, which is v1\./,
      );
    });
    it('3 where there is nothing at all, or a document does not parse; the rest is judged', async () => {
      await folder().write({ 'empty/x.txt': 'x' });
      expect(await judge(['empty'])).to.include({
        code: 3,
        stdout: 'nothing judged\n',
        stderr: 'nothing to judge in empty: no pod, and nothing that makes pods\n',
      });
      const { code, stdout, stderr } = await judge(['-'], `kind: [\n---\n${privileged}`);
      expect(code).to.equal(3);
      expect(stderr).to.match(/^-:\d: /);
      expect(stdout).to.contain('-:3: shop/Pod/bad: would violate ');
    });
    it('4 where a pod cannot be read, and names the field', async () => {
      await folder().write({ 'a.yaml': hardened('a').replace('  containers:', '  hostPID: "yes"\n  containers:') });
      expect(await judge(['a.yaml'])).to.include({
        code: 4,
        stdout:
          'a.yaml:7: shop/Pod/a: unknown: field "spec.hostPID" must be a boolean, found the string "yes"\nrestricted:latest refuses 0 of 1 pods and workloads, 1 unknown\n',
      });
    });
    it('0 where there are objects and none makes pods, and says so', async () => {
      const { code, stderr } = await judge(['-'], 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
      expect(code).to.equal(0);
      expect(stderr).to.equal('no pods in: 1 ConfigMap\nnothing to judge in -: no pod, and nothing that makes pods\n');
    });
  });

  it('prints what others parse', async () => {
    await folder().write({ 'a.yaml': `${hardened('a')}---\n${privileged}` });
    const { code, stdout } = await judge(['a.yaml', '--level', 'baseline', '--version', 'v1.34', '-o', 'json']);
    expect(code).to.equal(1);
    expect(JSON.parse(stdout)).to.deep.equal({
      level: 'baseline',
      version: 'v1.34',
      results: [
        {
          source: { path: 'a.yaml', line: 1 },
          subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a' },
          allowed: true,
          text: '',
          checks: [],
        },
        {
          source: { path: 'a.yaml', line: 18 },
          subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'bad' },
          allowed: false,
          text: `would violate PodSecurity "baseline:v1.34": ${refusal}`,
          checks: [
            {
              id: 'privileged',
              reason: 'privileged',
              detail: 'container "app" must not set securityContext.privileged=true',
            },
          ],
        },
      ],
    } satisfies PodSecurityReport);
  });

  it('says in JSON what cannot be read, and does not allow it', async () => {
    const { code, stdout } = await judge(['-', '-o', 'json'], hardened('a').replace('image: registry', 'image: 5 #'));
    expect(code).to.equal(4);
    expect((JSON.parse(stdout) as PodSecurityReport).results).to.deep.equal([
      {
        source: { path: '-', line: 9 },
        subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'a' },
        allowed: false,
        text: '',
        checks: [],
        error: 'field "spec.containers[0].image" must be a string, found the number 5',
      },
    ]);
  });

  it('says what it does not judge although it makes pods, and what is left out', async () => {
    const rollout =
      'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a}]}}}\n';
    await folder().write({
      '.merlonignore': 'bad.yaml\n',
      'bad.yaml': privileged,
      'a.yaml': hardened('a'),
      'r.yml': rollout,
    });
    expect(await judge(['.'])).to.include({
      code: 0,
      stderr:
        'left out: bad.yaml (named in .merlonignore)\nnot judged, though they hold pod templates: 1 Rollout (argoproj.io/v1alpha1)\n',
    });
  });

  it('names all of 10,000 containers', async () => {
    const containers = Array.from({ length: 10_000 }, (_, index) => ({ name: `c${index}` }));
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { hostPID: true, containers } };
    const { code, stdout } = await judge(['-', '-o', 'json'], JSON.stringify(pod));
    expect(code).to.equal(1);
    const [result] = (JSON.parse(stdout) as PodSecurityReport).results;
    expect(result?.text).to.contain('containers "c0", "c1", ').and.to.contain('"c9999" must set');
  });

  it('shows no name raw', async () => {
    const name = '"a\\e[2J\\u202eb"';
    for (const format of ['text', 'json']) {
      const { stdout } = await judge(['-', '-o', format], hardened(name).replace('- name: app', `- name: ${name}`));
      expect(['\x1b', '\u202e'].filter((letter) => stdout.includes(letter))).to.deep.equal([]);
    }
  });
});
