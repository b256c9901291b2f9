import { expect } from 'chai';
import { median, percentile, roundTo } from './statistics.ts';

describe('statistics', () => {
  it('takes the value in the middle, or the mean of the two there', () => {
    expect(median([3, 1, 2])).to.equal(2);
    expect(median([10, 2])).to.equal(6);
    expect(median([7])).to.equal(7);
    expect(() => median([])).to.throw(RangeError, 'no median of nothing');
  });

  it('takes a percentile that occurred', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);

    expect(percentile(values, 50)).to.equal(50);
    expect(percentile(values, 99)).to.equal(99);
    expect(percentile([4], 99)).to.equal(4);
    expect(() => percentile([], 50)).to.throw(RangeError, 'no percentile of nothing');
  });

  it('rounds to digits', () => {
    expect(roundTo(2, 1.005001)).to.equal(1.01);
    expect(roundTo(0, 1.4)).to.equal(1);
  });
});
