import { expect } from 'chai';

import type { ClusterHardeningExemptionSpec } from '../../src/api/v1alpha1/exemption.ts';
import { judgeExemption, matchesByLabelAlone, matchesEverything } from '../../src/core/exemption.ts';
import { ruleNamed } from './finding-of.ts';
import { exemptionObject, exemptionOf } from './exemption-samples.ts';

const catalogue = [
  ruleNamed('pod-host-ports', { controls: ['cis-1.12/5.2.13'] }),
  ruleNamed('pod-privileged', { controls: ['cis-1.12/5.2.2', 'nsa/pod-security'] }),
];

function judge(spec: Partial<ClusterHardeningExemptionSpec>) {
  return judgeExemption(exemptionObject({ name: 'one' }, spec), catalogue);
}
function build(spec: Partial<ClusterHardeningExemptionSpec>, namespace?: string) {
  return exemptionOf(
    exemptionObject({ name: 'one', ...(namespace === undefined ? {} : { namespace }) }, spec),
    catalogue,
  );
}

describe('an exemption', () => {
  it('is for the rules that its selectors mean', () => {
    expect([...build({ rules: ['pod-privileged'] }).rules]).to.deep.equal(['pod-privileged']);
    expect([...build({ rules: ['pod-host-*', 'nsa/*'] }).rules]).to.deep.equal(['pod-host-ports', 'pod-privileged']);
    expect([...build({ rules: ['cis-1.12/5.2.*'] }).rules]).to.have.length(2);
  });

  it('with a rule that there is not is not in force at all', () => {
    const { exemption, problem } = judge({ rules: ['pod-privileged', 'pod-priviledged'] });
    expect(exemption).to.equal(undefined);
    expect(problem).to.deep.equal({
      reason: 'UnknownRule',
      path: 'spec.rules[1]',
      message:
        'spec.rules[1] names "pod-priviledged", which is no rule of this Merlon (did you mean "pod-privileged"?); "merlon rules" lists them',
    });
    expect(judge({ rules: ['cis-9/*'] }).problem?.reason).to.equal('UnknownRule');
  });

  it('with an end that is no time is not in force at all', () => {
    const { exemption, problem } = judge({ expiresAt: '2026-13-01T00:00:00Z' });
    expect(exemption).to.equal(undefined);
    expect(problem).to.deep.include({ reason: 'Invalid', path: 'spec.expiresAt' });
    expect(judge({ expiresAt: '2026-12-01' }).problem?.path).to.equal('spec.expiresAt');
  });

  it('with a pattern that is longer than any name is not in force at all', () => {
    // Two code units each: the API server counts 200 characters.
    const long = '😀'.repeat(200);
    expect(judge({ rules: [long] }).problem).to.deep.include({ reason: 'Invalid', path: 'spec.rules[0]' });
    for (const field of ['name', 'namespace', 'container']) {
      const { problem } = judge({ subjects: [{ kind: 'Pod' }, { [field]: long }] });
      expect(problem).to.deep.include({ reason: 'Invalid', path: `spec.subjects[1].${field}` });
    }
  });

  it('ends where it says, else never', () => {
    expect(build({ expiresAt: '2026-11-26T13:00:00+01:00' }).expiresMs).to.equal(Date.parse('2026-11-26T12:00:00Z'));
    expect(build({}).expiresMs).to.equal(Infinity);
  });

  it('matches by label alone where a subject has labels and no name', () => {
    const labels = { app: 'web' };
    expect(matchesByLabelAlone(build({ subjects: [{ name: 'web' }, { labels }] }))).to.equal(true);
    expect(matchesByLabelAlone(build({ subjects: [{ kind: 'Deployment', name: '*', labels }] }))).to.equal(true);
    expect(matchesByLabelAlone(build({ subjects: [{ name: 'web-*', labels }] }))).to.equal(false);
    expect(matchesByLabelAlone(build({ subjects: [{ kind: 'Deployment' }] }))).to.equal(false);
  });

  it('matches everything where a subject demands nothing', () => {
    expect(matchesEverything(build({ subjects: [{ name: 'web' }, { name: '*' }] }))).to.equal(true);
    expect(matchesEverything(build({ subjects: [{ name: '**', namespace: '*' }] }))).to.equal(true);
    expect(matchesEverything(build({ subjects: [{ namespace: 'shop' }] }))).to.equal(false);
    expect(matchesEverything(build({ subjects: [{ name: '*' }] }, 'shop'))).to.equal(true);
    expect(matchesEverything(build({ subjects: [{ name: '*', container: '*' }] }))).to.equal(false);
  });
});
