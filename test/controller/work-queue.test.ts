import { expect } from 'chai';

import { WorkQueue } from '../../src/controller/work-queue.ts';
import type { WorkQueueOptions } from '../../src/controller/work-queue.ts';
import { FakeClock, settled } from './fake-clock.ts';

/** A queue whose work ends when the test says so, or at once. */
class Workshop {
  readonly clock = new FakeClock();
  /** What was started, and when, since the test began. */
  readonly started: string[] = [];
  readonly errors: string[] = [];
  readonly queue: WorkQueue<string>;
  readonly #open = new Map<string, (error?: Error) => void>();
  readonly #startMs = this.clock.now();
  /** Whether work ends only when `finish` is called. */
  isSlow = false;
  /** What a run asks for; 0 for the queue's own interval, undefined where it had nothing to do yet. */
  intervalMs: number | undefined = 0;
  /** How many more runs fail. */
  failures = 0;

  constructor(options: Partial<WorkQueueOptions> = {}) {
    this.queue = new WorkQueue<string>(
      {
        clock: this.clock,
        concurrency: 10,
        minIntervalMs: 250,
        firstRetryMs: 100,
        maxRetryMs: 1000,
        onError: (key, error) => {
          this.errors.push(`${key}: ${String(error)}`);
        },
        ...options,
      },
      (key) => this.#work(key),
    );
  }

  async #work(key: string): Promise<number | undefined> {
    this.started.push(`${key} at ${this.clock.now() - this.#startMs}`);
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('no luck');
    }
    if (!this.isSlow) return this.intervalMs;
    await new Promise<void>((resolve, reject) => {
      this.#open.set(key, (error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
    return this.intervalMs;
  }

  async finish(key: string, error?: Error): Promise<void> {
    const end = this.#open.get(key);
    if (end === undefined) throw new Error(`${key} is not being worked on`);
    this.#open.delete(key);
    end(error);
    await settled();
  }
}

describe('the work queue', () => {
  it('starts a key at once', () => {
    const { queue, started } = new Workshop();
    queue.add('a');
    expect(started).to.deep.equal(['a at 0']);
  });

  it('starts keys in the order in which they came', () => {
    const { queue, started } = new Workshop();
    queue.add('b');
    queue.add('a');
    queue.add('c');
    expect(started).to.deep.equal(['b at 0', 'a at 0', 'c at 0']);
  });

  it('works on as many keys at a time as it is allowed to', async () => {
    const shop = new Workshop({ concurrency: 2 });
    shop.isSlow = true;
    shop.queue.add('a');
    shop.queue.add('b');
    shop.queue.add('c');
    shop.queue.add('d');
    expect(shop.started).to.deep.equal(['a at 0', 'b at 0']);
    await shop.finish('b');
    expect(shop.started).to.deep.equal(['a at 0', 'b at 0', 'c at 0']);
    await shop.finish('a');
    await shop.finish('c');
    expect(shop.started).to.deep.equal(['a at 0', 'b at 0', 'c at 0', 'd at 0']);
  });

  it('lets keys that may wait come after the others, but for every fourth start', async () => {
    const shop = new Workshop({ concurrency: 1, mayWait: (key) => key.startsWith('status') });
    shop.isSlow = true;
    const keys = ['status-1', 'status-2', 'status-3', 'a', 'b', 'c', 'd'];
    for (const key of keys) shop.queue.add(key);
    expect(shop.queue.depth).to.equal(7);
    shop.queue.add('status-3');
    for (let count = 0; count < keys.length; count += 1) {
      await shop.finish(shop.started.at(-1)?.split(' ')[0] ?? '');
    }
    const order = shop.started.map((start) => start.split(' ')[0]);
    expect(order).to.deep.equal(['status-1', 'a', 'b', 'status-2', 'c', 'd', 'status-3']);
    await shop.queue.whenIdle();
  });

  it('takes a key once that is added while it waits for a worker', async () => {
    const shop = new Workshop({ concurrency: 1 });
    shop.isSlow = true;
    shop.queue.add('a');
    shop.queue.add('b');
    shop.queue.add('b');
    await shop.finish('a');
    await shop.finish('b');
    await shop.clock.advance(10_000);
    expect(shop.started).to.deep.equal(['a at 0', 'b at 0']);
  });

  it('takes a key once that is added while it waits for its interval', async () => {
    const shop = new Workshop();
    shop.queue.add('a');
    await shop.clock.advance(10);
    shop.queue.add('a');
    await shop.clock.advance(10);
    shop.queue.add('a');
    await shop.clock.advance(10_000);
    expect(shop.started).to.deep.equal(['a at 0', 'a at 250']);
  });

  it('works once more on a key that is added while it is worked on, and never twice at a time', async () => {
    const shop = new Workshop();
    shop.isSlow = true;
    shop.queue.add('a');
    shop.queue.add('a');
    shop.queue.add('a');
    await shop.clock.advance(1000);
    expect(shop.started).to.deep.equal(['a at 0']);
    await shop.finish('a');
    expect(shop.started).to.deep.equal(['a at 0', 'a at 1000']);
    await shop.finish('a');
    await shop.clock.advance(10_000);
    expect(shop.started).to.deep.equal(['a at 0', 'a at 1000']);
  });

  describe('keeps the interval between two runs of a key', () => {
    it('from the start of one to the start of the next', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      shop.queue.add('a');
      await shop.clock.advance(100);
      await shop.finish('a');
      shop.queue.add('a');
      await shop.clock.advance(149);
      expect(shop.started).to.deep.equal(['a at 0']);
      await shop.clock.advance(1);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 250']);
    });

    it('also where the key was added while it ran', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      shop.queue.add('a');
      shop.queue.add('a');
      await shop.clock.advance(100);
      await shop.finish('a');
      await shop.clock.advance(149);
      expect(shop.started).to.deep.equal(['a at 0']);
      await shop.clock.advance(1);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 250']);
    });

    it('and waits no longer once it is over', async () => {
      const shop = new Workshop();
      shop.queue.add('a');
      await shop.clock.advance(250);
      shop.queue.add('a');
      expect(shop.started).to.deep.equal(['a at 0', 'a at 250']);
    });

    it('or as long as its last run asked for, where that is longer', async () => {
      const shop = new Workshop();
      shop.intervalMs = 1000;
      shop.queue.add('a');
      await settled();
      shop.queue.add('a');
      await shop.clock.advance(999);
      expect(shop.started).to.deep.equal(['a at 0']);
      await shop.clock.advance(1);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 1000']);
    });

    it('and no shorter, where its last run asked for less', async () => {
      const shop = new Workshop();
      shop.intervalMs = 100;
      shop.queue.add('a');
      await settled();
      shop.queue.add('a');
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 250']);
    });

    it('and none where it was too early', async () => {
      const shop = new Workshop();
      shop.intervalMs = undefined;
      shop.queue.add('a');
      await shop.clock.advance(1);
      shop.queue.add('a');
      await settled();
      expect(shop.started).to.deep.equal(['a at 0', 'a at 1']);
    });

    it('and remembers nothing of a key that was forgotten while it ran', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      shop.queue.add('a');
      shop.queue.forget('a');
      await shop.finish('a');
      shop.queue.add('a');
      expect(shop.started).to.deep.equal(['a at 0', 'a at 0']);
    });

    it('and holds no other key up', async () => {
      const shop = new Workshop();
      shop.queue.add('a');
      await settled();
      shop.queue.add('a');
      shop.queue.add('b');
      expect(shop.started).to.deep.equal(['a at 0', 'b at 0']);
    });

    it('unless the key was forgotten', async () => {
      const shop = new Workshop();
      shop.queue.add('a');
      await settled();
      shop.queue.forget('a');
      shop.queue.add('a');
      expect(shop.started).to.deep.equal(['a at 0', 'a at 0']);
    });
  });

  describe('tries a key again that failed', () => {
    it('after a time that doubles, up to the longest', async () => {
      const shop = new Workshop({ minIntervalMs: 0 });
      shop.failures = 6;
      shop.queue.add('a');
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal([
        'a at 0',
        'a at 100',
        'a at 300',
        'a at 700',
        'a at 1500',
        'a at 2500',
        'a at 3500',
      ]);
      expect(shop.errors).to.have.length(6);
      expect(shop.errors[0]).to.equal('a: Error: no luck');
    });

    it('from the shortest time again, once it succeeded', async () => {
      const shop = new Workshop({ minIntervalMs: 0 });
      shop.failures = 2;
      shop.queue.add('a');
      await shop.clock.advance(1000);
      shop.failures = 1;
      shop.queue.add('a');
      await shop.clock.advance(1000);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 100', 'a at 300', 'a at 1000', 'a at 1100']);
    });

    it('from the shortest time again, once it was forgotten', async () => {
      const shop = new Workshop({ minIntervalMs: 0 });
      shop.failures = 3;
      shop.queue.add('a');
      await shop.clock.advance(150);
      shop.queue.forget('a');
      await shop.clock.advance(1000);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 100', 'a at 300', 'a at 400']);
    });

    it('without holding others up', async () => {
      const shop = new Workshop({ concurrency: 1 });
      shop.failures = 1;
      shop.queue.add('a');
      shop.queue.add('b');
      await settled();
      expect(shop.started).to.deep.equal(['a at 0', 'b at 0']);
    });

    it('earlier, where it is added meanwhile and its interval is over', async () => {
      const shop = new Workshop({ firstRetryMs: 1000 });
      shop.failures = 1;
      shop.queue.add('a');
      await shop.clock.advance(300);
      shop.queue.add('a');
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 300']);
    });

    it('after its interval, where it was added while it failed', async () => {
      const shop = new Workshop({ firstRetryMs: 1000 });
      shop.isSlow = true;
      shop.queue.add('a');
      shop.queue.add('a');
      await shop.finish('a', new Error('no luck'));
      shop.isSlow = false;
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 250']);
    });

    it('also where the work throws before it begins', async () => {
      const clock = new FakeClock();
      const errors: unknown[] = [];
      const queue = new WorkQueue<string>(
        {
          clock,
          concurrency: 1,
          minIntervalMs: 0,
          firstRetryMs: 100,
          maxRetryMs: 100,
          onError: (_key, error) => errors.push(error),
        },
        () => {
          throw new Error('at once');
        },
      );
      queue.add('a');
      await clock.advance(150);
      expect(errors).to.have.length(2);
      await queue.stop();
    });
  });

  describe('takes a key later', () => {
    it('after the time that was asked for', async () => {
      const shop = new Workshop();
      shop.queue.addAfter('a', 500);
      await shop.clock.advance(499);
      expect(shop.started).to.deep.equal([]);
      await shop.clock.advance(1);
      expect(shop.started).to.deep.equal(['a at 500']);
    });

    it('at the earlier of two times, in whatever order they were asked for', async () => {
      const shop = new Workshop();
      shop.queue.addAfter('a', 500);
      shop.queue.addAfter('a', 200);
      shop.queue.addAfter('b', 200);
      shop.queue.addAfter('b', 500);
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 200', 'b at 200']);
    });

    it('at once, where it is added meanwhile', async () => {
      const shop = new Workshop();
      shop.queue.addAfter('a', 500);
      shop.queue.add('a');
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0']);
    });

    it('where it was asked for while the key was worked on', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      shop.queue.add('a');
      shop.queue.addAfter('a', 500);
      await shop.finish('a');
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 500']);
    });

    it('once, where it waits for a worker anyway', async () => {
      const shop = new Workshop({ concurrency: 1 });
      shop.isSlow = true;
      shop.queue.add('a');
      shop.queue.add('b');
      shop.queue.addAfter('b', 500);
      await shop.finish('a');
      await shop.finish('b');
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0', 'b at 0']);
    });

    it('once, where it is to be worked on once more anyway', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      shop.queue.add('a');
      shop.queue.add('a');
      shop.queue.addAfter('a', 500);
      await shop.finish('a');
      await shop.clock.advance(250);
      await shop.finish('a');
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 250']);
    });

    it('also where it was taken at once the last time that this was asked for', async () => {
      const shop = new Workshop();
      shop.queue.addAfter('a', 500);
      shop.queue.add('a');
      await settled();
      shop.queue.addAfter('a', 1000);
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 1000']);
    });

    it('and after the work, where that takes longer', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      shop.queue.add('a');
      shop.queue.addAfter('a', 500);
      await shop.clock.advance(800);
      expect(shop.started).to.deep.equal(['a at 0']);
      await shop.finish('a');
      expect(shop.started).to.deep.equal(['a at 0', 'a at 800']);
    });
  });

  describe('is idle', () => {
    it('from the beginning', async () => {
      const { queue } = new Workshop();
      expect(queue.depth).to.equal(0);
      await queue.whenIdle();
    });

    it('not while a key is worked on, waits or is to be tried again', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      let isIdle = false;
      shop.queue.add('a');
      void shop.queue.whenIdle().then(() => {
        isIdle = true;
      });
      expect(shop.queue.depth).to.equal(1);
      await shop.finish('a', new Error('no luck'));
      expect(isIdle).to.equal(false);
      await shop.clock.advance(250);
      shop.queue.add('a');
      await shop.finish('a');
      expect(isIdle).to.equal(false);
      await shop.clock.advance(250);
      await shop.finish('a');
      expect(isIdle).to.equal(true);
      expect(shop.queue.depth).to.equal(0);
    });

    it('although a key is to be looked at again later', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      let isIdle = false;
      shop.queue.add('a');
      void shop.queue.whenIdle().then(() => {
        isIdle = true;
      });
      shop.queue.addAfter('a', 500);
      await shop.finish('a');
      expect(isIdle).to.equal(true);
      await shop.clock.advance(500);
      expect(shop.started).to.deep.equal(['a at 0', 'a at 500']);
    });

    it('not before a key was added, also where that was to be looked at later', async () => {
      const shop = new Workshop();
      shop.queue.add('a');
      await settled();
      let isIdle = false;
      shop.queue.addAfter('a', 200);
      shop.queue.add('a');
      void shop.queue.whenIdle().then(() => {
        isIdle = true;
      });
      await shop.clock.advance(199);
      expect(isIdle).to.equal(false);
      await shop.clock.advance(1);
      expect(isIdle).to.equal(true);
    });

    it('not before what failed was tried again, also where that was to be looked at earlier', async () => {
      const shop = new Workshop({ firstRetryMs: 1000 });
      shop.failures = 1;
      let isIdle = false;
      shop.queue.add('a');
      void shop.queue.whenIdle().then(() => {
        isIdle = true;
      });
      await settled();
      shop.queue.addAfter('a', 500);
      shop.queue.add('b');
      await settled();
      expect(isIdle).to.equal(false);
      await shop.clock.advance(500);
      expect(shop.started).to.deep.equal(['a at 0', 'b at 0', 'a at 500']);
      expect(isIdle).to.equal(true);
    });
  });

  it('knows how many keys it has', async () => {
    const shop = new Workshop({ concurrency: 1 });
    shop.isSlow = true;
    shop.queue.add('a');
    shop.queue.add('b');
    shop.queue.addAfter('c', 500);
    shop.queue.addAfter('d', 500);
    expect(shop.queue.depth).to.equal(4);
    await shop.finish('a');
    expect(shop.queue.depth).to.equal(3);
  });

  describe('stops', () => {
    it('when what is being worked on is done, and starts nothing more', async () => {
      const shop = new Workshop({ concurrency: 1 });
      shop.isSlow = true;
      let isStopped = false;
      shop.queue.add('a');
      shop.queue.add('a');
      shop.queue.add('b');
      shop.queue.addAfter('c', 500);
      void shop.queue.stop().then(() => {
        isStopped = true;
      });
      shop.queue.add('d');
      shop.queue.addAfter('e', 1);
      await settled();
      expect(isStopped).to.equal(false);
      await shop.finish('a');
      expect(isStopped).to.equal(true);
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0']);
      expect(shop.clock.timers).to.equal(0);
    });

    it('without trying again what fails meanwhile', async () => {
      const shop = new Workshop();
      shop.isSlow = true;
      shop.queue.add('a');
      const stopped = shop.queue.stop();
      await shop.finish('a', new Error('no luck'));
      await stopped;
      await shop.clock.advance(10_000);
      expect(shop.started).to.deep.equal(['a at 0']);
      expect(shop.errors).to.deep.equal(['a: Error: no luck']);
    });

    it('at once, where nothing is worked on', async () => {
      const shop = new Workshop();
      shop.queue.addAfter('a', 500);
      await shop.queue.stop();
      expect(shop.clock.timers).to.equal(0);
    });
  });
});
