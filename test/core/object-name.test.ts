import { expect } from 'chai';

import { isObjectName } from '../../src/core/object-name.ts';

describe('the name of an object', () => {
  it('is made of lower-case labels with dots between them', () => {
    for (const name of ['a', '0', 'web-1', 'a.b.c', 'a'.repeat(253)]) expect(isObjectName(name), name).to.equal(true);
    for (const name of ['', 'A', 'a_b', '-a', 'a-', 'a..b', '.a', 'a.', 'a b', 'a\n', 'a'.repeat(254)]) {
      expect(isObjectName(name), name).to.equal(false);
    }
  });

  it('may have to be shorter', () => {
    expect([isObjectName('a'.repeat(63), 63), isObjectName('a'.repeat(64), 63)]).to.deep.equal([true, false]);
  });
});
