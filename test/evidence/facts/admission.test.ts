import { expect } from 'chai';
import { ADMISSION, MUTATING_POLICY_CHECKS } from '../../../src/evidence/metrics.ts';
import { flags, metrics, seenOf, version } from '../stated-readings.ts';

function asked(...names: readonly string[]): { readonly [ADMISSION]: readonly { readonly name: string }[] } {
  return { [ADMISSION]: names.map((name) => ({ name })) };
}

describe('an admission plugin', () => {
  it('is on once it was asked', () => {
    expect(seenOf('alwaysPullImages', metrics({ series: asked('AlwaysPullImages') }))).to.equal('true from /metrics');
  });

  it('is unknown while it was not asked, but others were', () => {
    expect(seenOf('alwaysPullImages', metrics({ series: asked('PodSecurity') }))).to.equal('unknown');
  });

  it('is off where it was never asked for long, but others were', () => {
    const readings = metrics({ uptimeSeconds: 600, series: asked('PodSecurity') });

    expect(seenOf('alwaysPullImages', readings)).to.equal('false from /metrics');
  });

  it('is unknown where none was ever asked: the series may be switched off', () => {
    expect(seenOf('alwaysPullImages', metrics({ uptimeSeconds: 600 }))).to.equal('unknown');
  });

  it('is off by default', () => {
    expect(seenOf('alwaysPullImages', flags(['--v=1']))).to.equal('false from /flagz');
  });

  it('is on by default in a version that has it so', () => {
    expect(seenOf('podSecurity', { ...flags(['--v=1']), ...version(25) })).to.equal('true from /flagz');
  });

  it('is unknown in a version that is unknown', () => {
    expect(seenOf('podSecurity', flags(['--v=1']))).to.equal('unknown');
  });

  it('is off where the legacy flag does not name it, whatever is on by default', () => {
    const readings = { ...flags(['--admission-control=AlwaysAdmit']), ...version(37) };

    expect(seenOf('podSecurity', readings)).to.equal('false from /flagz');
  });

  it('is unknown where only some flags are shown and none names it', () => {
    expect(seenOf('nodeRestriction', flags(['--profiling=false'], 'partial'))).to.equal('unknown');
  });

  it('that needs a feature is not known to be on once it was asked: it is asked without the feature, too', () => {
    const readings = metrics({ series: asked('MutatingAdmissionPolicy') });

    expect(seenOf('mutatingAdmissionPolicy', readings)).to.equal('unknown');
  });

  it('that needs a feature is on once it did something', () => {
    const readings = metrics({ series: { [MUTATING_POLICY_CHECKS]: [{ policy: 'pulls' }] } });

    expect(seenOf('mutatingAdmissionPolicy', readings)).to.equal('true from /metrics');
  });

  it('that needs a feature is on by default since the feature is', () => {
    expect(seenOf('mutatingAdmissionPolicy', { ...flags(['--v=1']), ...version(36) })).to.equal('true from /flagz');
    expect(seenOf('mutatingAdmissionPolicy', { ...flags(['--v=1']), ...version(35) })).to.equal('false from /flagz');
  });

  it('that needs a feature is off where that is off, also where flags name its component', () => {
    const off = flags(['--feature-gates=ComponentFlagz=true,kube:MutatingAdmissionPolicy=false']);

    expect(seenOf('mutatingAdmissionPolicy', { ...off, ...version(37) })).to.equal('false from /flagz');
  });

  it('that needs a feature is on where somebody turned that on, and unknown where all that is beta was', () => {
    const on = flags(['--feature-gates=MutatingAdmissionPolicy=true']);
    const beta = flags(['--feature-gates=AllBeta=true']);

    expect(seenOf('mutatingAdmissionPolicy', { ...on, ...version(34) })).to.equal('true from /flagz');
    expect(seenOf('mutatingAdmissionPolicy', { ...beta, ...version(34) })).to.equal('unknown');
    expect(seenOf('mutatingAdmissionPolicy', { ...beta, ...version(37) })).to.equal('true from /flagz');
  });

  it('that needs a feature is unknown where it is named twice, and where only some flags are shown', () => {
    const twice = flags(['--feature-gates=MutatingAdmissionPolicy=true,MutatingAdmissionPolicy=false']);
    const some = flags(['--enable-admission-plugins=MutatingAdmissionPolicy'], 'partial');

    expect(seenOf('mutatingAdmissionPolicy', { ...twice, ...version(37) })).to.equal('unknown');
    expect(seenOf('mutatingAdmissionPolicy', { ...some, ...version(37) })).to.equal('unknown');
  });

  it('is off in a version that has it no more', () => {
    expect(seenOf('podSecurityPolicy', version(25))).to.equal('false from /version');
  });
});
