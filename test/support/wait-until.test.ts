import { expect } from 'chai';
import { WaitAborted, limitPause, waitUntil } from './wait-until.ts';

describe('waiting for a condition', () => {
  it('gives what the condition gave, once that is truthy', async () => {
    const answers = [undefined, false, 'there'];

    expect(await waitUntil(() => answers.shift(), { what: 'an answer' })).to.equal('there');
  });

  it('asks again after an error', async () => {
    let calls = 0;
    const condition = () => {
      calls += 1;
      if (calls < 3) throw new Error('not yet');
      return calls;
    };

    expect(await waitUntil(condition, { what: 'the third call' })).to.equal(3);
  });

  it('says in the end what it waited for and what came last', async () => {
    const condition = () => {
      throw new Error('connection refused');
    };

    const error = await waitUntil(condition, { what: 'an answer', timeoutMs: 20 }).catch((reason: unknown) => reason);

    expect(error).to.have.property('message', 'waited 0.02 s in vain for an answer; last: connection refused');
  });

  it('ends at once when the condition cannot come true any more', async () => {
    const condition = () => {
      throw new WaitAborted('it is dead');
    };

    const error = await waitUntil(condition, { what: 'life' }).catch((reason: unknown) => reason);

    expect(error).to.have.property('message', 'it is dead');
  });

  it('asks every 100 ms at least, and more rarely where asking is costly and takes long', () => {
    expect(limitPause(30_000, false)).to.equal(100);
    expect(limitPause(0, true)).to.equal(100);
    expect(limitPause(8000, true)).to.equal(400);
    expect(limitPause(60_000, true)).to.equal(1000);
  });
});
