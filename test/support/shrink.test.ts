import { expect } from 'chai';
import { shrink } from './shrink.ts';

describe('shrinking', () => {
  it('leaves only what keeps a thing true', async () => {
    const json = { a: [1, { b: 2, c: [3, 4] }, 5], d: { e: 6 }, f: 'g' };
    const smallest = await shrink(json, async (smaller) => Promise.resolve(JSON.stringify(smaller).includes('4')));
    expect(JSON.stringify(smallest)).to.equal('{"a":[{"c":[4]}]}');
  });

  it('leaves a thing of which every part matters as it is', async () => {
    const json = { a: [1], b: null };
    expect(await shrink(json, () => Promise.resolve(false))).to.deep.equal(json);
  });
});
