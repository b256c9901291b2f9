/** `merlon scan --exemptions` as a process: what is exempt, what is said of those that exempt nothing, and how it ends. */
import { expect } from 'chai';

import type { PostureReport } from '../../src/report/posture-report.ts';
import { useScanFolder } from './scan-folder.ts';

const pod = `apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: shop }
spec:
  containers:
    - { name: proxy, image: example.com/proxy@sha256:${'a'.repeat(64)}, securityContext: { privileged: true } }
    - { name: app, image: example.com/app@sha256:${'b'.repeat(64)}, securityContext: { privileged: true } }
`;

function exemption(kind: string, namespace: string, spec: string): string {
  return `apiVersion: merlon.dev/v1alpha1
kind: ${kind}
metadata: { name: agent${namespace === '' ? '' : `, namespace: ${namespace}`} }
spec: { reason: the agent needs the node, ${spec} }
`;
}
const ofCluster = (spec: string): string => exemption('ClusterHardeningExemption', '', spec);

/** What the policy judges, so that nothing else is found. */
const onlyPrivileged = (more = ''): string => `apiVersion: merlon.dev/v1alpha1
kind: ClusterHardeningPolicy
metadata: { name: one-rule }
spec: { profile: none, rules: [{ rule: pod-privileged }]${more} }
`;

describe('merlon scan with exemptions', function () {
  this.timeout(30_000);
  const folder = useScanFolder();
  const scan = async (exemptions: string, policy = onlyPrivileged()) => {
    await folder().write({ 'e.yaml': exemptions, 'p.yaml': policy, 'a.yaml': pod });
    const args = ['scan', '-o', 'json', 'a.yaml', '--policy', 'p.yaml', '--exemptions', 'e.yaml'];
    const { code, stdout, stderr } = await folder().run(args);
    const { findings, summary } = JSON.parse(stdout) as PostureReport;
    return { code, stderr, summary, findings };
  };

  it('lists what is exempt as that, with who accepts it, and does not count it', async () => {
    const found = await scan(ofCluster('rules: [pod-privileged], subjects: [{ kind: Pod, name: agent }]'));
    expect([found.code, found.stderr]).to.deep.equal([0, '']);
    expect(found.summary).to.include({ critical: 0, exempt: 1 });
    expect(found.findings.map(({ outcome, exemption: by }) => [outcome, by])).to.deep.equal([
      ['exempt', 'ClusterHardeningExemption/agent'],
    ]);
  });

  it('shows it in the table, too', async () => {
    const accepted = ofCluster('rules: [pod-privileged], subjects: [{ name: agent }]');
    await folder().write({ 'e.yaml': accepted, 'p.yaml': onlyPrivileged(), 'a.yaml': pod });
    const { stdout } = await folder().run(['scan', 'a.yaml', '--policy', 'p.yaml', '--exemptions', 'e.yaml']);
    expect(stdout).to.match(/^exempt .*ClusterHardeningExemption\/agent$/m);
    expect(stdout).to.match(/1 exempt, /);
  });

  it('leaves what other containers do', async () => {
    const found = await scan(ofCluster('rules: [pod-privileged], subjects: [{ name: agent, container: proxy }]'));
    expect(found.code).to.equal(1);
    expect(found.findings).to.have.length(1);
    expect(found.findings[0]?.outcome).to.equal('fail');
    expect(found.findings[0]?.violations.map(({ path }) => path)).to.deep.equal([
      'spec.containers[1].securityContext.privileged',
    ]);
    const both = ofCluster('rules: [pod-privileged], subjects: [{ container: proxy }, { container: a* }]');
    expect((await scan(both)).code).to.equal(0);
  });

  it('names those that exempt nothing, and why', async () => {
    const ended = await scan(
      ofCluster('rules: [pod-*], subjects: [{ name: agent }], expiresAt: "2026-01-01T00:00:00Z"'),
    );
    expect(ended.code).to.equal(1);
    expect(ended.stderr).to.match(/^ClusterHardeningExemption "agent" exempts nothing \(Expired\): it ended at 2026/);
    const narrow = await scan(ofCluster('rules: [pod-*], subjects: [{ name: other }]'));
    expect(narrow.stderr).to.match(/exempts nothing \(NoMatch\)/);
  });

  it('lets a namespace exempt what policy delegates, and nothing else', async () => {
    const own = exemption('HardeningExemption', 'shop', 'rules: [pod-privileged], subjects: [{ name: agent }]');
    const refused = await scan(own);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.match(/^HardeningExemption "shop\/agent" exempts nothing \(NotPermitted\): /);
    const permitted = await scan(own, onlyPrivileged(', delegation: { exempt: ["pod-*"] }'));
    expect([permitted.code, permitted.stderr]).to.deep.equal([0, '']);
    const never = ', delegation: { exempt: ["pod-*"] }, exemptions: { never: [pod-privileged] }';
    expect((await scan(own, onlyPrivileged(never))).stderr).to.match(/NotPermitted/);
    const short = ', delegation: { exempt: ["pod-*"] }, exemptions: { maxLifetimeDays: 30 }';
    expect((await scan(own, onlyPrivileged(short))).stderr).to.match(/NotPermitted.*maxLifetimeDays/);
  });

  it('exits with 3 where one cannot be used, and says where it is wrong', async () => {
    const rows = [
      [ofCluster('rules: [pod-privilegd], subjects: [{ name: agent }]'), /did you mean "pod-privileged"/],
      [ofCluster('rules: [pod-privileged], subjects: [{}]'), /spec\.subjects\[0\] says nothing/],
      [ofCluster('rules: [pod-privileged], subjects: [{ nmae: agent }]'), /nmae/],
      [ofCluster('rules: [pod-privileged], subjects: [{ name: agent }], expiresAt: tomorrow'), /spec\.expiresAt/],
      [
        `${ofCluster('rules: [pod-privileged], subjects: [{ name: agent }]')}expiresAt: x\n`,
        /expiresAt does not exist/,
      ],
      [
        ofCluster('rules: [pod-privileged], subjects: [{ name: agent }]').replace('name: agent }', 'name: A_b }'),
        /"A_b" is no name for an object/,
      ],
      [exemption('HardeningExemption', '', 'rules: [pod-*], subjects: [{ name: a }]'), /needs a "metadata.namespace"/],
      [pod, /is no ClusterHardeningExemption or HardeningExemption/],
    ] as const;
    for (const [text, message] of rows) {
      const found = await scan(text);
      expect(found.code).to.equal(3);
      expect(found.stderr).to.match(message);
      expect(found.summary.exempt).to.equal(0);
    }
  });

  it('says where exemptions are among what is judged, and were not asked', async () => {
    await folder().write({ 'a.yaml': pod, 'e.yaml': ofCluster('rules: [pod-*], subjects: [{ name: a }]') });
    const { stderr } = await folder().run(['scan', '.']);
    expect(stderr).to.match(/no ClusterHardeningExemption was asked: name their files with --exemptions/);
  });
});
