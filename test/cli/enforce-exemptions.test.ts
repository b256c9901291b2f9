/** `merlon enforce --exemptions` as a process: what becomes a condition, and what is said of the rest. */
import { expect } from 'chai';

import { runMerlon } from './merlon-process.ts';

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
      /here: ClusterHardeningExemption\/named asks for a name, .*\n.*\/ending ends at a time, .*\n.*here: HardeningExemption\/own is of a namespace/,
    );
  });

  it('exits with 3 and prints nothing where one cannot be used', async () => {
    const { code, stdout } = await enforce([
      exemptionOf('a', { namespace: 'a' }, undefined, { rules: ['pod-privilegd'] }),
    ]);
    expect([code, stdout]).to.deep.equal([3, '']);
  });
});
