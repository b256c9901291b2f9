import { expect } from 'chai';
import { ADMISSION } from '../../../src/evidence/metrics.ts';
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

  it('is off in a version that has it no more', () => {
    expect(seenOf('podSecurityPolicy', version(25))).to.equal('false from /version');
  });
});
