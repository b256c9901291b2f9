import { expect } from 'chai';

import { isAtLeast, isSeverity, milderOf, rankOf, severities, worseOf } from '../../src/core/severity.ts';

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

  it('have a milder and a worse one of two, whichever comes first', () => {
    expect(milderOf('critical', 'low')).to.equal('low');
    expect(milderOf('low', 'critical')).to.equal('low');
    expect(worseOf('critical', 'low')).to.equal('critical');
    expect(worseOf('low', 'critical')).to.equal('critical');
    expect(milderOf('info', 'info')).to.equal('info');
  });

  it('are told from other texts', () => {
    expect(isSeverity('low')).to.equal(true);
    expect(isSeverity('Low')).to.equal(false);
    expect(isSeverity(undefined)).to.equal(false);
  });
});
