import { expect } from 'chai';
import { ConnectionSilent, SilenceGuard } from '../../src/kube/silence-guard.ts';
import { FakeClock } from '../controller/fake-clock.ts';

describe('SilenceGuard', () => {
  let clock: FakeClock;
  let stop: AbortController;
  beforeEach(() => {
    clock = new FakeClock();
    stop = new AbortController();
  });

  it('aborts when nothing has arrived for too long', async () => {
    const guard = new SilenceGuard('watch pods', clock, 150_000, stop.signal);
    await clock.advance(149_999);
    expect(guard.signal.aborted).to.equal(false);
    await clock.advance(1);
    expect(guard.signal.aborted).to.equal(true);
    expect(guard.silent).to.be.instanceOf(ConnectionSilent);
    expect(guard.silent?.message).to.equal('watch pods: nothing arrived for 150 s');
  });

  it('counts from the last thing that arrived', async () => {
    const guard = new SilenceGuard('watch pods', clock, 150_000, stop.signal);
    await clock.advance(100_000);
    guard.touch();
    await clock.advance(149_999);
    expect(guard.signal.aborted).to.equal(false);
    await clock.advance(1);
    expect(guard.signal.aborted).to.equal(true);
  });

  it('takes another limit from the last thing that arrived on', async () => {
    const guard = new SilenceGuard('watch pods', clock, 30_000, stop.signal);
    await clock.advance(20_000);
    guard.touch();
    guard.limit(150_000);
    await clock.advance(149_999);
    expect(guard.signal.aborted).to.equal(false);
    await clock.advance(1);
    expect(guard.signal.aborted).to.equal(true);
  });

  it('aborts with the caller, and is not to blame then', () => {
    const guard = new SilenceGuard('watch pods', clock, 150_000, stop.signal);
    stop.abort();
    expect(guard.signal.aborted).to.equal(true);
    expect(guard.silent).to.equal(undefined);
  });

  it('leaves no timer behind', () => {
    const guard = new SilenceGuard('watch pods', clock, 150_000, stop.signal);
    guard.limit(1_000);
    guard.end();
    expect(clock.timers).to.equal(0);
  });

  it('waits for nothing any more once it has aborted, or is ended', async () => {
    const silent = new SilenceGuard('watch pods', clock, 10, stop.signal);
    const ended = new SilenceGuard('watch pods', clock, 20, stop.signal);
    await clock.advance(10);
    ended.end();
    for (const guard of [silent, ended]) {
      guard.touch();
      guard.limit(30);
    }
    expect(clock.timers).to.equal(0);
    expect(ended.signal.aborted).to.equal(false);
  });
});
