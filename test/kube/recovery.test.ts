import { expect } from 'chai';
import { buildApiStatus } from '../../src/kube/api-status.ts';
import { ProtocolError } from '../../src/kube/protocol-error.ts';
import { Recovery } from '../../src/kube/recovery.ts';
import type { NextAttempt } from '../../src/kube/recovery.ts';
import { defaultIntervals } from '../../src/kube/reflector-state.ts';
import { ConnectionReset, StatusError } from '../../src/kube/request-error.ts';
import { WatchError } from '../../src/kube/watch-failure.ts';
import { FakeClock } from '../controller/fake-clock.ts';

interface Row {
  readonly name: string;
  readonly error: Error;
  readonly gives: NextAttempt;
}

const rows: readonly Row[] = [
  {
    name: 'a connection that broke',
    error: new ConnectionReset('watch', 'broke'),
    gives: { failure: 'connection', delayMs: 800, mustRead: false },
  },
  { name: '403', error: status(403), gives: { failure: 'forbidden', delayMs: 30_000, mustRead: false } },
  { name: '404', error: status(404), gives: { failure: 'absent', delayMs: 300_000, mustRead: true } },
  { name: '410', error: status(410), gives: { failure: 'version', delayMs: 800, mustRead: true } },
  {
    name: '410 within the stream',
    error: new WatchError('pods', buildApiStatus({ code: 410 })),
    gives: { failure: 'version', delayMs: 800, mustRead: true },
  },
  { name: '401', error: status(401), gives: { failure: 'unavailable', delayMs: 800, mustRead: false } },
  { name: '429', error: status(429), gives: { failure: 'unavailable', delayMs: 800, mustRead: false } },
  {
    name: '429 with a wait',
    error: status(429, 7),
    gives: { failure: 'unavailable', delayMs: 7_000, mustRead: false },
  },
  { name: '503', error: status(503), gives: { failure: 'unavailable', delayMs: 800, mustRead: false } },
  {
    name: '500 within the stream',
    error: new WatchError('pods', buildApiStatus({ code: 500 })),
    gives: { failure: 'other', delayMs: 800, mustRead: false },
  },
  { name: 'garbage', error: new ProtocolError('garbage'), gives: { failure: 'other', delayMs: 800, mustRead: false } },
];

describe('Recovery', () => {
  let recovery: Recovery;
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
    recovery = new Recovery(defaultIntervals, clock, () => 0);
  });

  for (const { name, error, gives } of rows) {
    it(`goes on after ${name}`, () => {
      expect(recovery.planAfter(error, false)).to.deep.equal(gives);
    });
  }

  it('opens a connection again at once that brought something', () => {
    expect(recovery.planAfter(new ConnectionReset('watch', 'broke'), true).delayMs).to.equal(0);
  });

  for (const code of [403, 404]) {
    it(`does not take ${code} for an answer while the API server may be starting`, async () => {
      const broken = new ConnectionReset('watch', 'broke');
      recovery.planAfter(broken, true);
      await clock.advance(4_000);
      recovery.planAfter(broken, false);
      await clock.advance(9_999);
      const soon = { failure: 'unavailable', delayMs: 800, mustRead: false };
      expect(Array.from({ length: 12 }, () => recovery.planAfter(status(code), false))).to.deep.equal(
        Array.from({ length: 12 }, () => soon),
      );
      await clock.advance(1);
      expect(recovery.planAfter(status(code), false).failure).to.equal(code === 403 ? 'forbidden' : 'absent');
    });
  }

  it('asks again soon where nobody answers, and less and less where somebody refuses', () => {
    const delays = (error: Error): readonly number[] =>
      Array.from({ length: 7 }, () => recovery.planAfter(error, false).delayMs);
    expect(delays(new ConnectionReset('watch', 'broke'))).to.deep.equal([800, 1600, 3200, 5000, 5000, 5000, 5000]);
    expect(delays(status(503))).to.deep.equal([800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
  });

  it('reads everything again after three useless answers in a row', () => {
    const useless = (): boolean => recovery.planAfter(new ProtocolError('garbage'), false).mustRead;
    expect([useless(), useless(), useless()]).to.deep.equal([false, false, true]);
  });

  it('counts from the last success', () => {
    const useless = (): boolean => recovery.planAfter(new ProtocolError('garbage'), false).mustRead;
    useless();
    useless();
    recovery.succeeded();
    expect([useless(), useless(), useless()]).to.deep.equal([false, false, true]);
  });

  it('does not read everything again for a server that was away for a while', () => {
    const plans = Array.from({ length: 10 }, () => recovery.planAfter(status(503), false).mustRead);
    expect(plans.slice(0, 9)).to.not.include(true);
    expect(plans[9]).to.equal(true);
    const broken = Array.from({ length: 50 }, () => recovery.planAfter(new ConnectionReset('w', 'b'), false).mustRead);
    expect(broken).to.not.include(true);
  });
});

function status(code: number, retryAfterSeconds = 0): StatusError {
  return new StatusError('watch', buildApiStatus({ code, details: { retryAfterSeconds } }));
}
