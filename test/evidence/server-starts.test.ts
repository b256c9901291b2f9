import { expect } from 'chai';

import { hearStart, isAnother, noStarts } from '../../src/evidence/server-starts.ts';
import type { ServerStart, ServerStarts } from '../../src/evidence/server-starts.ts';

const HOUR_MS = 3_600_000;
const first: ServerStart = { source: '/metrics', atSeconds: 100 };
const second: ServerStart = { source: '/metrics', atSeconds: 160 };
const shown: ServerStart = { source: '/statusz', atSeconds: 99 };

/** One each minute. */
function hear(...starts: readonly ServerStart[]): ServerStarts {
  return starts.reduce((before, start, index) => hearStart(before, start, index * 60_000, HOUR_MS), noStarts);
}

describe('the starts of API servers behind one address', () => {
  it('are of another process where the same source tells one that was not heard', () => {
    expect(isAnother(hear(first), first, false)).to.equal(false);
    expect(isAnother(hear(first), second, false)).to.equal(true);
    expect(isAnother(hear(first, second), first, false)).to.equal(false);
  });

  it('are of nobody known where none was heard', () => {
    expect(isAnother(noStarts, first, false)).to.equal(true);
  });

  it('are not of another process for being told by another source, unless one was started', () => {
    expect(isAnother(hear(first), shown, false)).to.equal(false);
    expect(isAnother(hear(first), shown, true)).to.equal(true);
    expect(isAnother(hear(first, shown), first, true)).to.equal(false);
  });

  it('are of several processes once one comes back after another, and of one that was started again before that', () => {
    expect(hear(first, second)).not.to.have.property('sharedAt');
    expect(hear(first, second, second)).not.to.have.property('sharedAt');
    expect(hear(first, shown, first)).not.to.have.property('sharedAt');
    expect(hear(first, second, first, first)).to.have.property('sharedAt', 120_000);
  });

  it('are forgotten when they were not heard for so long', () => {
    const shared = hear(first, second, first);
    const later = hearStart(shared, first, 180_001 + HOUR_MS, HOUR_MS);
    expect(later.heard).to.deep.equal([{ ...first, heardAt: 180_001 + HOUR_MS }]);
    expect(later).not.to.have.property('sharedAt');
    expect(isAnother(later, second, false)).to.equal(true);
  });
});
