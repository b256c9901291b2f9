import { expect } from 'chai';
import { ReflectorFixture } from './reflector-fixture.ts';
import type { FixtureOptions } from './reflector-fixture.ts';
import type { FaultExchange } from '../support/fault-exchange.ts';
import type { FaultServer } from '../support/fault-server.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('Reflector, reading everything', () => {
  let fixture: ReflectorFixture;
  afterEach(() => fixture.stop());

  async function start(options: FixtureOptions, prepare: (server: FaultServer) => void): Promise<FaultServer> {
    fixture = await ReflectorFixture.start(options, prepare);
    return fixture.server;
  }

  it('asks for a watch-list and goes on with the same stream', async () => {
    const server = await start({}, (each) => each.put('web'));
    await fixture.whenSynced();
    server.put('db');
    await fixture.converge();
    expect(server.requests).to.have.length(1);
    expect(server.requests[0]?.query).to.deep.equal({
      watch: '1',
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      resourceVersion: '',
      timeoutSeconds: '60',
    });
    expect(fixture.phases).to.deep.equal(['syncing', 'synced']);
  });

  it('does the same in protobuf', async () => {
    const server = await start({ speaksProtobuf: true }, (each) => each.put('web', 'häß😀'));
    await fixture.whenSynced();
    server.put('web', 'v2');
    server.put('db');
    server.remove('web');
    await fixture.converge();
    expect(server.requests).to.have.length(1);
  });

  it('says up to which version everything was told, once it was', async () => {
    const server = await start({}, (each) => each.put('web'));
    await fixture.whenSynced();
    expect(fixture.listed).to.deep.equal([{ resourceVersion: String(server.version), told: 1 }]);
    server.put('db');
    await fixture.converge();
    expect(fixture.listed).to.have.length(1);
  });

  it('takes JSON from a server that has no protobuf, and remembers', async () => {
    const server = await start({ speaksProtobuf: true }, (server) => {
      server.put('web');
      server.inject('watch-list', (exchange) => {
        exchange.status(406, 'NotAcceptable');
      });
    });
    await fixture.whenSynced();
    await fixture.whenWatched();
    server.endWatches();
    await fixture.whenRequested('watch', 1);
    expect(server.requests.map(({ sort, accept }) => `${sort} ${accept ?? ''}`)).to.deep.equal([
      'watch-list application/vnd.kubernetes.protobuf;stream=watch,application/json;q=0.9',
      'watch-list application/json',
      'watch application/json',
    ]);
  });

  it('tells nothing before everything has come', async () => {
    const server = await start({}, (each) => {
      each.put('web');
      each.inject('watch-list', (exchange) => {
        exchange.open();
        exchange.initialEvents();
      });
    });
    await fixture.whenRequested('watch-list', 1);
    await fixture.reflector.stop();
    expect(fixture.told).to.deep.equal([]);
    expect(fixture.phases).to.deep.equal(['syncing']);
    expect(server.count('list')).to.equal(0);
  });

  it('takes no other bookmark for the end of the initial events', async () => {
    const held: FaultExchange[] = [];
    const server = await start({}, (each) => {
      each.put('web');
      each.inject('watch-list', (exchange) => {
        exchange.open();
        exchange.bookmark(false);
        exchange.initialEvents();
        held.push(exchange);
      });
    });
    await waitUntil(() => fixture.reflector.counters.events === 2, { what: 'the bookmark and the object' });
    expect(fixture.reflector.state.phase).to.equal('syncing');
    held[0]?.bookmark(true);
    await fixture.whenSynced();
    expect(server.requests).to.have.length(1);
  });

  it('takes no version from initial events, which are in no order', async () => {
    const server = await start({}, (each) => {
      each.put('web');
      each.inject('watch-list', (exchange) => {
        exchange.open();
        exchange.initialEvents();
        setImmediate(() => {
          exchange.reset();
        });
      });
    });
    await fixture.whenSynced();
    expect(server.requests.map(({ sort, query }) => `${sort} "${query['resourceVersion'] ?? ''}"`)).to.deep.equal([
      'watch-list ""',
      'watch-list ""',
    ]);
  });

  it('lists where watch-list is refused with 422, and remembers', async () => {
    const server = await start({}, (each) => {
      each.put('web');
      each.inject('watch-list', (exchange) => {
        exchange.status(422, 'Invalid');
      });
    });
    await fixture.whenSynced();
    await fixture.whenWatched();
    server.compact();
    server.endWatches();
    await fixture.whenRequested('list', 2);
    await fixture.converge();
    expect(server.count('watch-list')).to.equal(1);
    expect(server.requests.filter(({ sort }) => sort === 'list').map(({ query }) => query)).to.deep.equal([
      { resourceVersion: '0', limit: '500' },
      { resourceVersion: '101' },
    ]);
  });

  const silences: readonly (readonly [what: string, answer: (exchange: FaultExchange) => void])[] = [
    [
      'the end of the initial events never comes',
      (exchange) => {
        exchange.open();
        exchange.initialEvents();
        exchange.follow();
      },
    ],
    ['a watch-list is not answered at all', () => undefined],
  ];
  for (const [what, answer] of silences) {
    it(`lists where ${what}, and remembers that after the second time`, async () => {
      const server = await start({ intervals: { initialEventsQuietMs: 20 } }, (each) => {
        each.put('web');
        each.inject('watch-list', answer, 3);
      });
      await fixture.whenSynced();
      for (const lists of [2, 3]) {
        await fixture.whenRequested('watch', lists - 1);
        server.compact();
        server.endWatches();
        await fixture.whenRequested('list', lists);
      }
      expect(server.count('watch-list')).to.equal(2);
    });
  }

  it('lists where watch-lists are cut off time after time, and asks for them again', async () => {
    const server = await start({}, (each) => {
      each.put('web');
      each.inject(
        'watch-list',
        (exchange) => {
          exchange.open();
          exchange.initialEvents();
          exchange.reset();
        },
        2,
      );
    });
    await fixture.whenSynced();
    expect([server.count('watch-list'), server.count('list')]).to.deep.equal([2, 1]);
    await fixture.whenWatched();
    server.compact();
    server.endWatches();
    await fixture.whenRequested('watch-list', 3);
  });

  it('asks for a watch-list again after one that came to nothing, once it has had one', async () => {
    const server = await start({ intervals: { initialEventsQuietMs: 200 } }, (each) => {
      each.put('web');
    });
    await fixture.whenSynced();
    for (const lists of [1, 2]) {
      server.inject('watch-list', () => undefined);
      server.compact();
      server.endWatches();
      await fixture.whenRequested('list', lists);
      await fixture.whenRequested('watch', lists);
      server.compact();
      server.endWatches();
      await fixture.whenRequested('watch-list', 2 * lists + 1);
      await fixture.whenWatched();
    }
  });

  it('lists where a watch-list ends within its initial events, and tries watch-list again next time', async () => {
    const server = await start({ intervals: { shortWatchMs: 0 } }, (each) => {
      each.put('web');
      each.inject('watch-list', (exchange) => {
        exchange.open();
        exchange.initialEvents();
        exchange.end();
      });
    });
    await fixture.whenSynced();
    await fixture.whenWatched();
    server.compact();
    server.endWatches();
    await fixture.whenRequested('watch-list', 2);
    await fixture.converge();
    expect(server.count('list')).to.equal(1);
  });

  it('lists where watch-list fails with 500', async () => {
    const server = await start({}, (each) => {
      each.put('web');
      each.inject('watch-list', (exchange) => {
        exchange.status(500, 'InternalError');
      });
    });
    await fixture.whenSynced();
    expect(server.count('list')).to.equal(1);
  });

  it('follows the pages of a list, and pages again where the server has no watch cache', async () => {
    const server = await start({}, (each) => {
      for (let index = 0; index < 1201; index += 1) each.put(`web-${index}`);
      each.inject('watch-list', (exchange) => {
        exchange.status(422, 'Invalid');
      });
      each.inject('list', (exchange) => {
        exchange.serveFrom({ ...exchange.query, resourceVersion: '' });
      });
    });
    await fixture.whenSynced();
    expect(server.count('list')).to.equal(3);
    await fixture.whenWatched();
    server.compact();
    server.endWatches();
    await fixture.whenRequested('list', 6);
    await fixture.converge();
  });

  it('starts again without pages when the token of a page has expired', async () => {
    const server = await start({}, (each) => {
      for (let index = 0; index < 600; index += 1) each.put(`web-${index}`);
      each.inject('watch-list', (exchange) => {
        exchange.status(422, 'Invalid');
      });
      each.inject('list', (exchange) => {
        exchange.serveFrom({ ...exchange.query, resourceVersion: '' });
        each.compact();
      });
    });
    await fixture.whenSynced();
    const lists = server.requests.filter(({ sort }) => sort === 'list').map(({ query }) => query);
    expect(lists).to.deep.equal([
      { resourceVersion: '0', limit: '500' },
      { continue: '500@700', limit: '500' },
      { resourceVersion: '' },
    ]);
  });

  it('reads what is there now when the last version is newer than the server', async () => {
    const server = await start({}, (each) => each.put('web'));
    await fixture.whenSynced();
    server.inject('watch-list', (exchange) => {
      exchange.status(504, 'Timeout', { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } });
    });
    server.inject('watch', (exchange) => {
      exchange.open();
      exchange.error(410, 'Expired');
      exchange.end();
    });
    server.endWatches();
    await fixture.whenRequested('watch-list', 3);
    await fixture.whenWatched();
    server.compact();
    server.endWatches();
    await fixture.whenRequested('watch-list', 4);
    const versions = server.requests.map(({ sort, query }) => `${sort} ${query['resourceVersion'] ?? ''}`);
    // With the next failure its version is good again: nothing older is to be read.
    expect(versions).to.deep.equal([
      'watch-list ',
      'watch 101',
      'watch-list 101',
      'watch-list ',
      'watch 101',
      'watch-list 101',
    ]);
  });
});
