import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ReflectorFixture } from './reflector-fixture.ts';
import type { FixtureOptions } from './reflector-fixture.ts';
import type { FaultServer } from '../support/fault-server.ts';

describe('Reflector, refused by the API server', () => {
  let fixture: ReflectorFixture;
  let server: FaultServer;
  afterEach(() => fixture.stop());

  async function start(options: FixtureOptions, prepare: (server: FaultServer) => void): Promise<void> {
    fixture = await ReflectorFixture.start(options, (each) => {
      each.put('web');
      prepare(each);
    });
    ({ server } = fixture);
  }

  it('is forbidden until the permission arrives', async () => {
    await start({}, (each) => {
      each.inject(
        'watch-list',
        (exchange) => {
          exchange.status(403, 'Forbidden', { message: 'things is forbidden' });
        },
        Infinity,
      );
    });
    await fixture.whenPhase('forbidden');
    expect(fixture.reflector.state.message).to.match(
      /watch .*\/api\/v1\/things: HTTP 403 Forbidden: things is forbidden/,
    );
    await fixture.whenRequested('watch-list', 3);
    server.heal();
    await fixture.whenSynced();
    expect(fixture.phases).to.deep.equal(['syncing', 'forbidden', 'synced']);
    expect(server.count('list')).to.equal(0);
  });

  it('asks again after 403 in its own time', async () => {
    await start({ intervals: { forbiddenRetryMs: 60_000, backoffFirstMs: 1 } }, (each) => {
      each.inject('watch-list', (exchange) => {
        exchange.status(403, 'Forbidden');
      });
    });
    await fixture.whenPhase('forbidden');
    await fixture.reflector.stop();
    expect(server.requests).to.have.length(1);
  });

  it('is forbidden when the permission is taken away, and goes on where it was when it is back', async () => {
    await start({ intervals: { shortWatchMs: 1 } }, () => undefined);
    await fixture.whenSynced();
    await fixture.whenWatched();
    server.inject(
      'watch',
      (exchange) => {
        exchange.status(403, 'Forbidden');
      },
      2,
    );
    server.endWatches();
    await fixture.whenPhase('forbidden');
    server.put('a');
    await fixture.whenSynced();
    expect(fixture.reflector.counters.replaces).to.equal(1);
  });

  it('stays synced where an API server that was started again says no until it knows who may what', async () => {
    await start({ intervals: { startMs: 60_000, shortWatchMs: 1 } }, () => undefined);
    await fixture.whenSynced();
    await fixture.whenWatched();
    for (const code of [404, 403, 403]) {
      server.inject('watch', (exchange) => {
        exchange.status(code, code === 404 ? 'NotFound' : 'Forbidden');
      });
    }
    server.resetWatches();
    await fixture.whenRequested('watch', 4);
    server.put('a');
    await fixture.whenSynced();
    expect(fixture.phases).to.deep.equal(['syncing', 'synced']);
    expect(fixture.reflector.counters.replaces).to.equal(1);
  });

  it('is absent until the kind is served, and reads everything then', async () => {
    await start({}, (each) => {
      each.inject(
        'watch-list',
        (exchange) => {
          exchange.status(404, 'NotFound');
        },
        Infinity,
      );
    });
    await fixture.whenPhase('absent');
    await fixture.whenRequested('watch-list', 3);
    server.heal();
    await fixture.whenSynced();
    expect(fixture.phases).to.deep.equal(['syncing', 'absent', 'synced']);
  });

  it('reads everything again when a kind was away', async () => {
    await start({}, () => undefined);
    await fixture.whenSynced();
    await fixture.whenWatched();
    server.inject('watch', (exchange) => {
      exchange.status(404, 'NotFound');
      server.history.length = 0;
    });
    server.endWatches();
    server.remove('web');
    server.put('new');
    await fixture.converge();
    expect(fixture.phases).to.deep.equal(['syncing', 'synced', 'absent', 'synced']);
    expect(fixture.told).to.deep.equal(['added web uid-1', 'deleted web uid-1', 'added new uid-2']);
  });

  for (const [what, forgetsAbsent, told] of [
    [
      'takes what was known for deleted when the kind is away, where that is said to be so',
      true,
      ['deleted web uid-1'],
    ],
    ['keeps what was known when the kind is away, where nothing else is said', false, []],
  ] as const) {
    it(what, async () => {
      await start({ forgetsAbsent, intervals: { absentRetryMs: 60_000 } }, () => undefined);
      await fixture.whenSynced();
      await fixture.whenWatched();
      for (const sort of ['list', 'watch', 'watch-list'] as const) {
        server.inject(
          sort,
          (exchange) => {
            exchange.status(404, 'NotFound');
          },
          Infinity,
        );
      }
      server.endWatches();
      await fixture.whenPhase('absent');
      expect(fixture.told).to.deep.equal(['added web uid-1', ...told]);
    });
  }

  it('is unreachable while the server cannot be connected to, and says why', async () => {
    await start({}, (each) => {
      for (const sort of ['watch-list', 'list'] as const) {
        each.inject(
          sort,
          (exchange) => {
            exchange.reset();
          },
          Infinity,
        );
      }
    });
    await fixture.whenPhase('unreachable');
    expect(fixture.reflector.state.message).to.match(/the connection ended early/);
    server.heal();
    await fixture.whenSynced();
  });

  it('comes back when the server asks it to, after 429', async () => {
    await start({}, (each) => {
      each.inject('watch-list', (exchange) => {
        exchange.status(429, 'TooManyRequests', {}, { 'retry-after': '1' });
      });
    });
    const startedAt = performance.now();
    await fixture.whenSynced();
    expect(performance.now() - startedAt).to.be.within(900, 2_500);
    expect([server.count('watch-list'), server.count('list')]).to.deep.equal([2, 0]);
  });

  it('keeps the version of a watch that is refused with 429', async () => {
    await start({}, () => undefined);
    await fixture.whenSynced();
    await fixture.whenWatched();
    server.inject(
      'watch',
      (exchange) => {
        exchange.status(429, 'TooManyRequests');
      },
      5,
    );
    server.endWatches();
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters.replaces).to.equal(1);
  });

  describe('with a token in a file', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'merlon-token-'));
      await writeFile(join(folder, 'token'), 'old\n');
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('reads the token again at once after 401', async () => {
      const file = join(folder, 'token');
      await start({ credentials: [{ kind: 'token', token: { file } }] }, () => undefined);
      await fixture.whenSynced();
      await fixture.whenWatched();
      await writeFile(file, 'new\n');
      server.inject('watch', (exchange) => {
        exchange.status(401, 'Unauthorized');
      });
      server.endWatches();
      await fixture.whenRequested('watch', 2);
      server.put('a');
      await fixture.converge();
      expect(server.requests.map(({ authorization }) => authorization)).to.deep.equal([
        'Bearer old',
        'Bearer old',
        'Bearer new',
      ]);
      expect(fixture.reflector.counters.errors).to.equal(0);
    });
  });

  it('goes on trying after 401, too', async () => {
    await start({}, (each) => {
      each.inject(
        'watch-list',
        (exchange) => {
          exchange.status(401, 'Unauthorized');
        },
        6,
      );
    });
    await fixture.whenPhase('unreachable');
    await fixture.whenSynced();
    expect(server.count('list')).to.equal(0);
  });
});

describe('Reflector, stopped', () => {
  let fixture: ReflectorFixture;
  afterEach(() => fixture.stop());

  it('ends while it lists, and asks for nothing more', async () => {
    fixture = await ReflectorFixture.start({}, (server) => {
      server.inject('watch-list', (exchange) => {
        exchange.status(422, 'Invalid');
      });
      server.inject('list', () => undefined);
    });
    await fixture.whenRequested('list', 1);
    await fixture.reflector.stop();
    expect(fixture.server.requests.map(({ sort }) => sort)).to.deep.equal(['watch-list', 'list']);
    expect(fixture.reflector.counters.errors).to.equal(0);
  });

  it('ends while it waits to try again', async () => {
    fixture = await ReflectorFixture.start({ intervals: { forbiddenRetryMs: 60_000 } }, (server) => {
      server.inject('watch-list', (exchange) => {
        exchange.status(403, 'Forbidden');
      });
    });
    await fixture.whenPhase('forbidden');
    await fixture.reflector.stop();
    expect(fixture.server.requests).to.have.length(1);
  });

  it('ends while it follows a watch, and closes the connection', async () => {
    fixture = await ReflectorFixture.start();
    await fixture.whenSynced();
    await fixture.whenWatched();
    await fixture.reflector.stop();
    await fixture.whenUnwatched();
    expect(fixture.reflector.counters.errors).to.equal(0);
  });

  it('never starts after a stop', async () => {
    fixture = await ReflectorFixture.start();
    await fixture.reflector.stop();
    fixture.reflector.start();
    await fixture.reflector.stop();
    expect(fixture.server.count('watch')).to.equal(0);
  });
});
