/** `merlon enforce --exemptions` as a process: what becomes a condition, and what is said of the rest. */
import { expect } from 'chai';

import { runMerlon } from './merlon-process.ts';
import { useScanFolder } from './scan-folder.ts';

function exemptionOf(name: string, subject: object, kind = 'ClusterHardeningExemption', parts: object = {}): string {
  const metadata = { name, ...(kind === 'HardeningExemption' ? { namespace: 'x' } : {}) };
  const spec = { rules: ['pod-privileged'], subjects: [subject], reason: 'agents of the nodes', ...parts };
  return JSON.stringify({ apiVersion: 'merlon.dev/v1alpha1', kind, metadata, spec });
}

function enforce(objects: readonly string[]) {
  const args = ['enforce', '-o', 'yaml', '--rules', 'pod-privileged,pod-host-namespaces', '--exemptions', '-'];
  return runMerlon(args, { stdin: objects.join('\n---\n') });
}

describe('merlon enforce --exemptions', function () {
  this.timeout(60_000);
  const folder = useScanFolder();

  it('makes a condition of the rule that it is for, and of no other', async () => {
    const { code, stdout, stderr } = await enforce([exemptionOf('a', { namespace: 'agents-*' })]);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout.split("request.namespace.matches('^(?s:agents-.*)$')")).to.have.length(2);
    expect(stdout).to.match(/podPrivileged\.size\(\) == 0 \|\|\n +\(request\.namespace\.matches/);
  });

  it('says of each that cannot be one that it counts for nothing, and why', async () => {
    const { code, stdout, stderr } = await enforce([
      exemptionOf('named', { name: 'agent' }),
      exemptionOf('ending', { namespace: 'a' }, 'ClusterHardeningExemption', { expiresAt: '2100-01-01T00:00:00Z' }),
      exemptionOf('own', { name: '*' }, 'HardeningExemption'),
    ]);
    expect(code).to.equal(0);
    expect(stdout).to.contain('podPrivileged').and.not.to.contain('podPrivileged.size() == 0 ||');
    expect(stderr).to.match(
      /here: ClusterHardeningExemption\/named asks for a name, .*\n.*\/ending ends at a time, .*\n.*here: HardeningExemption\/x\/own is of a namespace/,
    );
  });

  it('makes a condition of what a namespace exempts where the policies delegate that there', async () => {
    const policyOf = (name: string, spec: object) =>
      JSON.stringify({ apiVersion: 'merlon.dev/v1alpha1', kind: 'ClusterHardeningPolicy', metadata: { name }, spec });
    const enforcement = { mode: 'deny', families: ['pod-security'], rules: ['pod-privileged'] };
    const delegation = { exempt: ['pod-privileged'], exemptEnforced: ['pod-*'] };
    const own = exemptionOf('own', { serviceAccount: 'agent' }, 'HardeningExemption');
    const print = async (policies: readonly string[]) => {
      await folder().write({ 'own.yaml': own, 'policies.yaml': policies.join('\n---\n') });
      return folder().run(['enforce', '-o', 'yaml', '--policy', 'policies.yaml', '--exemptions', 'own.yaml']);
    };
    const delegated = await print([policyOf('all', { enforcement, delegation })]);
    expect(delegated.stderr).to.equal('');
    expect(delegated.stdout).to.contain("request.namespace == 'x' && (((object.kind ==").and.contain("== 'agent'))");
    const undelegated = await print([policyOf('all', { enforcement, delegation: { exemptEnforced: ['*'] } })]);
    expect(undelegated.stderr).to.contain('HardeningExemption/x/own is of a namespace');
    // It may be about this very namespace.
    const some = policyOf('some', { namespaceSelector: { matchLabels: { a: 'b' } }, exemptions: { never: ['*'] } });
    const doubtful = await print([policyOf('all', { enforcement, delegation }), some]);
    expect(doubtful.stderr).to.contain('HardeningExemption/x/own is of a namespace');
    expect(doubtful.stdout).not.to.contain('agent');
  });

  it('makes none of what a policy never exempts somewhere', async () => {
    const policyOf = (name: string, spec: object) =>
      JSON.stringify({ apiVersion: 'merlon.dev/v1alpha1', kind: 'ClusterHardeningPolicy', metadata: { name }, spec });
    const enforcement = { mode: 'deny', families: ['pod-security'], rules: ['pod-privileged'] };
    const some = policyOf('some', { namespaces: ['vault'], exemptions: { never: ['pod-privileged'] } });
    await folder().write({
      'all.yaml': exemptionOf('all', { namespace: '*' }),
      'policies.yaml': [policyOf('all', { enforcement }), some].join('\n---\n'),
    });
    const args = ['enforce', '-o', 'yaml', '--policy', 'policies.yaml', '--exemptions', 'all.yaml'];
    const { stdout, stderr } = await folder().run(args);
    expect(stderr).to.contain('ClusterHardeningExemption/all is not allowed by policy');
    expect(stdout).not.to.contain('size() == 0 ||');
  });

  it('exits with 3 and prints nothing where one cannot be used', async () => {
    const { code, stdout } = await enforce([
      exemptionOf('a', { namespace: 'a' }, undefined, { rules: ['pod-privilegd'] }),
    ]);
    expect([code, stdout]).to.deep.equal([3, '']);
  });
});
