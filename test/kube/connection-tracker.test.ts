import { expect } from 'chai';
import { ConnectionTracker } from '../../src/kube/connection-tracker.ts';
import { FakeClock } from '../controller/fake-clock.ts';

describe('ConnectionTracker', () => {
  let clock: FakeClock;
  let told: string[];
  let tracker: ConnectionTracker;
  let startMs: number;

  beforeEach(() => {
    clock = new FakeClock();
    told = [];
    startMs = clock.wallTimeMs();
    tracker = new ConnectionTracker(clock, 30_000, ({ phase, sinceMs, message }) => {
      told.push(`${phase} ${sinceMs - startMs} ${message}`.trim());
    });
  });

  it('is initial until the first attempt', () => {
    expect(tracker.state).to.deep.equal({ phase: 'initial', sinceMs: startMs, message: '' });
    tracker.started();
    expect(told).to.deep.equal(['syncing 0']);
  });

  it('tells nothing of a watch that is opened again soon', async () => {
    tracker.connected();
    await clock.advance(1_000);
    tracker.lost('ended');
    await clock.advance(29_999);
    tracker.connected();
    await clock.advance(60_000);
    expect(told).to.deep.equal(['synced 0']);
    expect(clock.timers).to.equal(0);
  });

  it('is stale since the connection was lost first, with the last reason', async () => {
    tracker.connected();
    await clock.advance(5_000);
    tracker.lost('ended');
    await clock.advance(10_000);
    tracker.failed('refused');
    await clock.advance(20_000);
    expect(told).to.deep.equal(['synced 0', 'stale 5000 refused']);
    tracker.connected();
    expect(told.at(-1)).to.equal('synced 35000');
  });

  it('is unreachable as soon as the first attempt has failed, since then', async () => {
    tracker.started();
    tracker.failed('refused');
    await clock.advance(1_000);
    tracker.failed('refused');
    tracker.failed('no route');
    expect(told).to.deep.equal(['syncing 0', 'unreachable 0 refused', 'unreachable 0 no route']);
  });

  it('stays forbidden when it cannot ask again', async () => {
    tracker.connected();
    tracker.refused('forbidden', '403');
    tracker.failed('refused');
    await clock.advance(60_000);
    expect(told).to.deep.equal(['synced 0', 'forbidden 0 403']);
  });

  it('says absent in place of stale when it learns that', async () => {
    tracker.connected();
    tracker.lost('ended');
    tracker.refused('absent', '404');
    await clock.advance(60_000);
    expect(told).to.deep.equal(['synced 0', 'absent 0 404']);
  });

  it('leaves no timer behind', () => {
    tracker.connected();
    tracker.lost('ended');
    tracker.end();
    expect(clock.timers).to.equal(0);
  });
});
