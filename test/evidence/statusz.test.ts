import { expect } from 'chai';

import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import { collectStatus } from '../../src/evidence/statusz.ts';
import { readingsOf } from './readings.ts';
import { flags, seenOf, version } from './stated-readings.ts';
import { unusable } from '../../src/evidence/reading.ts';

function read(body: string, status = 200): ReturnType<typeof collectStatus> {
  return collectStatus(() => Promise.resolve({ status, body }));
}

/** As v1.37.2 shows it. */
const shown = {
  kind: 'Statusz',
  apiVersion: 'config.k8s.io/v1beta1',
  metadata: { name: 'apiserver' },
  startTime: '2026-11-26T19:02:05Z',
  uptimeSeconds: 4,
  goVersion: 'go1.26.8',
  binaryVersion: '1.37.2',
  emulationVersion: '1.37',
  paths: ['/flagz', '/healthz', '/livez', '/metrics', '/readyz', '/statusz', '/version'],
};
const startedAtSeconds = 1_795_719_725;
const noStatus = unusable('GET /statusz was answered, but not with a status as JSON');

describe('/statusz', () => {
  it('is asked for as JSON, the newer form first', async () => {
    const asked: (string | undefined)[] = [];
    await collectStatus((path, headers) => {
      asked.push(path, headers?.['accept']);
      return Promise.resolve({ status: 404, body: '' });
    });
    expect(asked).to.deep.equal([
      '/statusz',
      'application/json;v=v1beta1;g=config.k8s.io;as=Statusz,application/json;v=v1alpha1;g=config.k8s.io;as=Statusz',
    ]);
  });

  const rows: readonly (readonly [string, object, object])[] = [
    ['tells the version and the start', {}, { minor: 37, binaryVersion: '1.37.2', startedAtSeconds }],
    [
      'tells the version that is emulated',
      { emulationVersion: '1.35' },
      { minor: 35, binaryVersion: '1.37.2', startedAtSeconds },
    ],
    ['may emulate none', { emulationVersion: undefined }, { minor: 37, binaryVersion: '1.37.2', startedAtSeconds }],
    [
      'may be of a vendor',
      { binaryVersion: '1.36.1-eks-a', emulationVersion: '' },
      { minor: 36, binaryVersion: '1.36.1-eks-a', startedAtSeconds },
    ],
    [
      'may not say when it was started',
      { startTime: 'yesterday' },
      { minor: 37, binaryVersion: '1.37.2', startedAtSeconds: undefined },
    ],
  ];
  for (const [what, change, reading] of rows) {
    it(what, async () => {
      expect(await read(JSON.stringify({ ...shown, ...change }))).to.deep.equal({ read: reading });
    });
  }

  const others: readonly unknown[] = [
    null,
    [],
    { ...shown, kind: 'Flagz' },
    { ...shown, binaryVersion: 37 },
    { ...shown, binaryVersion: 'devel', emulationVersion: '2.0' },
    { ...shown, binaryVersion: '1.3737373737', emulationVersion: 1.37 },
  ];
  for (const other of others) {
    it(`tells nothing as ${JSON.stringify(other).slice(0, 40)}…`, async () => {
      expect(await read(JSON.stringify(other))).to.deep.equal(noStatus);
    });
  }

  it('is not read as text, whose separators change', async () => {
    expect(await read('apiserver statusz\nStarted: Thu Nov 26 19:02:05 UTC 2026\n')).to.deep.equal(noStatus);
  });

  it('shows none of an answer that is no JSON', async () => {
    expect(await read('s3cret is what it says')).to.deep.equal(noStatus);
  });

  it('says what would help', async () => {
    expect(await read('', 403)).to.deep.equal({
      missing: 'GET /statusz was answered 403; grant get on the URL /statusz',
      permission: 'get on the URL /statusz',
    });
    for (const status of [404, 406]) {
      expect(await read('', status))
        .to.have.property('missing')
        .that.includes('from Kubernetes 1.36');
    }
  });

  describe('where /version does not tell', () => {
    const status = { read: { minor: 37, binaryVersion: '1.37.2', startedAtSeconds } };

    it('tells the minor version, and what that version does not have', () => {
      expect(seenOf('minorVersion', { status })).to.equal('37 from /statusz');
      expect(seenOf('insecurePort', { status })).to.equal('false from /statusz');
      expect(seenOf('podSecurityPolicy', { status })).to.equal('false from /statusz');
      expect(seenOf('basicAuthenticationFile', { status })).to.equal('false from /statusz');
    });

    it('tells which defaults hold', () => {
      expect(seenOf('podSecurity', flags([]))).to.equal('unknown');
      expect(seenOf('podSecurity', { ...flags([]), status })).to.equal('true from /flagz');
    });

    it('is not heard where /version tells, and named where they differ', () => {
      const { minorVersion } = concludeEvidence(readingsOf({ ...version(36), status }));
      expect(minorVersion).to.deep.include({
        value: 36,
        source: '/version',
        contradicted: ['GET /statusz: minor version 37 (/statusz)'],
      });
    });
  });
});
