/** `merlon scan --policy` and `--pod-security-version` as a process: what decides, and how it ends. */
import { expect } from 'chai';

import type { PostureReport } from '../../src/report/posture-report.ts';
import { hardened, privileged } from './pod-manifests.ts';
import { failuresOf, useScanFolder } from './scan-folder.ts';

const policy = (name: string, spec: string) =>
  `apiVersion: merlon.dev/v1alpha1\nkind: ClusterHardeningPolicy\nmetadata: {name: ${name}}\nspec:\n  ${spec.replaceAll('\n', '\n  ')}\n`;
const lenient =
  'rules:\n- {rule: pod-privileged, state: Disabled}\n- {rule: pod-privilege-escalation, state: Disabled}';
const namespace = (labels: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {pod-security.kubernetes.io/enforce: restricted${labels}}\n`;

/** Of one rule, because others may find something, too. */
function privilegedOf(stdout: string): string[] {
  return failuresOf(stdout).filter((failure) => failure.startsWith('pod-privileged '));
}

describe('merlon scan with policies', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  const scan = (...args: readonly string[]) => folder().run(['scan', '-o', 'json', ...args]);

  it('judges by them: what one turns off is not found', async () => {
    await folder().write({ 'p.yaml': policy('lenient', lenient), 'a.yaml': privileged });
    const { code, stdout, stderr } = await scan('a.yaml', '--policy', 'p.yaml');
    expect([code, stderr, privilegedOf(stdout)]).to.deep.equal([0, '', []]);
  });

  it('exits with 1 from the threshold of the policy on, unless another is asked for', async () => {
    const severities = 'threshold: low\nprofile: none\nrules:\n- {rule: pod-privileged, severity: low}';
    await folder().write({ 'p.yaml': policy('strict', severities), 'a.yaml': privileged });
    const { code, stdout } = await scan('a.yaml', '--policy', 'p.yaml');
    expect(code).to.equal(1);
    expect((JSON.parse(stdout) as PostureReport).findings).to.have.length(1);
    expect((JSON.parse(stdout) as PostureReport).summary).to.include({ critical: 0, low: 1 });
    expect((await scan('a.yaml', '--policy', 'p.yaml', '--fail-on', 'medium')).code).to.equal(0);
  });

  it('judges of the API server what they attest, and says so', async () => {
    const attested = (value: string, until: string) =>
      `attestations:\n- {fact: unknownUserAllowed, value: ${value}, evidence: read in the guide, owner: platform, expiresAt: "${until}T00:00:00Z"}`;
    const ofServer = (stdout: string) =>
      (JSON.parse(stdout) as PostureReport).findings
        .filter(({ subject }) => subject.kind === 'APIServer')
        .map(({ rule, outcome, message }) => `${rule} ${outcome}: ${message}`);
    const said = 'attested by platform in ClusterHardeningPolicy "base" until 2099-01-01T00:00:00Z';
    const why = '(read in the guide); not observed: manifests say nothing about the API server';
    await folder().write({ 'p.yaml': policy('base', attested('true', '2099-01-01')), 'a.yaml': hardened('a') });
    const open = await scan('a.yaml', '--policy', 'p.yaml');
    expect([open.code, open.stderr]).to.deep.equal([1, `attested: unknownUserAllowed ${said} ${why}\n`]);
    expect(ofServer(open.stdout)).to.deep.equal([
      `api-server-always-allow fail: unknownUserAllowed is true (read in the guide); set the authorization mode to Node,RBAC, or take the type AlwaysAllow out of the AuthorizationConfiguration; ${said}`,
    ]);
    expect((JSON.parse(open.stdout) as PostureReport).attested).to.deep.equal([`unknownUserAllowed ${said} ${why}`]);

    await folder().write({ 'p.yaml': policy('base', attested('false', '2099-01-01')) });
    const closed = await scan('a.yaml', '--policy', 'p.yaml', '--all');
    expect(ofServer(closed.stdout)).to.deep.equal([`api-server-always-allow pass: ${said}`]);

    await folder().write({ 'p.yaml': policy('base', attested('true', '2020-01-01')) });
    const ended = await scan('a.yaml', '--policy', 'p.yaml', '--all');
    expect(ofServer(ended.stdout)).to.deep.equal([]);
    expect(ended.stderr).to.equal(
      'spec.attestations[0] of ClusterHardeningPolicy "base" counts for nothing (Expired): it ended at 2020-01-01T00:00:00Z; look again, and say until when\n',
    );
  });

  it('lets the one decide that selects the namespace, as it is among the files', async () => {
    const ofTeam = policy('of-team', `priority: 1\nnamespaceSelector: {matchLabels: {team: shop}}\n${lenient}`);
    await folder().write({
      'policies/all.yaml': policy('everywhere', '{}'),
      'policies/team.yaml': ofTeam,
      'a.yaml': privileged,
      'shop.yaml': namespace(', team: shop'),
      'other.yaml': namespace(', team: other'),
    });
    const selected = await scan('a.yaml', 'shop.yaml', '--policy', 'policies');
    expect([selected.code, selected.stderr, privilegedOf(selected.stdout)]).to.deep.equal([0, '', []]);
    const other = await scan('a.yaml', 'other.yaml', '--policy', 'policies/all.yaml', '--policy', 'policies/team.yaml');
    expect([other.code, other.stderr]).to.deep.equal([1, '']);
    expect(privilegedOf(other.stdout)).to.deep.equal(['pod-privileged bad a.yaml:11']);
  });

  it('exits with 4, and says why, where the labels are missing that a selector asks for', async () => {
    const strict = policy('strict', 'namespaceSelector: {matchLabels: {tier: prod}}\nthreshold: info');
    await folder().write({ 'p.yaml': strict, 'a.yaml': hardened('a') });
    const args = ['scan', 'a.yaml', '--policy', 'p.yaml'];
    const { code, stdout, stderr } = await folder().run(args);
    expect(code).to.equal(4);
    expect(stdout).to.match(/^nothing found in what could be read; /);
    expect(stderr).to.equal(
      'not certain: which policies decide for namespace "shop" is not known: "strict" selects by labels, and its labels are in no file that was scanned (add the Namespace); judged without it\n',
    );
  });

  it('exits with 4 where a policy selects nothing', async () => {
    await folder().write({ 'p.yaml': policy('none', 'profile: none'), 'a.yaml': privileged });
    const { code, stderr } = await scan('a.yaml', '--policy', 'p.yaml');
    expect(code).to.equal(4);
    expect(stderr).to.equal(
      'not certain: policy "none" selects no rule for namespace "shop", so nothing was judged there\n',
    );
  });

  it('exits with 3 where something is wrong in them, says where, and judges by the others', async () => {
    const wrong = policy('wrong', 'rules:\n- rule: pod-privilegd');
    await folder().write({
      'p.yaml': `${wrong}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n${policy('lenient', lenient)}`,
      'a.yaml': privileged,
    });
    const { code, stdout, stderr } = await scan('a.yaml', '--policy', 'p.yaml');
    expect(code).to.equal(3);
    expect(stderr).to.match(
      /^p\.yaml:6: ClusterHardeningPolicy "wrong": spec\.rules names "pod-privilegd", .*\np\.yaml:8: ConfigMap "a" is no ClusterHardeningPolicy or HardeningPolicy: .*\n$/,
    );
    expect(privilegedOf(stdout)).to.deep.equal([]);
  });

  it('says that it asks no policy that is only among what is judged', async () => {
    await folder().write({ 'p.yaml': policy('lenient', lenient), 'a.yaml': privileged });
    const { code, stderr } = await scan('a.yaml', 'p.yaml');
    expect([code, stderr]).to.deep.equal([
      1,
      'no rule is about: 1 ClusterHardeningPolicy\nno ClusterHardeningPolicy was asked: name their files with --policy to judge by them\n',
    ]);
  });

  it('exits with 3 where a file of policies does not exist', async () => {
    await folder().write({ 'a.yaml': hardened('a') });
    const { code, stderr } = await scan('a.yaml', '--policy', 'missing.yaml');
    expect([code, stderr]).to.deep.equal([3, 'missing.yaml: no such file or folder\n']);
  });

  it('says in its help what decides the exit code', async () => {
    const { stdout } = await folder().run(['scan', '--help']);
    expect(stdout.replaceAll(/\s+/g, ' ')).to.contain(
      'exit with 1 for failures of this severity or above (default: the threshold of the policy that decides, which is high where there is none)',
    );
  });
});

describe('merlon scan with a version of the Pod Security Standards', function () {
  this.timeout(30_000);
  const folder = useScanFolder();

  it('judges by it, and by the latest where none is asked for', async () => {
    const probing = hardened('a').replace(
      '    imagePullPolicy',
      '    livenessProbe: {httpGet: {host: example.com, port: 80}}\n    imagePullPolicy',
    );
    await folder().write({ 'a.yaml': probing });
    const scan = (...args: readonly string[]) => folder().run(['scan', 'a.yaml', '-o', 'json', ...args]);
    expect(failuresOf((await scan()).stdout)).to.deep.equal(['pod-host-probes a a.yaml:14']);
    expect(failuresOf((await scan('--pod-security-version', 'v1.34')).stdout)).to.have.length(1);
    expect(failuresOf((await scan('--pod-security-version', 'v1.33')).stdout)).to.deep.equal([]);
  });

  it('exits with 2 for one that is none', async () => {
    const { code, stderr } = await folder().run(['scan', '-', '--pod-security-version', '1.34']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/^error: --pod-security-version "1\.34" is no version: write latest or one from v1\.0 to /);
  });
});
