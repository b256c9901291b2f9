import { expect } from 'chai';
import { buildHeldRecord, buildReleasedRecord, decideLease, observeLease } from '../../src/kube/lease-record.ts';
import type { LeaseDecision, LeaseRecord, ObservedLease } from '../../src/kube/lease-record.ts';

const held: LeaseRecord = { holder: 'a', durationMs: 15_000, acquiredAtMs: 50, renewedAtMs: 60, transitions: 3 };

interface Row {
  readonly name: string;
  readonly observed: ObservedLease | undefined;
  readonly nowMs: number;
  readonly gives: LeaseDecision;
}

const rows: readonly Row[] = [
  { name: 'a Lease that does not exist is created', observed: undefined, nowMs: 0, gives: 'create' },
  { name: 'its own is renewed', observed: observed({ holder: 'me' }), nowMs: 1_000, gives: 'renew' },
  { name: 'its own is renewed, however late', observed: observed({ holder: 'me' }), nowMs: 99_000, gives: 'renew' },
  { name: "another's is left alone", observed: observed({}), nowMs: 15_999, gives: 'wait' },
  {
    name: "another's is taken when it has not changed for its time",
    observed: observed({}),
    nowMs: 16_000,
    gives: 'takeOver',
  },
  {
    name: "another's counts by the time that it names",
    observed: observed({ durationMs: 60_000 }),
    nowMs: 16_000,
    gives: 'wait',
  },
  { name: 'a released one is taken at once', observed: observed({ holder: '' }), nowMs: 1_000, gives: 'takeOver' },
  {
    name: 'the times that the holder wrote say nothing: its clock may be wrong',
    observed: observed({ renewedAtMs: 0, acquiredAtMs: 9e12 }),
    nowMs: 2_000,
    gives: 'wait',
  },
];

describe('A Lease', () => {
  for (const { name, observed: lease, nowMs, gives } of rows) {
    it(name, () => {
      expect(decideLease(lease, 'me', nowMs)).to.equal(gives);
    });
  }

  it('is seen anew only when its version is another', () => {
    const first = observeLease(undefined, { record: held, version: '1' }, 1_000);
    expect(observeLease(first, { record: held, version: '1' }, 5_000)).to.equal(first);
    expect(observeLease(first, { record: held, version: '2' }, 5_000).sinceMs).to.equal(5_000);
  });

  it('keeps its beginning when it is renewed', () => {
    expect(buildHeldRecord(held, 'a', 15_000, 900)).to.deep.equal({ ...held, renewedAtMs: 900 });
  });

  it('counts the change of hands when it is taken over', () => {
    expect(buildHeldRecord(held, 'b', 10_000, 900)).to.deep.equal({
      holder: 'b',
      durationMs: 10_000,
      acquiredAtMs: 900,
      renewedAtMs: 900,
      transitions: 4,
    });
  });

  it('has no holder once it is released, and the time of its last sign of life', () => {
    expect(buildReleasedRecord(held, 900)).to.deep.equal({ ...held, holder: '', renewedAtMs: 900 });
  });
});

function observed(record: Partial<LeaseRecord>): ObservedLease {
  return { record: { ...held, ...record }, version: '1', sinceMs: 1_000 };
}
