import { expect } from 'chai';
import { numbersFrom, readCount, readSeed } from './campaign.ts';

describe('the command line of a campaign', () => {
  it('says how much is asked', () => {
    expect(readCount('requests', '200000')).to.equal(200_000);
    expect(readCount('server-pods', '0', 0)).to.equal(0);
  });

  for (const text of ['', ' ', '0', '-1', '1.5', 'many', 'NaN', '1e400']) {
    it(`wants a whole number, not ${JSON.stringify(text)}`, () => {
      expect(() => readCount('requests', text)).to.throw(RangeError, '--requests wants a whole number from 1 on');
    });
  }

  it('may name a seed', () => {
    expect(readSeed('0')).to.equal(0);
    expect(readSeed('')).to.be.within(0, 1_000_000_007);
    expect(() => readSeed('x')).to.throw(RangeError, '--seed');
  });

  it('numbers what is asked', () => {
    expect(numbersFrom(3, 6)).to.deep.equal([3, 4, 5]);
    expect(numbersFrom(3, 3)).to.deep.equal([]);
  });
});
