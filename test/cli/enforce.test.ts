/** `merlon enforce` as a process: what it prints, what it refuses, and that its page shows just that. */
import { readFile } from 'node:fs/promises';

import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import { knownPolicies } from '../../src/enforcement/plan/planned-enforcement.ts';
import { CANARY_NAME } from '../../src/enforcement/plan/trial.ts';
import { enforcementPage, fillPage } from './enforcement-page.ts';
import { runMerlon } from './merlon-process.ts';

interface Printed {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

describe('merlon enforce', function () {
  this.timeout(30_000);

  it('prints a table of what it would write, and says that nothing was written', async () => {
    const { code, stdout, stderr } = await runMerlon([
      ...['enforce', '--mode', 'deny', '--nodes-proxy', 'audit'],
      ...['--rules', 'pod-privileged,pod-host-*', '--kubernetes-version', '1.37'],
    ]);
    expect([code, stderr]).to.deep.equal([
      0,
      'left out: pod-host-ports, pod-host-probes can be judged and not enforced\n',
    ]);
    const cells = stdout.split('\n').map((line) => line.split(/ {3,}/).slice(0, 3));
    expect(cells.slice(0, 7)).to.deep.equal([
      ['POLICY', 'MODE', 'WHERE'],
      ['merlon-exec-guard', 'audit', 'merlon.dev/enforce=audit or warn'],
      ['merlon-exec-guard', 'deny', 'merlon.dev/enforce=deny, and without the label'],
      ['merlon-exec-guard-nodes-proxy', 'audit', 'every node'],
      ['merlon-pod-security', 'audit', 'merlon.dev/enforce=audit'],
      ['merlon-pod-security', 'warn', 'merlon.dev/enforce=warn'],
      ['merlon-pod-security', 'deny', 'merlon.dev/enforce=deny, and without the label'],
    ]);
    expect(stdout).to.contain(
      '\nmerlon-pod-security holds them to:\n  pod-host-namespaces\n  pod-host-path-volumes\n  pod-privileged\n\n',
    );
    expect(stdout).to.match(/never in these namespaces: kube-system, merlon, merlon-probes\n\nNothing was written/);
  });

  it('prints each policy with its bindings as YAML', async () => {
    const args = ['--with', 'ephemeral-containers, portforward', '--nodes-proxy', 'deny', '--namespaces-out', ''];
    const { code, stdout, stderr } = await runMerlon([
      ...['enforce', '-o', 'yaml', '--kubernetes-version', '1.30', ...args],
    ]);
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
      'Policy merlon-pod-security',
      'PolicyBinding merlon-pod-security-audit',
      'PolicyBinding merlon-pod-security-warn',
      'PolicyBinding merlon-pod-security-deny',
    ]);
    expect(stdout)
      .to.contain('pods/portforward')
      .and.not.to.match(/pods\/proxy|metadata\.name: |kube-system/);
  });

  it('prints a group that has quotes and letters of any kind as it is meant', async () => {
    const group = `it's "ü" \\ \u{1f600}`;
    const { stdout } = await runMerlon([
      ...['enforce', '-o', 'yaml', '--families', 'exec'],
      ...['--break-glass-group', group, '--break-glass-group', 'b'],
    ]);
    expect(stdout).to.contain(String.raw`g in ['it\'s "\u00fc" \\ \U0001f600', 'b'])`);
    expect(stdout).not.to.contain('authorizer');
    expect(loadAll(stdout)).to.have.length(3);
  });

  it('leaves out what it cannot say without a version, and names it', async () => {
    const args = ['enforce', '-o', 'yaml', '--rules', 'pod-privileged,pod-run-as-non-root'];
    const { code, stdout, stderr } = await runMerlon(args);
    expect(code).to.equal(0);
    expect(stdout).to.contain('podPrivileged').and.not.to.contain('podRunAsNonRoot');
    expect(stderr).to.match(
      /^left out: pod-run-as-non-root spares pods with a user namespace .*, and it was not said for which version this is\n$/,
    );
    const older = await runMerlon([...args, '--kubernetes-version', '1.34']);
    const newer = await runMerlon([...args, '--kubernetes-version', '1.35']);
    expect([older.stderr, newer.stderr]).to.deep.equal(['', '']);
    expect(older.stdout).to.contain('podRunAsNonRoot').and.not.to.contain('hostUsers');
    expect(newer.stdout).to.contain('hostUsers');
  });

  it('says the label that asks for a level of Pod Security more simply, and names what is left out in one line', async () => {
    const ask = async (...args: readonly string[]) =>
      (await runMerlon(['enforce', '-o', 'yaml', '--kubernetes-version', '1.36', '--rules', ...args])).stderr.split(
        '\n',
      );
    const [leftOut, baseline, ...rest] = await ask('pss/baseline/*');
    expect(leftOut).to.match(/^left out: (pod-[a-z-]+, ){4}pod-[a-z-]+ and 6 more can be judged and not enforced$/);
    expect(baseline).to.match(
      /^a label says more simply what these rules stand for, and refuses what is left out here, too: kubectl label namespace NAME pod-security\.kubernetes\.io\/enforce=baseline pod-security\.kubernetes\.io\/enforce-version=v1\.36; Merlon does not set it here:/,
    );
    expect(rest).to.deep.equal(['']);
    expect((await ask('pss/restricted/*'))[1]).to.match(
      /and refuses all else that level restricted refuses, too: .*enforce=restricted /,
    );
    expect((await ask('pss/*'))[1]).to.match(/and refuses what is left out here, too: .*enforce=restricted /);
    for (const more of [
      ['pss/baseline/*,pod-image-tag'],
      ['pss/baseline/*', '--break-glass-group', 'oncall'],
      ['pod-privileged'],
    ]) {
      expect((await ask(...more)).join('\n')).not.to.contain('a label says');
    }
  });

  it('holds pods to a rule that is not in force unless it is named by its id', async () => {
    const patterned = await runMerlon(['enforce', '--rules', 'pod-run-as-*,pod-privileged']);
    expect(patterned.stdout).to.contain('  pod-privileged\n').and.not.to.contain('pod-run-as-group');
    expect((await runMerlon(['enforce', '--rules', 'pod-run-as-group'])).stdout).to.contain('  pod-run-as-group\n');
  });

  it('warns where it is asked to, and only records what connects to pods there', async () => {
    const { code, stdout } = await runMerlon(['enforce', '--mode', 'warn', '--kubernetes-version', '1.37']);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^merlon-exec-guard +audit +merlon\.dev\/enforce=audit or warn, and without the label/m)
      .and.to.match(/^merlon-pod-security +warn +merlon\.dev\/enforce=warn, and without the label/m);
  });

  it('says of a version that cannot do it what would', async () => {
    const { code, stdout, stderr } = await runMerlon(['enforce', '-o', 'yaml', '--kubernetes-version', 'v1.29.4']);
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr).to.match(/^Kubernetes 1\.29 serves no ValidatingAdmissionPolicy .*enforce=baseline/);
    expect((await runMerlon(['enforce', '--kubernetes-version', '1.30'])).code).to.equal(0);
  });

  const refused: readonly (readonly [sentence: string, args: readonly string[], stderr: RegExp])[] = [
    ['warn', ['--families', 'exec', '--mode', 'warn'], /^error: --mode: "warn" would tell nobody: .* use audit/],
    ['warn for nodes', ['--nodes-proxy', 'warn'], /^error: --nodes-proxy: "warn" would tell nobody/],
    ['no mode', ['--mode', 'Deny'], /^error: --mode: "Deny" is no mode; allowed are off, audit, warn, deny\n/],
    [
      'no family',
      ['--families', 'exec,pods'],
      /^error: --families: there is no "pods"; allowed are exec, pod-security, image-pulls, pod-defaults, service-accounts, rbac\n/,
    ],
    ['no rule', ['--rules', 'pod-privilegd'], /^error: --rules names "pod-privilegd", which is no rule of this Merlon/],
    [
      'a rule that is not enforced',
      ['--rules', 'pod-host-probes'],
      /^error: --rules: "pod-host-probes" can be judged and not enforced; allowed are .*pod-privileged/,
    ],
    ['rules of nobody', ['--families', 'exec', '--rules', 'pod-privileged'], /^error: --rules goes with --families/],
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
    page = await readFile(enforcementPage, 'utf8');
  });

  it('shows what is printed, and what is shipped, to the letter', async function () {
    this.timeout(90_000);
    const filled = await fillPage(page);
    expect(filled === page, 'it is out of date: run node test/cli/enforcement-page.ts').to.equal(true);
  });

  it('shows every policy and binding that can be planned', () => {
    const blocks = [...page.matchAll(/^```yaml\n((?:.*\n)*?)```$/gm)].map(([, yaml = '']) => yaml);
    const shown = blocks.flatMap((yaml) => loadAll(yaml) as readonly Partial<Printed>[]);
    const names = shown.map(({ kind, metadata }) => `${kind ?? ''} ${metadata?.name ?? ''}`);
    const known = knownPolicies
      .filter(({ name }) => name !== CANARY_NAME)
      .flatMap(({ kind, name, bindings }) => [
        `${kind} ${name}`,
        ...bindings.map((binding) => `${kind}Binding ${binding}`),
      ]);
    // In one mode each: it is not a label that decides.
    const ofCluster = /Binding merlon-(exec-guard-nodes-proxy|rbac-cluster)-(audit|warn)$/;
    expect(names).to.include.members(known.filter((one) => !ofCluster.test(one)));
  });

  it('shows the table that is printed', async () => {
    const { stdout } = await runMerlon(['enforce', '--kubernetes-version', '1.37']);
    expect(page).to.contain(`\`\`\`console\n$ merlon enforce --kubernetes-version 1.37\n${stdout}\`\`\`\n`);
  });
});

describe('merlon enforce --with label', () => {
  const enforce = (...args: readonly string[]) =>
    runMerlon(['enforce', '--families', 'exec', '--with', 'label', ...args]);

  it('prints what keeps the label and what sets it before the guard that goes by it', async () => {
    const { code, stdout, stderr } = await enforce('-o', 'yaml', '--kubernetes-version', '1.36');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect([...stdout.matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name)).to.deep.equal([
      'merlon-exec-label-keeper',
      'merlon-exec-label-keeper-deny',
      'merlon-exec-label',
      'merlon-exec-label-on',
      'merlon-exec-guard',
      'merlon-exec-guard-audit',
      'merlon-exec-guard-deny',
    ]);
    expect(stdout).to.contain('- key: "merlon.dev/exec"\n          operator: NotIn\n          values: [open]');
  });

  it('exits with 3 for a version that sets no labels, and says what would do', async () => {
    const { code, stdout, stderr } = await enforce('-o', 'yaml', '--kubernetes-version', '1.35');
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr).to.match(
      /^Kubernetes 1\.35 serves no MutatingAdmissionPolicy .*leave out --with label; the guard does the same without it/,
    );
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
    const out = 'kube-system,merlon,merlon-probes,ci';
    const options = ['--mode', 'audit', '--namespaces-out', out, '--break-glass-group', 'oncall'];
    const further = ['--with', 'proxy,ephemeral-containers,host-network', '--nodes-proxy', 'audit'];
    expect(stdout).to.equal(
      (await runMerlon(['enforce', '-o', 'yaml', '--families', 'exec', ...options, ...further])).stdout,
    );
  });

  it('prints what new pods are held to: the rules that are in force, with their parameters, or only those that are named', async () => {
    const spec = {
      rules: [{ rule: 'pod-privileged', state: 'Disabled' }],
      enforcement: { mode: 'warn', families: ['pod-security'], rules: ['pod-privileged', 'pod-host-namespaces'] },
    };
    const { code, stdout, stderr } = await enforce([policyOf('a', spec)], '-o', 'yaml');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.contain('pod-host-namespaces: ').and.not.contain('pod-privileged: ');
    const names = (loadAll(stdout) as readonly Printed[]).map(({ metadata }) => metadata.name);
    expect(names).to.deep.equal(['merlon-pod-security', 'merlon-pod-security-audit', 'merlon-pod-security-warn']);
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
