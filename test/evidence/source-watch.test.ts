import { expect } from 'chai';

import { unusable } from '../../src/evidence/reading.ts';
import type { ServerReadings } from '../../src/evidence/server-readings.ts';
import { compareTroubles, isThere, watchSources } from '../../src/evidence/source-watch.ts';
import type { SourceHistory, WatchedSources } from '../../src/evidence/source-watch.ts';
import { flagsOf, readingsOf } from './readings.ts';

const EACH_TIME = 'it says something else each time, and the API server was not started again';

/** One round after the other, each read a minute later. */
class Watched {
  #history: SourceHistory = new Map();
  #minutes = 0;

  next(said: Partial<ServerReadings>, isNew = false): WatchedSources {
    this.#minutes += 1;
    const watched = watchSources(this.#history, readingsOf(said), { isNew });
    this.#history = watched.history;
    return watched;
  }

  /** Of `/version`, read anew in each round. */
  version(minor: number, isNew = false): WatchedSources {
    return this.next({ version: { read: { minor, gitVersion: '' }, atMs: this.#minutes } }, isNew);
  }

  news(said: Partial<ServerReadings>): readonly (readonly [string, string | undefined])[] {
    return this.next(said).news.map(({ source, trouble }) => [source, trouble] as const);
  }
}

describe('a source of evidence', () => {
  it('of which nobody can use what it answers is told of once, and once more when somebody can', () => {
    const watched = new Watched();
    const broken = { flags: [unusable('it is no JSON')] };
    expect(watched.news({ flags: [flagsOf({})] })).to.deep.equal([]);
    expect(watched.news(broken)).to.deep.equal([['/flagz', 'it is no JSON']]);
    expect(watched.news(broken)).to.deep.equal([]);
    expect(watched.news({ flags: [unusable('no answer within 10 s')] })).to.deep.equal([]);
    expect(watched.news({ flags: [flagsOf({})] })).to.deep.equal([['/flagz', undefined]]);
    expect(watched.news({ flags: [flagsOf({})] })).to.deep.equal([]);
  });

  it('is worth nothing where nobody answers at all, and worth a line where he refuses another', () => {
    const gone = unusable('no answer within 10 s');
    const away = { flags: [gone], metrics: gone, version: gone, unknownUser: gone, anonymousAnswers: gone };
    expect(isThere(readingsOf(away))).to.equal(false);
    expect(isThere(readingsOf({ ...away, metrics: { missing: 'grant get on the URL /metrics' } }))).to.equal(true);
    expect(isThere(readingsOf({ ...away, anonymousAnswers: { read: [] } }))).to.equal(true);
  });

  it('that is off, or not there, is nothing to be told of', () => {
    expect(new Watched().news({ flags: [{ missing: 'grant get on the URL /flagz' }] })).to.deep.equal([]);
  });

  it('that was of no use and is off now is of no use no longer', () => {
    const watched = new Watched();
    watched.next({ version: unusable('it is no JSON') });
    expect(watched.news({ version: { missing: 'grant get on the URL /version' } })).to.deep.equal([
      ['/version', undefined],
    ]);
  });

  it('of all API servers together is told of once as well', () => {
    const broken = { one: unusable('it is no JSON'), other: undefined };
    const first = compareTroubles(new Set(), broken);
    expect(first.news).to.deep.equal([{ source: 'one', trouble: 'it is no JSON' }]);
    const second = compareTroubles(first.troubled, broken);
    expect(second.news).to.deep.equal([]);
    const third = compareTroubles(second.troubled, { one: { missing: 'grant get on it' }, other: { read: 1 } });
    expect(third.news).to.deep.equal([{ source: 'one', trouble: undefined }]);
    expect(third.troubled.size).to.equal(0);
  });

  it('that is cut off is told of, and counts as far as it goes', () => {
    const metrics = { read: { uptimeSeconds: 1, isWhole: false, series: new Map() } } as const;
    const { news, readings } = new Watched().next({ metrics });
    expect(news).to.deep.equal([
      { source: '/metrics', trouble: 'GET /metrics was answered with more than is read, or was cut off' },
    ]);
    expect(readings.metrics).to.equal(metrics);
  });

  it('that says something else each time is unknown from the third time on, until it says the same twice', () => {
    const watched = new Watched();
    const seen = [37, 36, 37, 36, 37, 37].map((minor) => watched.version(minor));
    expect(seen.map(({ readings: { version } }) => ('read' in version ? version.read.minor : version))).to.deep.equal([
      37,
      36,
      37,
      unusable(`/version: ${EACH_TIME}`),
      unusable(`/version: ${EACH_TIME}`),
      37,
    ]);
    expect(seen.flatMap(({ news }) => news.map(({ trouble }) => trouble))).to.deep.equal([
      `/version: ${EACH_TIME}`,
      undefined,
    ]);
  });

  it('may say something else when the API server was started again', () => {
    const watched = new Watched();
    for (const minor of [33, 34, 35, 36, 37]) {
      const { news, readings } = watched.version(minor, true);
      expect(news).to.deep.equal([]);
      expect(readings.version).to.have.nested.property('read.minor', minor);
    }
  });

  it('may say something else now and then', () => {
    const watched = new Watched();
    for (const minor of [36, 37, 37, 36, 36, 37, 37, 36, 36]) expect(watched.version(minor).news).to.deep.equal([]);
  });

  it('that is kept for an hour is not compared with itself', () => {
    const watched = new Watched();
    const kept = (status: number, atMs: number): Partial<ServerReadings> => ({
      anonymousAnswers: { read: [{ path: '/api', status, namesAnonymousUser: false }], atMs },
    });
    for (const [status, atMs] of [
      [200, 0],
      [200, 0],
      [401, 60],
      [401, 60],
      [200, 120],
    ] as const) {
      expect(watched.next(kept(status, atMs)).news).to.deep.equal([]);
    }
    expect(watched.next(kept(401, 180)).news).to.have.length(1);
    expect(watched.next(kept(401, 180)).news).to.deep.equal([]);
    expect(watched.next(kept(401, 240)).news).to.deep.equal([
      { source: 'requests without credentials', trouble: undefined },
    ]);
  });

  it('that names another binding each time, or fails in other words, says the same', () => {
    const watched = new Watched();
    for (const round of [1, 2, 3, 4, 5]) {
      const reason = `RBAC: allowed by ClusterRoleBinding "b${round}"`;
      const part = { missing: `write ECONNRESET ${round}` };
      const tls = { certificate: part, acceptsOldVersions: part, acceptsWeakCiphers: part, certificateRequest: part };
      const said = { ownGrant: { read: { allowed: true, reason }, atMs: round }, tls: { read: tls, atMs: round } };
      expect(watched.news(said)).to.deep.equal([]);
    }
  });

  it('of flags is compared by all of them', () => {
    const watched = new Watched();
    let atMs = 0;
    const flags = (profiling: string): Partial<ServerReadings> => ({
      flags: [{ ...flagsOf({ profiling: [profiling] }), atMs: (atMs += 1) }],
    });
    expect(['true', 'false', 'true'].flatMap((one) => watched.news(flags(one)))).to.deep.equal([]);
    expect(watched.news(flags('false'))).to.deep.equal([['/flagz', `/flagz: ${EACH_TIME}`]]);
  });
});
