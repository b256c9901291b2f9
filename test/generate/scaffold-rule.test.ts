/** `make rule`: what it writes works as it is, and it never writes over anything. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { parseRuleId, scaffoldRule, UnusableRuleId } from '../../src/generate/scaffold-rule.ts';
import { findCatalogueProblems } from '../../src/generate/catalogue.ts';
import { runProcess } from '../support/run-process.ts';

const root = join(import.meta.dirname, '../..');

describe('the id of a rule', () => {
  const good: readonly { readonly id: string; readonly path: string; readonly exportName: string }[] = [
    { id: 'pod-host-users', path: 'src/rules/pod/host-users.ts', exportName: 'hostUsers' },
    { id: 'service-account-unused', path: 'src/rules/service-account/unused.ts', exportName: 'unused' },
    { id: 'api-server-tls-1-3', path: 'src/rules/api-server/tls-1-3.ts', exportName: 'tls13' },
  ];
  for (const { id, path, exportName } of good) {
    it(`${id} is the path ${path}`, () => {
      expect(parseRuleId(id)).to.include({ id, path, exportName });
    });
  }

  const bad: readonly { readonly id: string; readonly problem: RegExp }[] = [
    {
      id: 'node-kubelet',
      problem: /^"node-kubelet" belongs to no folder of src\/rules: it must start with one of pod, /,
    },
    { id: 'pod', problem: /^"pod" is no rule id/ },
    { id: 'pod-', problem: /^"pod-" is no rule id/ },
    { id: 'pod-Privileged', problem: /^"pod-Privileged" is no rule id/ },
    { id: 'pod-../../etc', problem: /is no rule id/ },
    { id: 'pod-2nd', problem: /"2nd" begins with a digit/ },
    { id: `pod-${'x'.repeat(60)}`, problem: /at most 63/ },
    { id: '', problem: /^"" is no rule id/ },
  ];
  for (const { id, problem } of bad) {
    it(`"${id}" is refused`, () => {
      expect(() => parseRuleId(id)).to.throw(UnusableRuleId, problem);
    });
  }
});

describe('a new rule', () => {
  let copy = '';
  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'merlon-rule-'));
  });
  afterEach(async () => {
    await rm(copy, { recursive: true });
  });

  it('does not replace a file that is there', async () => {
    await mkdir(join(copy, 'test/rules/pod'), { recursive: true });
    await writeFile(join(copy, 'test/rules/pod/host-users.test.ts'), 'mine');
    const error: unknown = await scaffoldRule(copy, 'pod-host-users').catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(UnusableRuleId)
      .with.property('message', 'test/rules/pod/host-users.test.ts is there already');
    expect(await readFile(join(copy, 'test/rules/pod/host-users.test.ts'), 'utf8')).to.equal('mine');
    expect(await readdir(copy)).to.deep.equal(['test']);
  });

  it('of every folder compiles, passes its own rows, and is named by the catalogue until it is written', async function () {
    this.timeout(60_000);
    const needed = [
      'src/api',
      'src/core',
      'src/enforcement/plan',
      'src/rbac',
      'src/pod-security',
      'src/remediation',
      'src/rules/lib',
    ];
    for (const path of ['package.json', 'tsconfig.json', ...needed]) {
      await cp(join(root, path), join(copy, path), { recursive: true });
    }
    for (const path of ['test/core', 'test/remediation/repaired-yaml.ts', 'test/rules']) {
      // The tester and what it is made of; not the tests.
      await cp(join(root, path), join(copy, path), {
        recursive: true,
        filter: (source) => !source.endsWith('.test.ts'),
      });
    }
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const sources = [];
    for (const id of ['pod-x', 'service-account-x', 'rbac-x', 'namespace-x', 'api-server-x', 'exemption-x']) {
      sources.push(await scaffoldRule(copy, id));
    }
    const run = (program: string, args: readonly string[]) =>
      runProcess(process.execPath, [join(root, 'node_modules', program), ...args], { cwd: copy, timeoutMs: 50_000 });

    const mocha = await run('mocha/bin/mocha.js', ['--no-config', ...sources.map(({ testPath }) => testPath)]);
    expect(mocha.stdout + mocha.stderr).to.match(/\b23 passing\b/);
    expect(mocha.code).to.equal(0);
    const tsc = await run('typescript/bin/tsc', ['-p', '.', '--incremental', 'false']);
    expect(tsc).to.deep.equal({ code: 0, stdout: '', stderr: '', timedOut: false });
    const problems = await findCatalogueProblems(copy);
    for (const { path, testPath, pagePath } of sources) {
      expect(problems).to.include.members([
        `${path}: still says TODO`,
        `${testPath}: still says TODO`,
        `${pagePath} is missing: run "make generate"`,
      ]);
    }
  });
});
