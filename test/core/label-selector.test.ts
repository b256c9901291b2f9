import { expect } from 'chai';

import { matchesSelector, selectorProblem } from '../../src/core/label-selector.ts';

describe('a label selector matches as the API server matches', () => {
  it('everything, where it is empty', () => {
    expect(matchesSelector({}, {})).to.equal(true);
  });

  it('a label with that value', () => {
    expect(matchesSelector({ matchLabels: { team: 'shop' } }, { team: 'shop', env: 'prod' })).to.equal(true);
  });

  it('no label with another value', () => {
    expect(matchesSelector({ matchLabels: { team: 'shop' } }, { team: 'shops' })).to.equal(false);
  });

  it('no absent label, not even by the empty value', () => {
    expect(matchesSelector({ matchLabels: { team: '' } }, {})).to.equal(false);
  });

  it('a label with the empty value', () => {
    expect(matchesSelector({ matchLabels: { team: '' } }, { team: '' })).to.equal(true);
  });

  it('only where all of its parts match', () => {
    expect(
      matchesSelector(
        { matchLabels: { team: 'shop' }, matchExpressions: [{ key: 'env', operator: 'In', values: ['prod'] }] },
        { team: 'shop', env: 'test' },
      ),
    ).to.equal(false);
  });

  it('In: one of the values', () => {
    expect(
      matchesSelector(
        { matchExpressions: [{ key: 'env', operator: 'In', values: ['prod', 'test'] }] },
        { env: 'test' },
      ),
    ).to.equal(true);
  });

  it('In: no other value', () => {
    expect(
      matchesSelector({ matchExpressions: [{ key: 'env', operator: 'In', values: ['prod'] }] }, { env: 'test' }),
    ).to.equal(false);
  });

  it('In: no absent key, not even by the empty value', () => {
    expect(matchesSelector({ matchExpressions: [{ key: 'env', operator: 'In', values: [''] }] }, {})).to.equal(false);
  });

  it('NotIn: another value', () => {
    expect(
      matchesSelector({ matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['prod'] }] }, { env: 'test' }),
    ).to.equal(true);
  });

  it('NotIn: none of the values', () => {
    expect(
      matchesSelector({ matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['prod'] }] }, { env: 'prod' }),
    ).to.equal(false);
  });

  it('NotIn: an absent key, also by the empty value', () => {
    expect(matchesSelector({ matchExpressions: [{ key: 'env', operator: 'NotIn', values: [''] }] }, {})).to.equal(true);
  });

  it('Exists: the key, whatever its value', () => {
    expect(matchesSelector({ matchExpressions: [{ key: 'env', operator: 'Exists' }] }, { env: '' })).to.equal(true);
  });

  it('Exists: no absent key', () => {
    expect(matchesSelector({ matchExpressions: [{ key: 'env', operator: 'Exists' }] }, {})).to.equal(false);
  });

  it('DoesNotExist: an absent key', () => {
    expect(matchesSelector({ matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] }, {})).to.equal(true);
  });

  it('DoesNotExist: no present key', () => {
    expect(matchesSelector({ matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] }, { env: '' })).to.equal(
      false,
    );
  });

  it('nothing by an operator that it does not know', () => {
    expect(
      matchesSelector({ matchExpressions: [{ key: 'env', operator: 'Gt', values: ['1'] }] }, { env: '2' }),
    ).to.equal(false);
  });

  it('no key that every JavaScript object has', () => {
    expect(matchesSelector({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, {})).to.equal(false);
  });
});

describe('a label selector is refused as the API server refuses it', () => {
  it('not at all, where it is empty', () => {
    expect(selectorProblem({})).to.equal(undefined);
  });

  it('not where all operators are used rightly', () => {
    expect(
      selectorProblem({
        matchLabels: { 'example.com/team': 'shop', env: '' },
        matchExpressions: [
          { key: 'a', operator: 'In', values: ['x', ''] },
          { key: 'b', operator: 'NotIn', values: ['y'] },
          { key: 'c', operator: 'Exists' },
          { key: 'd', operator: 'DoesNotExist', values: [] },
        ],
      }),
    ).to.equal(undefined);
  });

  it('not where names are short or hold digits, dots, dashes and underscores', () => {
    expect(
      selectorProblem({
        matchLabels: { a: '1', 7: 'Ab', 'x.y-z_0': 'v1.2-3_4', '9a-8.7b-6c.d0/9x': '0', '0/a': 'b', 'a0.9/b': 'c' },
      }),
    ).to.equal(undefined);
  });

  it('for In without values', () => {
    expect(selectorProblem({ matchExpressions: [{ key: 'env', operator: 'In', values: [] }] })).to.equal(
      'has the operator In on "env" without values',
    );
  });

  it('for NotIn without values', () => {
    expect(selectorProblem({ matchExpressions: [{ key: 'env', operator: 'NotIn' }] })).to.equal(
      'has the operator NotIn on "env" without values',
    );
  });

  it('for Exists with values', () => {
    expect(selectorProblem({ matchExpressions: [{ key: 'env', operator: 'Exists', values: ['x'] }] })).to.equal(
      'has the operator Exists on "env" with values',
    );
  });

  it('for DoesNotExist with values', () => {
    expect(selectorProblem({ matchExpressions: [{ key: 'env', operator: 'DoesNotExist', values: ['x'] }] })).to.equal(
      'has the operator DoesNotExist on "env" with values',
    );
  });

  it('for an operator that does not exist', () => {
    expect(selectorProblem({ matchExpressions: [{ key: 'env', operator: 'in', values: ['x'] }] })).to.equal(
      'has the operator "in" on "env"; allowed are In, NotIn, Exists, DoesNotExist',
    );
  });

  it('for an empty key', () => {
    expect(selectorProblem({ matchExpressions: [{ key: '', operator: 'Exists' }] })).to.equal(
      'has the key "", which is no label key',
    );
  });

  it('for a key with a space', () => {
    expect(selectorProblem({ matchLabels: { 'my team': 'shop' } })).to.equal(
      'has the key "my team", which is no label key',
    );
  });

  it('for a key that ends in a dash', () => {
    expect(selectorProblem({ matchLabels: { 'team-': 'shop' } })).to.match(/"team-", which is no label key/);
  });

  it('for a key whose name is longer than 63 characters', () => {
    expect(selectorProblem({ matchLabels: { ['k'.repeat(64)]: 'x' } })).to.match(/no label key/);
    expect(selectorProblem({ matchLabels: { ['k'.repeat(63)]: 'x' } })).to.equal(undefined);
  });

  it('for a key with an empty prefix', () => {
    expect(selectorProblem({ matchLabels: { '/team': 'x' } })).to.match(/no label key/);
  });

  it('for a key with a prefix in capitals', () => {
    expect(selectorProblem({ matchLabels: { 'Example.com/team': 'x' } })).to.match(/no label key/);
  });

  it('for a key with two slashes', () => {
    expect(selectorProblem({ matchLabels: { 'a/b/c': 'x' } })).to.match(/no label key/);
  });

  it('for a key with a prefix longer than 253 characters', () => {
    expect(selectorProblem({ matchLabels: { [`${'p'.repeat(254)}/team`]: 'x' } })).to.match(/no label key/);
    expect(selectorProblem({ matchLabels: { [`${'p'.repeat(253)}/team`]: 'x' } })).to.equal(undefined);
  });

  it('for a value that is no label value', () => {
    expect(selectorProblem({ matchLabels: { team: 'my shop' } })).to.equal(
      'compares "team" with "my shop", which is no label value',
    );
  });

  it('for one bad value among good ones', () => {
    expect(
      selectorProblem({ matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['prod', '-test'] }] }),
    ).to.equal('compares "env" with "-test", which is no label value');
  });

  it('for a value longer than 63 characters', () => {
    expect(selectorProblem({ matchLabels: { team: 'v'.repeat(64) } })).to.match(/no label value/);
    expect(selectorProblem({ matchLabels: { team: 'v'.repeat(63) } })).to.equal(undefined);
  });
});
