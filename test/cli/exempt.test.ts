/** `merlon exempt` as a process: what it prints, and how it ends. */
import { expect } from 'chai';
import { load } from 'js-yaml';

import { runMerlon } from './merlon-process.ts';

const reason = ['--reason', 'reads the counters of the node'];

describe('merlon exempt', function () {
  this.timeout(30_000);

  it('prints the exemption, and nothing else', async () => {
    const args = ['exempt', 'pod-privileged', 'ds/agent', '-n', 'monitoring', '--expires', '2099-01-31', ...reason];
    const { code, stdout, stderr } = await runMerlon(args);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.equal(`apiVersion: merlon.dev/v1alpha1
kind: HardeningExemption
metadata:
  name: pod-privileged-daemonset-agent
  namespace: monitoring
spec:
  rules: [pod-privileged]
  subjects:
    - { kind: DaemonSet, name: agent }
  reason: "reads the counters of the node"
  expiresAt: "2099-01-31T00:00:00Z"
`);
  });

  it('counts a while from now', async () => {
    const before = Date.now();
    const { stdout } = await runMerlon(['exempt', 'pod-privileged', 'ds/agent', '--expires', '30d', ...reason]);
    const { spec } = load(stdout) as { readonly spec: { readonly expiresAt: string } };
    const days = (Date.parse(spec.expiresAt) - before) / 86_400_000;
    expect(days).to.be.within(29.99, 30.01);
  });

  it('says who chooses the namespace where nobody did', async () => {
    const args = ['exempt', 'pod-privileged', 'ds/agent', '--expires', 'never', ...reason];
    const { code, stdout, stderr } = await runMerlon(args);
    expect(code).to.equal(0);
    expect(stderr).to.equal('without -n it names no namespace: kubectl takes that of its context\n');
    expect(stdout).not.to.match(/namespace|expiresAt/);
  });

  for (const [name, args, message] of [
    ['a rule that does not exist', ['pod-privilegd', 'ds/a', '--expires', '1d', ...reason], /did you mean "pod-priv/],
    ['no reason', ['pod-privileged', 'ds/a', '--expires', '1d'], /required option '--reason <text>'/],
    ['no end', ['pod-privileged', 'ds/a', ...reason], /required option '--expires <when>'/],
  ] as const) {
    it(`exits with 2 and prints nothing for ${name}`, async () => {
      const { code, stdout, stderr } = await runMerlon(['exempt', ...args]);
      expect([code, stdout]).to.deep.equal([2, '']);
      expect(stderr).to.match(message);
    });
  }
});
