import { expect } from 'chai';
import { forEachConcurrently } from './concurrently.ts';

describe('working on many things at a time', () => {
  it('works on each once, and never on more than the limit at a time', async () => {
    const seen: number[] = [];
    let underWay = 0;
    let most = 0;

    await forEachConcurrently([1, 2, 3, 4, 5], 2, async (item) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      seen.push(item);
      underWay -= 1;
    });

    expect(seen.sort()).to.deep.equal([1, 2, 3, 4, 5]);
    expect(most).to.equal(2);
  });

  it('begins nothing new after a failure', async () => {
    const begun: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error('two');
    };

    const error = await forEachConcurrently([1, 2, 3, 4, 5, 6, 7, 8], 2, work).catch((reason: unknown) => reason);

    expect(error).to.have.property('message', 'two');
    expect(begun).to.have.length.below(6);
  });
});
