import { expect } from 'chai';

import { isAtLeast, isSeverity, rankOf, severities } from '../../src/core/severity.ts';

describe('severities', () => {
  it('are ranked from the worst', () => {
    expect(severities).to.deep.equal(['critical', 'high', 'medium', 'low', 'info']);
    expect(rankOf('critical')).to.equal(0);
    expect(rankOf('info')).to.equal(4);
  });

  it('reach a threshold where they are as bad as it or worse', () => {
    expect(isAtLeast('critical', 'high')).to.equal(true);
    expect(isAtLeast('high', 'high')).to.equal(true);
    expect(isAtLeast('medium', 'high')).to.equal(false);
  });

  it('are told from other texts', () => {
    expect(isSeverity('low')).to.equal(true);
    expect(isSeverity('Low')).to.equal(false);
    expect(isSeverity(undefined)).to.equal(false);
  });
});
