import { expect } from 'chai';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import { collectVersion, withReleaseEnd } from '../../src/evidence/version.ts';
import { readingsOf } from './readings.ts';
import { unusable } from '../../src/evidence/reading.ts';

function read(body: string, status = 200): ReturnType<typeof collectVersion> {
  return collectVersion(() => Promise.resolve({ status, body }));
}

describe('/version', () => {
  const rows: readonly (readonly [string, string, object])[] = [
    ['is the minor version', '{"minor":"37","gitVersion":"v1.37.2"}', { read: { minor: 37, gitVersion: 'v1.37.2' } }],
    [
      'may have a plus',
      '{"minor":"30+","gitVersion":"v1.30.4-eks-a"}',
      { read: { minor: 30, gitVersion: 'v1.30.4-eks-a' } },
    ],
    ['is of major version 1', '{"major":"1","minor":"37"}', { read: { minor: 37, gitVersion: '' } }],
    ['is that which is emulated', '{"minor":"37","emulationMinor":"34"}', { read: { minor: 34, gitVersion: '' } }],
    ['is the other where that is none', '{"minor":"37","emulationMinor":""}', { read: { minor: 37, gitVersion: '' } }],
  ];
  for (const [what, body, reading] of rows) {
    it(what, async () => {
      expect(await read(body)).to.deep.equal(reading);
    });
  }

  for (const body of ['{"minor":37}', '{"minor":"thirty"}', '{}', 'null', '[]']) {
    it(`names none in ${body}`, async () => {
      expect(await read(body)).to.deep.equal(unusable('GET /version was answered, and names no minor version'));
    });
  }

  const hostile = ['{"minor":"3737"}', `{"minor":"${'9'.repeat(400)}"}`, '{"minor":"37","emulationMinor":"37373737"}'];
  for (const body of hostile) {
    it(`names none that there is in ${body.slice(0, 40)}`, async () => {
      expect(await read(body)).to.deep.equal(unusable('GET /version was answered, and names no minor version'));
    });
  }

  for (const major of ['"2"', '"0"', '1', 'null', '"1.37"']) {
    it(`is of no Kubernetes 1 with the major version ${major}`, async () => {
      expect(await read(`{"major":${major},"minor":"37"}`)).to.deep.equal(
        unusable('GET /version was answered, and names no major version 1'),
      );
    });
  }

  it('may be no JSON', async () => {
    expect(await read('s3cret is what it says')).to.deep.equal(unusable('GET /version was answered, and is no JSON'));
  });

  it('is told with when it ends, where that is known', () => {
    const of = (minor: number) => ({ read: { minor, gitVersion: '' } });
    const nowMs = Date.UTC(2028, 0, 1);
    expect(withReleaseEnd(of(37), nowMs)).to.deep.equal({
      read: { minor: 37, gitVersion: '', end: { support: 'ended', lastDay: '2027-10-28' } },
    });
    expect(withReleaseEnd(of(38), nowMs)).to.deep.equal(of(38));
    expect(withReleaseEnd({ missing: 'no answer' }, nowMs)).to.deep.equal({ missing: 'no answer' });
  });

  it('is mended as the program is, whichever version it emulates', () => {
    const nowMs = Date.UTC(2026, 10, 26);
    const emulating = { read: { minor: 34, gitVersion: 'v1.37.2+k3s1' } };
    expect(withReleaseEnd(emulating, nowMs)).to.deep.equal({
      read: { ...emulating.read, end: { support: 'mended', lastDay: '2027-10-28' } },
    });
    const status = { read: { minor: 34, binaryVersion: '1.37.2', startedAtSeconds: undefined } };
    expect(withReleaseEnd(status, nowMs)).to.have.nested.property('read.end.support', 'mended');
    const unnamed = { read: { minor: 34, gitVersion: 'devel' } };
    expect(withReleaseEnd(unnamed, nowMs)).to.have.nested.property('read.end.support', 'ended');

    const { minorVersion, versionSupport } = concludeEvidence(
      readingsOf({ version: withReleaseEnd(emulating, nowMs) }),
    );
    expect(minorVersion).to.have.property('value', 34);
    expect(versionSupport).to.have.property('detail', 'Kubernetes 1.37 is mended until 2027-10-28');
  });

  it('may be refused', async () => {
    expect(await read('', 403)).to.deep.equal({
      missing: 'GET /version was answered 403; grant get on the URL /version',
      permission: 'get on the URL /version',
    });
  });
});
