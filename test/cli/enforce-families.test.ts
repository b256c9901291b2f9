/** `merlon enforce --families …`: what is taken, what is refused with a reason, and what is printed for which version. */
import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import { parseFamilies } from '../../src/cli/enforce-families.ts';
import type { GivenFamilies } from '../../src/cli/enforce-families.ts';
import { rules } from '../../src/rules/index.ts';
import { runMerlon } from './merlon-process.ts';

const given: GivenFamilies = {
  families: [],
  additions: [],
  defaults: undefined,
  clusterAdmin: undefined,
  clusterRbac: 'off',
};

function parse(over: Partial<GivenFamilies>) {
  return parseFamilies({ ...given, ...over }, rules);
}

describe('the options of further families', () => {
  it('are by default that there are none', () => {
    expect(parse({ families: ['exec', 'pod-security'] })).to.deep.equal({
      chosen: { tokenSecrets: false, clusterRbac: 'off' },
    });
  });

  it('name who may be cluster-admin, also by names that hold commas and colons', () => {
    const clusterAdmin = ['User:CN=jane,O=ops:eu', 'Group:oncall', 'ServiceAccount:ci/deployer'];
    expect(parse({ families: ['rbac'], clusterAdmin })).to.deep.nested.include({
      'chosen.clusterAdmins': [
        { kind: 'User', name: 'CN=jane,O=ops:eu' },
        { kind: 'Group', name: 'oncall' },
        { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' },
      ],
    });
    expect(parse({ families: ['rbac'], additions: ['cluster-admin'] })).to.deep.nested.include({
      'chosen.clusterAdmins': [],
    });
    expect(parse({ clusterRbac: 'deny', additions: ['cluster-admin'] })).to.deep.nested.include({
      'chosen.clusterRbac': 'deny',
    });
  });

  const refused: readonly (readonly [over: Partial<GivenFamilies>, said: RegExp])[] = [
    [{ clusterRbac: 'on' }, /^--cluster-rbac: "on" is no mode; allowed are off, audit, warn, deny$/],
    [{ families: ['rbac'], clusterAdmin: ['jane'] }, /^--cluster-admin: "jane" is nobody; name User:NAME/],
    [{ families: ['rbac'], clusterAdmin: ['ServiceAccount:deployer'] }, /is nobody/],
    [{ families: ['rbac'], clusterAdmin: ['User:'] }, /is nobody/],
    [{ families: ['rbac'], clusterAdmin: ['User:\ud800'] }, /is nobody/],
    [{ clusterAdmin: ['User:jane'] }, /^--cluster-admin goes with --families rbac or --cluster-rbac$/],
    [{ additions: ['cluster-admin'] }, /^--with cluster-admin goes with --families rbac or --cluster-rbac$/],
    [{ additions: ['token-secrets'] }, /^--with token-secrets goes with --families service-accounts$/],
    [{ defaults: ['pod-seccomp-profile'] }, /^--defaults goes with --families pod-defaults$/],
    [
      { families: ['pod-defaults'], defaults: ['pod-privileged'] },
      /^--defaults: "pod-privileged" sets nothing; those that do are pod-capabilities-restricted, /,
    ],
  ];
  for (const [over, said] of refused) {
    it(`are refused as ${JSON.stringify(over)}`, () => {
      const parsed = parse(over);
      expect('usageError' in parsed ? parsed.usageError : '').to.match(said);
    });
  }
});

describe('merlon enforce --families', function () {
  this.timeout(30_000);
  const all = ['--families', 'image-pulls,pod-defaults,service-accounts,rbac'];

  it('prints what sets and what refuses, and of the cluster only what is asked for by itself', async () => {
    const args = ['enforce', ...all, '--kubernetes-version', '1.36', '--mode', 'deny'];
    const { code, stdout, stderr } = await runMerlon(args);
    expect([code, stderr]).to.deep.equal([0, '']);
    const rows = stdout.split('\n').map((line) => line.split(/ {3,}/).slice(0, 3));
    const deny = 'merlon.dev/enforce=deny, and without the label';
    expect(rows.slice(1, 8)).to.deep.equal([
      ['merlon-image-pulls', 'on', deny],
      ['merlon-image-pulls', 'audit', 'merlon.dev/enforce=audit'],
      ['merlon-image-pulls', 'warn', 'merlon.dev/enforce=warn'],
      ['merlon-image-pulls-keeper', 'deny', deny],
      ['merlon-pod-defaults', 'on', deny],
      ['merlon-service-accounts', 'on', deny],
      ['merlon-service-accounts', 'audit', 'merlon.dev/enforce=audit'],
    ]);
    expect(stdout).to.contain('\nmerlon-pod-defaults sets what passes:\n  pod-capabilities-restricted\n');
    expect(stdout).not.to.contain('merlon-rbac-cluster');
    const asked = await runMerlon([...args, '--cluster-rbac', 'warn', '--cluster-admin', 'User:jane']);
    expect(asked.stdout).to.match(/^merlon-rbac-cluster +warn +the whole cluster +.* as cluster-admin to others/m);
  });

  it('prints the same for a policy that says it', async () => {
    const options = ['--mode', 'audit', '--with', 'token-secrets', '--defaults', 'pod-seccomp-profile,pod-root-groups'];
    const ofCluster = ['--cluster-rbac', 'warn', '--cluster-admin', 'Group:ops', '--break-glass-group', 'oncall'];
    const stdin = JSON.stringify({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'ClusterHardeningPolicy',
      metadata: { name: 'enforced' },
      spec: {
        enforcement: {
          mode: 'deny',
          withoutLabel: 'audit',
          families: ['rbac', 'service-accounts', 'pod-defaults', 'image-pulls'],
          breakGlassGroups: ['oncall'],
          podDefaults: { rules: ['pod-seccomp-profile', 'pod-root-groups'] },
          serviceAccounts: { tokenSecrets: true },
          rbac: { clusterAdmins: ['Group:ops'] },
          cluster: { rbac: 'warn' },
        },
      },
    });
    for (const version of ['1.35', '1.37']) {
      const args = ['enforce', '-o', 'yaml', '--kubernetes-version', version];
      const said = await runMerlon([...args, '--policy', '-'], { stdin });
      const chosen = await runMerlon([...args, ...all, ...options, ...ofCluster]);
      expect([said.code, chosen.code, said.stdout.length > 10_000]).to.deep.equal([0, 0, true]);
      expect(said.stdout).to.equal(chosen.stdout);
      expect(said.stderr).to.equal(chosen.stderr);
    }
  });

  it('prints nothing that an older API server does not serve, and says what is left out', async () => {
    const { code, stdout, stderr } = await runMerlon(['enforce', '-o', 'yaml', ...all, '--kubernetes-version', '1.35']);
    expect(code).to.equal(0);
    const kinds = (loadAll(stdout) as readonly { readonly kind: string }[]).map(({ kind }) => kind);
    expect(new Set(kinds)).to.deep.equal(new Set(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']));
    expect(stderr.trimEnd().split('\n')).to.have.length(3);
    expect(stderr).to.match(/^left out: Kubernetes 1\.35 serves no MutatingAdmissionPolicy/);
  });

  it('says which API server it is for where nobody said', async () => {
    const { stdout, stderr } = await runMerlon(['enforce', '-o', 'yaml', '--families', 'image-pulls']);
    expect(stdout).to.contain('kind: MutatingAdmissionPolicy\n');
    expect(stderr).to.match(
      /^it was not said for which version this is: MutatingAdmissionPolicy takes Kubernetes 1\.36/,
    );
    expect((await runMerlon(['enforce', '-o', 'yaml', '--families', 'rbac'])).stderr).to.equal('');
  });

  it('refuses a family that there is not, and options that count for nothing', async () => {
    for (const [args, said] of [
      [['--families', 'pods'], '--families: there is no "pods"; allowed are exec, pod-security, image-pulls'],
      [['--with', 'token-secrets'], '--with token-secrets goes with --families service-accounts'],
      [['--rules', 'pod-image-pull-policy'], 'can be judged and not enforced'],
      [['--cluster-rbac', 'on'], '--cluster-rbac: "on" is no mode'],
    ] as const) {
      const { code, stderr } = await runMerlon(['enforce', ...args]);
      expect([args, code]).to.deep.equal([args, 2]);
      expect(stderr).to.contain(said);
    }
  });
});
