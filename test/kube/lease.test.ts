import { expect } from 'chai';
import { LeaderElector } from '../../src/kube/lease.ts';
import type { LeaseRecord } from '../../src/kube/lease-record.ts';
import type { LeaseStore, StoredLease } from '../../src/kube/lease-store.ts';
import { FakeClock, settled } from '../controller/fake-clock.ts';
import { silentLog } from './reflector-fixture.ts';

/** One Lease in memory, with versions as the API server has them. */
class FakeLeaseStore implements LeaseStore {
  readonly name = 'merlon/merlon';
  stored: StoredLease | undefined;
  /** What each call does before anything else. */
  fault: (() => Promise<void>) | undefined;
  reads = 0;
  writes = 0;
  /** Of each replacement. */
  readonly signals: AbortSignal[] = [];

  async read(): Promise<StoredLease | undefined> {
    this.reads += 1;
    await this.fault?.();
    return this.stored;
  }

  async create(record: LeaseRecord): Promise<StoredLease> {
    await this.fault?.();
    if (this.stored !== undefined) throw new Error('409: it exists');
    return this.#store(record, '1');
  }

  async replace(before: StoredLease, record: LeaseRecord, signal: AbortSignal): Promise<StoredLease> {
    this.signals.push(signal);
    await this.fault?.();
    if (this.stored?.version !== before.version) throw new Error('409: it has changed');
    return this.#store(record, String(Number(before.version) + 1));
  }

  #store(record: LeaseRecord, version: string): StoredLease {
    this.writes += 1;
    this.stored = { record, version, object: {} };
    return this.stored;
  }
}

/** A clock that can go on without its timers, as for a process that is suspended. */
class LeapingClock extends FakeClock {
  #leaptMs = 0;

  leap(ms: number): void {
    this.#leaptMs += ms;
  }

  override now(): number {
    return super.now() + this.#leaptMs;
  }
}

describe('LeaderElector', () => {
  let clock: LeapingClock;
  let store: FakeLeaseStore;
  let told: string[];
  let electors: LeaderElector[];

  beforeEach(() => {
    clock = new LeapingClock();
    store = new FakeLeaseStore();
    told = [];
    electors = [];
  });
  afterEach(async () => {
    store.fault = undefined;
    await Promise.all(electors.map((elector) => elector.stop()));
  });

  async function start(identity: string): Promise<LeaderElector> {
    const elector = new LeaderElector({
      store,
      identity,
      clock,
      random: () => 0,
      log: silentLog,
      onElected: () => told.push(`${identity} elected`),
      onLost: (reason) => told.push(`${identity} lost: ${reason}`),
    });
    electors.push(elector);
    elector.start();
    await settled();
    return elector;
  }

  it('is elected at once when nobody else is there', async () => {
    const a = await start('a');
    expect(told).to.deep.equal(['a elected']);
    expect(a.isLeading).to.equal(true);
    expect(store.stored?.record).to.deep.include({ holder: 'a', durationMs: 15_000, transitions: 0 });
  });

  it('renews every 2 s as long as it runs, with one write each and no read', async () => {
    await start('a');
    await clock.advance(60_000);
    expect(store.writes).to.equal(31);
    expect(store.reads).to.equal(1);
    expect(store.stored?.record.renewedAtMs).to.equal(clock.wallTimeMs());
    expect(told).to.deep.equal(['a elected']);
  });

  it('waits while another holds the Lease', async () => {
    await start('a');
    const b = await start('b');
    await clock.advance(60_000);
    expect(b.phase).to.equal('waiting');
    expect(b.holder).to.equal('a');
    expect(told).to.deep.equal(['a elected']);
  });

  it('takes over from a holder that is silent for the time of the Lease, not earlier', async () => {
    store.stored = { record: record({ holder: 'dead' }), version: '7', object: {} };
    const b = await start('b');
    await clock.advance(14_000);
    expect(b.isLeading).to.equal(false);
    await clock.advance(2_000);
    expect(told).to.deep.equal(['b elected']);
    expect(store.stored.record.transitions).to.equal(1);
  });

  it('takes over soon after the holder has stopped', async () => {
    const a = await start('a');
    await start('b');
    await a.stop();
    expect(store.stored?.record.holder).to.equal('');
    await clock.advance(2_000);
    expect(told).to.deep.equal(['a elected', 'b elected']);
  });

  it('is lost, once, when it could not renew for 10 s, and before others may take over', async () => {
    const a = await start('a');
    store.fault = () => Promise.reject(new Error('connection refused'));
    await clock.advance(9_000);
    expect(a.isLeading).to.equal(true);
    await clock.advance(1_000);
    expect(a.isLeading).to.equal(false);
    await clock.advance(4_000);
    expect(told).to.deep.equal([
      'a elected',
      'a lost: Lease "merlon/merlon" could not be renewed for 10 s (connection refused)',
    ]);
  });

  it('counts a renewal from when it was sent', async () => {
    const a = await start('a');
    await clock.advance(1_000);
    // Each answer takes 4 s.
    store.fault = () => new Promise((resolve) => clock.setTimeout(resolve, 4_000));
    await clock.advance(5_500);
    store.fault = () => Promise.reject(new Error('cut off'));
    // Sent at 2 s, answered at 6 s: it holds until 12 s.
    await clock.advance(5_000);
    expect(a.isLeading).to.equal(true);
    await clock.advance(600);
    expect(a.isLeading).to.equal(false);
  });

  it('goes on when a renewal fails and the next one succeeds', async () => {
    const a = await start('a');
    store.fault = () => Promise.reject(new Error('503'));
    await clock.advance(6_000);
    expect(a.problem).to.equal('503');
    store.fault = undefined;
    await clock.advance(20_000);
    expect(a.isLeading).to.equal(true);
    expect(told).to.deep.equal(['a elected']);
  });

  it('is lost at once when another holds the Lease', async () => {
    await start('a');
    store.stored = { record: record({ holder: 'thief' }), version: '70', object: {} };
    await clock.advance(4_000);
    expect(told).to.deep.equal(['a elected', 'a lost: "thief" holds Lease "merlon/merlon" now']);
  });

  it('holds on when somebody else changed the Lease but not its holder', async () => {
    await start('a');
    if (store.stored !== undefined) store.stored = { ...store.stored, version: '70' };
    await clock.advance(6_000);
    expect(told).to.deep.equal(['a elected']);
  });

  it('makes the Lease anew when somebody deleted it', async () => {
    const a = await start('a');
    store.stored = undefined;
    await clock.advance(6_000);
    expect(a.isLeading).to.equal(true);
    expect(store.stored).to.not.equal(undefined);
  });

  it('may not write after it stood still for long, until it has renewed', async () => {
    const a = await start('a');
    clock.leap(12_000);
    expect(a.isLeading).to.equal(false);
    await clock.advance(2_000);
    expect(a.isLeading).to.equal(true);
    expect(told).to.deep.equal(['a elected']);
  });

  it('is lost when it stood still and another took over meanwhile', async () => {
    const a = await start('a');
    store.stored = { record: record({ holder: 'b' }), version: '70', object: {} };
    clock.leap(30_000);
    await clock.advance(2_000);
    expect(a.phase).to.equal('lost');
  });

  it('gives up a call that takes 5 s, so that there is time for another', async () => {
    await start('a');
    store.fault = () => new Promise(() => undefined);
    await clock.advance(7_000);
    expect(store.signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
    store.fault = undefined;
  });

  it('is elected never when stopped before', async () => {
    store.fault = () => new Promise((resolve) => clock.setTimeout(resolve, 1_000));
    const a = await start('a');
    const stopped = a.stop();
    await clock.advance(10_000);
    await stopped;
    expect(told).to.deep.equal([]);
    expect(store.stored?.record.holder ?? '').to.equal('');
  });

  it('does not release what another holds', async () => {
    const a = await start('a');
    store.stored = { record: record({ holder: 'b' }), version: '70', object: {} };
    await a.stop();
    expect(store.stored.record.holder).to.equal('b');
  });

  it('refuses intervals with which two could hold the Lease', () => {
    const intervals = { durationMs: 10_000, renewDeadlineMs: 10_000, retryMs: 2_000 };
    const build = (): LeaderElector =>
      new LeaderElector({
        store,
        identity: 'a',
        clock,
        random: () => 0,
        log: silentLog,
        intervals,
        onElected: () => undefined,
        onLost: () => undefined,
      });
    expect(build).to.throw(RangeError);
  });
});

function record(fields: Partial<LeaseRecord>): LeaseRecord {
  return { holder: '', durationMs: 15_000, acquiredAtMs: 0, renewedAtMs: 0, transitions: 0, ...fields };
}
