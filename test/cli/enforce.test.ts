/** `merlon enforce` as a process: what it prints, what it refuses, and that its page shows just that. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import { repository, runMerlon } from './merlon-process.ts';

interface Printed {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

describe('merlon enforce', function () {
  this.timeout(30_000);

  it('prints a table of what it would write, and says that nothing was written', async () => {
    const { code, stdout, stderr } = await runMerlon(['enforce', '--mode', 'deny', '--nodes-proxy', 'audit']);
    expect([code, stderr]).to.deep.equal([0, '']);
    const cells = stdout.split('\n').map((line) => line.split(/ {3,}/).slice(0, 3));
    expect(cells.slice(0, 4)).to.deep.equal([
      ['POLICY', 'MODE', 'WHERE'],
      ['merlon-exec-guard', 'audit', 'merlon.dev/enforce=audit or warn'],
      ['merlon-exec-guard', 'deny', 'merlon.dev/enforce=deny, and without the label'],
      ['merlon-exec-guard-nodes-proxy', 'audit', 'every node'],
    ]);
    expect(stdout).to.match(/never in these namespaces: kube-system, merlon\n\nNothing was written/);
  });

  it('prints each policy with its bindings as YAML', async () => {
    const args = ['--with', 'ephemeral-containers, portforward', '--nodes-proxy', 'deny', '--namespaces-out', ''];
    const { code, stdout, stderr } = await runMerlon(['enforce', '-o', 'yaml', ...args]);
    expect([code, stderr]).to.deep.equal([0, '']);
    const objects = loadAll(stdout) as readonly Printed[];
    expect(
      objects.map(({ kind, metadata }) => `${kind.replace('ValidatingAdmission', '')} ${metadata.name}`),
    ).to.deep.equal([
      'Policy merlon-exec-guard',
      'PolicyBinding merlon-exec-guard-audit',
      'PolicyBinding merlon-exec-guard-deny',
      'Policy merlon-exec-guard-debug',
      'PolicyBinding merlon-exec-guard-debug-audit',
      'PolicyBinding merlon-exec-guard-debug-deny',
      'Policy merlon-exec-guard-nodes-proxy',
      'PolicyBinding merlon-exec-guard-nodes-proxy-deny',
    ]);
    expect(stdout)
      .to.contain('pods/portforward')
      .and.not.to.match(/pods\/proxy|metadata\.name: |kube-system/);
  });

  it('prints a group that has quotes and letters of any kind as it is meant', async () => {
    const group = `it's "ü" \\ \u{1f600}`;
    const { stdout } = await runMerlon([
      'enforce',
      '-o',
      'yaml',
      '--break-glass-group',
      group,
      '--break-glass-group',
      'b',
    ]);
    expect(stdout).to.contain(String.raw`g in ['it\'s "\u00fc" \\ \U0001f600', 'b'])`);
    expect(stdout).not.to.contain('authorizer');
    expect(loadAll(stdout)).to.have.length(3);
  });

  it('says of a version that cannot do it what would', async () => {
    const { code, stdout, stderr } = await runMerlon(['enforce', '-o', 'yaml', '--kubernetes-version', 'v1.29.4']);
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr).to.match(/^Kubernetes 1\.29 serves no ValidatingAdmissionPolicy .*enforce=baseline/);
    expect((await runMerlon(['enforce', '--kubernetes-version', '1.30'])).code).to.equal(0);
  });

  const refused: readonly (readonly [sentence: string, args: readonly string[], stderr: RegExp])[] = [
    ['warn', ['--mode', 'warn'], /^error: --mode: "warn" would tell nobody: .* use audit/],
    ['warn for nodes', ['--nodes-proxy', 'warn'], /^error: --nodes-proxy: "warn" would tell nobody/],
    ['no mode', ['--mode', 'Deny'], /^error: --mode: "Deny" is no mode; allowed are off, audit, deny\n/],
    [
      'no way in',
      ['--with', 'portforward,port'],
      /^error: --with: there is no "port"; allowed are portforward, proxy, /,
    ],
    ['no namespace', ['--namespaces-out', 'a,B'], /^error: --namespaces-out: "B" is no name of a namespace\n/],
    ['half a list', ['--namespaces-out', 'a,'], /^error: --namespaces-out: "" is no name of a namespace\n/],
    ['an empty group', ['--break-glass-group', ' '], /^error: --break-glass-group needs the name of a group\n/],
    ['everybody', ['--break-glass-group', 'system:authenticated'], /^error: .* is a crowd, of which nobody/],
    ['no version', ['--kubernetes-version', '2'], /^error: --kubernetes-version: "2" is no version as 1\.31\n/],
    ['an argument', ['shop'], /^error: too many arguments/],
  ];
  for (const [sentence, args, stderr] of refused) {
    it(`exits with 2 and prints nothing for ${sentence}`, async () => {
      const result = await runMerlon(['enforce', '-o', 'yaml', ...args]);
      expect([result.code, result.stdout]).to.deep.equal([2, '']);
      expect(result.stderr).to.match(stderr);
    });
  }
});

describe('docs/enforcement.md', function () {
  this.timeout(30_000);
  let page: string;

  before('read it', async () => {
    page = await readFile(join(repository, 'docs/enforcement.md'), 'utf8');
  });

  it('shows the YAML that is printed', async () => {
    const { stdout } = await runMerlon(['enforce', '-o', 'yaml']);
    expect(page).to.contain(`\`\`\`yaml\n${stdout}\`\`\`\n`);
  });

  it('shows the table that is printed', async () => {
    const { stdout } = await runMerlon(['enforce']);
    expect(page).to.contain(`\`\`\`console\n$ merlon enforce\n${stdout}\`\`\`\n`);
  });
});

describe('merlon enforce --policy', function () {
  this.timeout(30_000);
  const policyOf = (name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'merlon.dev/v1alpha1', kind: 'ClusterHardeningPolicy', metadata: { name }, spec });
  const enforce = (policies: readonly string[], ...args: readonly string[]) =>
    runMerlon(['enforce', '--policy', '-', ...args], { stdin: policies.join('\n---\n') });

  it('prints what the same options print', async () => {
    const enforcement = {
      mode: 'deny',
      withoutLabel: 'audit',
      namespacesOut: ['ci'],
      breakGlassGroups: ['oncall'],
      exec: { connections: ['proxy'], ephemeralContainers: true, hostNetwork: true },
      cluster: { nodesProxy: 'audit' },
    };
    const { code, stdout, stderr } = await enforce([policyOf('a', { enforcement })], '-o', 'yaml');
    expect([code, stderr]).to.deep.equal([0, '']);
    const options = ['--mode', 'audit', '--namespaces-out', 'ci', '--break-glass-group', 'oncall'];
    const further = ['--with', 'proxy,ephemeral-containers,host-network', '--nodes-proxy', 'audit'];
    expect(stdout).to.equal((await runMerlon(['enforce', '-o', 'yaml', ...options, ...further])).stdout);
  });

  it('prints what several say together, and what of one counts for nothing', async () => {
    const policies = [
      policyOf('a', { enforcement: { mode: 'deny' } }),
      policyOf('b', { enforcement: { mode: 'audit' } }),
      policyOf('c', { namespaces: ['x'], enforcement: { mode: 'off' } }),
    ];
    const { code, stdout, stderr } = await enforce(policies);
    expect(code).to.equal(0);
    expect(stdout)
      .to.contain('merlon.dev/enforce=audit or warn or deny')
      .and.not.to.match(/^merlon-exec-guard +deny/m);
    expect(stderr).to.match(
      /^spec\.enforcement of "c" counts for nothing: an admission policy is of the whole cluster/,
    );
  });

  it('prints nothing where none switches it on, and says so', async () => {
    const { code, stdout, stderr } = await enforce([policyOf('a', { threshold: 'low' })], '-o', 'yaml');
    expect([code, stdout]).to.deep.equal([0, '']);
    expect(stderr).to.contain('nothing is to be enforced');
  });

  it('exits with 3 for a policy that cannot be used, and with 2 for an option that says the same', async () => {
    const crowd = policyOf('a', { enforcement: { mode: 'deny', breakGlassGroups: ['system:authenticated'] } });
    const refused = await enforce([crowd], '-o', 'yaml');
    expect([refused.code, refused.stdout]).to.deep.equal([3, '']);
    expect(refused.stderr).to.contain('spec.enforcement.breakGlassGroups[0] is "system:authenticated"');
    const both = await enforce([], '--mode', 'audit');
    expect(both.code).to.equal(2);
    expect(both.stderr).to.contain('--policy says all that --mode would say');
  });
});
