import { expect } from 'chai';

import { buildRemediated } from '../../src/controller/remediated-condition.ts';
import type { RepairView } from '../../src/controller/remediated-condition.ts';
import type { Mode } from '../../src/remediation/mode.ts';

const off: Mode = { mode: 'off', reason: 'AskedOff', message: 'remediation is off' };

function applied(subject: string): RepairView {
  return { subject, mode: off, status: { state: 'Applied', reason: 'Applied' }, isFailing: false };
}

describe('what a posture says of repairs', () => {
  it('tells how many stand where no more are done', () => {
    const tell = (...repairs: readonly RepairView[]) => buildRemediated({ asked: off, repairs, strangers: [] }).message;
    expect(tell()).to.equal('remediation is off');
    expect(tell(applied('a'))).to.equal('remediation is off; 1 repair was done before and stands');
    expect(tell(applied('a'), applied('b'))).to.equal('remediation is off; 2 repairs were done before and stand');
  });
});
