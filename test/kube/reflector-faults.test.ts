import { expect } from 'chai';
import { ReflectorFixture } from './reflector-fixture.ts';
import type { FixtureOptions } from './reflector-fixture.ts';
import type { FaultExchange } from '../support/fault-exchange.ts';
import type { FaultServer } from '../support/fault-server.ts';

describe('Reflector, following a watch that breaks', () => {
  let fixture: ReflectorFixture;
  let server: FaultServer;
  afterEach(() => fixture.stop());

  /** Synced, with one object, on the stream of its watch-list. */
  async function start(options: FixtureOptions = {}): Promise<void> {
    fixture = await ReflectorFixture.start(options, (each) => each.put('web'));
    ({ server } = fixture);
    await fixture.whenSynced();
    await fixture.whenWatched();
  }

  it('goes on from its version after a clean end, however often', async () => {
    await start();
    server.put('a');
    await fixture.converge();
    server.endWatches();
    server.put('b');
    await fixture.converge();
    await fixture.whenWatched();
    server.endWatches();
    server.put('c');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ errors: 0, lists: 0, replaces: 1 });
  });

  it('starts the next watch where a bookmark has brought it', async () => {
    await start();
    server.version = 150;
    server.bookmark();
    server.endWatches();
    await fixture.whenRequested('watch', 1);
    expect(server.requests.at(-1)?.query['resourceVersion']).to.equal('150');
  });

  it('loses nothing when the connection is reset', async () => {
    await start();
    server.put('a');
    server.resetWatches();
    server.put('b');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ replaces: 1 });
    expect(fixture.phases).to.deep.equal(['syncing', 'synced']);
  });

  it('gives up a connection on which nothing comes any more', async () => {
    await start({ intervals: { idleAfterBookmarkMs: 30 } });
    // Half open: the server has forgotten the stream, and nobody told us.
    server.watchers.clear();
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters.errors).to.be.greaterThan(0);
  });

  it('gives up a watch without a bookmark some time after the server should have ended it', async () => {
    // The server is asked to end it after 1 s, the shortest there is: 40 ms in all.
    await start({ intervals: { watchTimeoutMinMs: 1, watchTimeoutMaxMs: 1, idleGraceMs: -960 } });
    server.inject('watch', (exchange) => {
      exchange.open();
    });
    server.endWatches();
    await fixture.whenRequested('watch', 2);
    server.put('a');
    await fixture.converge();
  });

  it('waits for headers that a proxy holds back until the first event', async () => {
    await start({ intervals: { shortWatchMs: 1 } });
    const held: FaultExchange[] = [];
    server.inject('watch', (exchange) => held.push(exchange));
    server.endWatches();
    await fixture.whenRequested('watch', 1);
    server.put('late');
    held[0]?.serve();
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ errors: 0, watches: 2 });
  });

  it('tries again after one 500', async () => {
    await start();
    server.inject('watch', (exchange) => {
      exchange.status(500, 'InternalError');
    });
    server.endWatches();
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ errors: 1, replaces: 1 });
  });

  it('tries again after an error 500 within the stream', async () => {
    await start();
    server.inject('watch', (exchange) => {
      exchange.open();
      exchange.error(500, 'InternalError');
    });
    server.endWatches();
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ errors: 1, replaces: 1 });
  });

  it('reads everything again after an error 410 within the stream', async () => {
    await start();
    server.endWatches();
    server.compact();
    server.remove('web');
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ replaces: 2, lists: 0 });
    expect(fixture.told).to.deep.equal(['added web uid-1', 'deleted web uid-1', 'added a uid-2']);
  });

  it('reads everything again after an answer 410', async () => {
    await start();
    server.inject('watch', (exchange) => {
      exchange.status(410, 'Expired');
    });
    server.endWatches();
    server.recreate('web');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ replaces: 2 });
  });

  it('asks ever more rarely where every watch ends with 410', async () => {
    await start({ intervals: { backoffFirstMs: 20, backoffMaxMs: 10_000 } });
    const expire = (count: number): void => {
      server.inject(
        'watch-list',
        (exchange) => {
          exchange.open();
          exchange.initialEvents();
          exchange.bookmark(true);
          exchange.error(410, 'Expired');
        },
        count,
      );
    };
    expire(Infinity);
    server.inject('watch', (exchange) => {
      exchange.status(410, 'Expired');
    });
    const startedAt = performance.now();
    server.endWatches();
    await fixture.whenRequested('watch-list', 5);
    // 20, 40, 80 and 160 ms, each and a half.
    expect(performance.now() - startedAt).to.be.greaterThan(400);
  });

  it('reads an event again that was cut off', async () => {
    await start({ speaksProtobuf: true });
    server.inject('watch', (exchange) => {
      exchange.open();
      exchange.raw(Buffer.from([0, 0, 1, 0, 1, 2, 3]));
      exchange.end();
    });
    server.endWatches();
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ parseErrors: 1, replaces: 1 });
  });

  it('never steps over a line that does not parse', async () => {
    await start();
    server.inject('watch', (exchange) => {
      server.put('a');
      exchange.open();
      exchange.raw('{"type":"ADDED","object":{"metadata":{"na\n');
      const later = server.put('b');
      exchange.event('ADDED', later);
    });
    server.endWatches();
    await fixture.whenRequested('watch', 2);
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ parseErrors: 1, replaces: 1 });
    expect(fixture.told).to.deep.equal(['added web uid-1', 'added a uid-2', 'added b uid-3']);
  });

  it('survives garbage in place of protobuf', async () => {
    await start({ speaksProtobuf: true });
    server.inject('watch', (exchange) => {
      exchange.open();
      exchange.raw(Buffer.concat([Buffer.from([0, 0, 0, 200]), Buffer.alloc(200, 0xff)]));
    });
    server.endWatches();
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ parseErrors: 1 });
  });

  it('takes the page of a proxy that answers for the API server as a failure', async () => {
    await start();
    server.inject('watch', (exchange) => {
      exchange.answer('text/html', '<h1>please log in</h1>');
    });
    server.endWatches();
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ parseErrors: 1 });
  });

  it('reads everything again when one event fails time after time', async () => {
    await start();
    server.inject(
      'watch',
      (exchange) => {
        exchange.open();
        exchange.raw('null\n');
      },
      Infinity,
    );
    server.endWatches();
    server.put('a');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ parseErrors: 3, replaces: 2 });
  });

  it('slows down where watches end at once with nothing new', async () => {
    await start({ intervals: { backoffFirstMs: 20, backoffMaxMs: 10_000 } });
    server.inject(
      'watch',
      (exchange) => {
        exchange.open();
        exchange.end();
      },
      2,
    );
    const startedAt = performance.now();
    server.endWatches();
    await fixture.whenRequested('watch', 3);
    expect(performance.now() - startedAt).to.be.greaterThan(80);
    expect(fixture.reflector.counters.shortWatches).to.equal(2);
  });

  it('does not slow down where each watch brings something', async () => {
    await start({ intervals: { backoffFirstMs: 5_000 } });
    for (const name of ['a', 'b', 'c', 'd']) {
      server.inject('watch', (exchange) => {
        exchange.open();
        exchange.event('ADDED', server.put(name));
        exchange.end();
      });
    }
    server.endWatches();
    await fixture.whenRequested('watch', 5);
    await fixture.converge();
  });

  it('takes the same event twice as one', async () => {
    await start();
    const thing = server.put('a');
    for (const watcher of server.watchers) watcher.event('ADDED', thing);
    server.remove('a');
    for (const watcher of server.watchers) watcher.event('DELETED', thing);
    server.put('b');
    await fixture.converge();
    expect(fixture.told).to.deep.equal([
      'added web uid-1',
      'added a uid-2',
      'modified a uid-2',
      'deleted a uid-2',
      'added b uid-3',
    ]);
  });

  it('tells another UID as a deletion and an addition, also where the deletion was never seen', async () => {
    await start();
    server.inject('watch', (exchange) => {
      exchange.open();
      exchange.event('MODIFIED', server.put('web', 'v2'));
      exchange.follow();
    });
    server.endWatches();
    server.things.delete('web');
    await fixture.whenRequested('watch', 1);
    await fixture.converge();
    expect(fixture.told).to.deep.equal(['added web uid-1', 'deleted web uid-1', 'added web uid-2']);
  });

  it('makes of a complete new state the changes it means', async () => {
    await start();
    server.put('gone');
    server.put('same');
    await fixture.converge();
    fixture.told.length = 0;
    server.endWatches();
    server.compact();
    server.remove('gone');
    server.recreate('web');
    server.put('new');
    await fixture.converge();
    expect(fixture.told).to.have.members([
      'deleted web uid-1',
      'deleted gone uid-2',
      'modified same uid-3',
      'added web uid-4',
      'added new uid-5',
    ]);
    expect(fixture.told.slice(0, 2)).to.have.members(['deleted web uid-1', 'deleted gone uid-2']);
  });

  it('goes on when whoever is told throws', async () => {
    await start({
      beforeEvent: ({ object }) => {
        if (object.metadata.name === 'bad') throw new Error('injected');
      },
    });
    server.put('bad');
    server.remove('bad');
    server.put('good');
    await fixture.converge();
    expect(fixture.reflector.counters).to.include({ handlerErrors: 2, errors: 0 });
    expect(server.requests).to.have.length(1);
  });

  it('says stale once it has been cut off for long, from when on, and takes it back', async () => {
    const before = Date.now();
    await start({ intervals: { staleAfterMs: 20, shortWatchMs: 1 } });
    server.inject(
      'watch',
      (exchange) => {
        exchange.status(503, 'ServiceUnavailable');
      },
      Infinity,
    );
    server.inject(
      'watch-list',
      (exchange) => {
        exchange.status(503, 'ServiceUnavailable');
      },
      Infinity,
    );
    server.inject(
      'list',
      (exchange) => {
        exchange.status(503, 'ServiceUnavailable');
      },
      Infinity,
    );
    server.endWatches();
    await fixture.whenPhase('stale');
    const { sinceMs, message } = fixture.reflector.state;
    expect(sinceMs).to.be.within(before, Date.now() - 20);
    expect(message).to.match(/HTTP 503 ServiceUnavailable/);
    server.heal();
    await fixture.whenSynced();
    expect(fixture.phases).to.deep.equal(['syncing', 'synced', 'stale', 'synced']);
  });
});
