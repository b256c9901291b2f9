import { expect } from 'chai';

import { Interner } from '../../src/controller/interner.ts';

describe('the interner', () => {
  it('gives the first of equal objects', () => {
    const interner = new Interner();
    const first = interner.intern({ image: 'web:1', args: ['a'] });
    expect(interner.intern({ image: 'web:1', args: ['a'] })).to.equal(first);
    expect(interner.size).to.equal(1);
  });

  it('keeps apart what differs, in order too', () => {
    const interner = new Interner();
    const first = interner.intern({ args: ['a', 'b'] });
    expect(interner.intern({ args: ['b', 'a'] })).not.to.equal(first);
    expect(interner.size).to.equal(2);
  });

  it('keeps apart what has another key, although it says the same', () => {
    const interner = new Interner();
    const first = interner.intern({ image: 'web:1' });
    expect(interner.intern({ image: 'web:1' }, 'another key')).not.to.equal(first);
  });
});
