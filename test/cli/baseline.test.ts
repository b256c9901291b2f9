/** `merlon baseline` as a process, of files: what it prints, and how it ends. */
import { expect } from 'chai';
import { loadAll } from 'js-yaml';

import { broken, hardened, privileged } from './pod-manifests.ts';
import { failuresOf, useScanFolder } from './scan-folder.ts';

interface Exemption {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: object };
  readonly spec: {
    readonly rules: readonly string[];
    readonly subjects: readonly { readonly kind: string; readonly name: string }[];
    readonly reason: string;
    readonly expiresAt?: string;
  };
}

const elsewhere = privileged.replace('namespace: shop', 'namespace: other');
const clusterRole = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]
`;

describe('merlon baseline', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  const baseline = (...args: readonly string[]) => folder().run(['baseline', ...args]);
  const read = (stdout: string) => loadAll(stdout) as readonly Exemption[];

  it('exempts what fails in the namespace: no more, and nothing of elsewhere', async () => {
    await folder().write({ 'a.yaml': `${privileged}---\n${hardened('good')}---\n${elsewhere}---\n${clusterRole}` });
    const { code, stdout } = await baseline('-f', 'a.yaml', '-n', 'shop', '--expires', '2099-01-01');
    expect(code).to.equal(0);
    const stated = read(stdout).flatMap(({ spec }) =>
      spec.rules.flatMap((rule) => spec.subjects.map(({ kind, name }) => `${rule} ${kind}/${name}`)),
    );
    const { stdout: report } = await folder().run(['scan', '-o', 'json', 'a.yaml']);
    const failed = failuresOf(report)
      .map((failure) => failure.split(' '))
      .filter(([, name]) => name === 'bad')
      .map(([rule = '']) => `${rule} Pod/bad`);
    // Of the two pods of that name one is in another namespace.
    expect(stated).to.have.members([...new Set(failed)]);
    expect(stated).to.include('pod-privileged Pod/bad');
    expect([...new Set(read(stdout).map(({ metadata }) => metadata.namespace))]).to.deep.equal(['shop']);
  });

  it('prints objects of names of their own, with a label, a reason and an end', async () => {
    await folder().write({ 'a.yaml': privileged });
    const { stdout } = await baseline('-f', 'a.yaml', '-n', 'shop', '--expires', '2099-01-01');
    const all = read(stdout);
    expect(new Set(all.map(({ metadata }) => metadata.name)).size).to.equal(all.length);
    expect(stdout).to.match(/^# What fails in namespace "shop", as "merlon baseline" found it: \d+ in all\.\n/);
    const [first] = all;
    expect(first?.kind).to.equal('HardeningExemption');
    expect(first?.metadata).to.deep.equal({
      name: 'baseline-pod-privileged',
      namespace: 'shop',
      labels: { 'merlon.dev/baseline': 'true' },
    });
    expect(first?.spec.expiresAt).to.equal('2099-01-01T00:00:00Z');
    expect(first?.spec.reason).to.match(/^It failed before Merlon was there/);
  });

  it('gives the same for the same findings, in whatever order they are read', async () => {
    const two = `${privileged}---\n${privileged.replace('name: bad', 'name: also-bad')}`;
    const reversed = two.split('---\n').toReversed().join('---\n');
    await folder().write({ 'a.yaml': two, 'b.yaml': reversed });
    const [a, b] = await Promise.all(
      ['a.yaml', 'b.yaml'].map((file) => baseline('-f', file, '-n', 'shop', '--expires', '2099-01-01')),
    );
    expect(a?.stdout).to.equal(b?.stdout);
    expect(read(a?.stdout ?? '')[0]?.spec.subjects.map(({ name }) => name)).to.deep.equal(['also-bad', 'bad']);
  });

  it('ends after 90 days, unless something else is said', async () => {
    await folder().write({ 'a.yaml': privileged });
    const { stdout } = await baseline('-f', 'a.yaml', '-n', 'shop', '--reason', 'agreed, SEC-17');
    const [first] = read(stdout);
    expect((Date.parse(first?.spec.expiresAt ?? '') - Date.now()) / 86_400_000).to.be.within(89.9, 90.1);
    expect(first?.spec.reason).to.equal('agreed, SEC-17');
  });

  it('asks the policies that it is given', async () => {
    const policy = `apiVersion: merlon.dev/v1alpha1
kind: ClusterHardeningPolicy
metadata: {name: one}
spec: {profile: none, rules: [{rule: pod-privileged, severity: low}]}
`;
    await folder().write({ 'a.yaml': privileged, 'p.yaml': policy });
    const { stdout } = await baseline('-f', 'a.yaml', '-n', 'shop', '--policy', 'p.yaml');
    expect(read(stdout).flatMap(({ spec }) => spec.rules)).to.deep.equal(['pod-privileged']);
    expect(stdout).to.include('# low: Containers must not be privileged');
  });

  it('prints nothing where nothing fails, and says so', async () => {
    await folder().write({ 'a.yaml': hardened('good') });
    const { code, stdout, stderr } = await baseline('-f', 'a.yaml', '-n', 'shop');
    expect([code, stdout]).to.deep.equal([0, '']);
    expect(stderr).to.equal('nothing to exempt: nothing fails in namespace "shop"\n');
  });

  it('says where something fails, if it is another namespace than the one that was asked for', async () => {
    await folder().write({ 'a.yaml': `${privileged}---\n${elsewhere}---\n${clusterRole}` });
    const { code, stdout, stderr } = await baseline('-f', 'a.yaml');
    expect([code, stdout]).to.deep.equal([0, '']);
    expect(stderr).to.equal(
      'nothing to exempt: nothing fails in namespace "default", but something does in "other" and in 1 more: -n says which is meant\n',
    );
  });

  it('exempts nothing that is unknown, and says how much that is', async () => {
    await folder().write({ 'a.yaml': hardened('odd').replace('privileged: true', '').replace('[ALL]', '7') });
    const { code, stdout, stderr } = await baseline('-f', 'a.yaml', '-n', 'shop');
    expect([code, stdout]).to.deep.equal([0, '']);
    expect(stderr).to.match(/^not exempt, because it is not known whether it fails: \d+ findings\n/);
  });

  it('exits with 3 and prints nothing where a file cannot be read', async () => {
    await folder().write({ 'a.yaml': privileged, 'b.yaml': broken });
    const { code, stdout, stderr } = await baseline('-f', 'a.yaml', '-f', 'b.yaml', '-n', 'shop');
    expect([code, stdout]).to.deep.equal([3, '']);
    expect(stderr).to.match(/^b\.yaml:/);
  });

  for (const [name, args, message] of [
    ['nothing to judge', [], /say what to judge: --cluster, or -f with files/],
    ['both a cluster and files', ['--cluster', '-f', 'a.yaml'], /say what to judge/],
    ['a policy for a cluster', ['--cluster', '--policy', 'p.yaml'], /--policy goes with files/],
    ['a kubeconfig for files', ['-f', 'a.yaml', '--kubeconfig', 'k'], /go with --cluster/],
    ['standard input twice', ['-f', '-', '--policy', '-'], /standard input can be read only once/],
    ['an end that is over', ['-f', 'a.yaml', '--expires', '2020-01-01'], /"2020-01-01" is over/],
    ['a reason that says nothing', ['-f', 'a.yaml', '--reason', 'because'], /--reason has 7 characters/],
    ['what is no name of a namespace', ['-f', 'a.yaml', '-n', 'a_b'], /--namespace: "a_b" is no name/],
  ] as const) {
    it(`exits with 2 for ${name}`, async () => {
      const { code, stdout, stderr } = await baseline(...args);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(message);
    });
  }
});
