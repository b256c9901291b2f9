import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { expect } from 'chai';

import { Interner } from '../../src/controller/interner.ts';
import { settled } from './fake-clock.ts';

describe('the interner', () => {
  it('gives the first of equal objects', () => {
    const interner = new Interner();
    const first = interner.intern({ image: 'web:1', args: ['a'] });
    expect(interner.intern({ image: 'web:1', args: ['a'] })).to.equal(first);
    expect(interner.size).to.equal(1);
  });

  it('gives what it holds for a key', () => {
    const interner = new Interner();
    const held = interner.intern({ image: 'web:1' }, 'a key');
    expect(interner.get('a key')).to.equal(held);
    expect(interner.get('another key')).to.equal(undefined);
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

  it('forgets what nobody holds any more, and nothing else', async () => {
    const interner = new Interner();
    const held = interner.intern({ image: 'web:1' });
    interner.intern({ image: 'web:2' });
    await collectGarbage(() => interner.size === 1);
    expect(interner.size).to.equal(1);
    expect(interner.intern({ image: 'web:1' })).to.equal(held);
  });

  it('remembers what is given again after it was forgotten', async () => {
    const interner = new Interner();
    interner.intern({ image: 'web:1' });
    await collectGarbage(() => interner.size === 0);
    const again = interner.intern({ image: 'web:1' });
    await collectGarbage(() => false);
    expect(interner.intern({ image: 'web:1' })).to.equal(again);
  });
});

/** Collects until the test is content, a few times at most: when the collector reports is its own affair. */
async function collectGarbage(isDone: () => boolean): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let turn = 0; turn < 10 && !isDone(); turn += 1) {
    await settled();
    collect();
    await settled();
  }
}
