import { expect } from 'chai';

import type { ClusterHardeningExemptionSpec, ExemptionStatus } from '../../src/api/v1alpha1/exemption.ts';
import type { ObjectMeta } from '../../src/api/v1alpha1/schema.ts';
import { judgeExemption } from '../../src/core/exemption.ts';
import { addTallies, buildExemptionStatus, NOTHING_MATCHED, tallyOf } from '../../src/core/exemption-status.ts';
import type { ExemptionTally, ExemptionView } from '../../src/core/exemption-status.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { SubjectRef } from '../../src/core/subject-ref.ts';
import { exemptionObject } from './exemption-samples.ts';
import { ruleNamed } from './finding-of.ts';

const rules = [ruleNamed('pod-host-ports'), ruleNamed('pod-privileged')];
const now = '2026-11-26T12:00:00Z';
const web: SubjectRef = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' };
const one: ExemptionTally = { matched: 1, refused: 0, matches: [{ rule: 'pod-privileged', subject: web }] };

interface Asked {
  readonly spec?: Partial<ClusterHardeningExemptionSpec>;
  readonly metadata?: Partial<ObjectMeta>;
  readonly view?: Partial<ExemptionView>;
  readonly before?: ExemptionStatus;
}

function statusOf({ spec = {}, metadata = {}, view = {}, before }: Asked = {}): ExemptionStatus {
  const object = exemptionObject({ name: 'one', generation: 4, ...metadata }, { subjects: [{ name: 'web' }], ...spec });
  const judged = judgeExemption({ ...object, ...(before === undefined ? {} : { status: before }) }, rules);
  const terms = [DEFAULT_EXEMPTION_TERMS];
  const whole = { tally: NOTHING_MATCHED, isCounted: true, terms, rules, nowMs: Date.parse(now), ...view };
  return buildExemptionStatus(judged, whole, now);
}

function conditionOf(asked: Asked, type = 'Active'): string {
  const found = statusOf(asked).conditions?.find((condition) => condition.type === type);
  return `${found?.status ?? ''} ${found?.reason ?? ''}: ${found?.message ?? ''}`;
}

describe('the status of an exemption', () => {
  it('says what it exempts, and that it is active', () => {
    const status = statusOf({ view: { tally: one }, spec: { expiresAt: '2026-12-01T00:00:00Z' } });
    expect(status).to.deep.include({
      observedGeneration: 4,
      matched: 1,
      matches: one.matches,
      expiresAt: '2026-12-01T00:00:00Z',
      matchesByLabelAlone: false,
    });
    expect(conditionOf({ view: { tally: one } })).to.equal('True Active: it exempts 1 finding');
  });

  it('says where it is as wide as can be, and where labels alone decide', () => {
    expect(conditionOf({ spec: { subjects: [{ name: '*' }] }, view: { tally: one } })).to.equal(
      'True Active: it exempts 1 finding; its subjects are everything that there is',
    );
    expect(statusOf({ spec: { subjects: [{ labels: { app: 'web' } }] } }).matchesByLabelAlone).to.equal(true);
  });

  it('says that nothing is described by it', () => {
    expect(conditionOf({})).to.match(/^False NoMatch: /);
  });

  it('says that it ended, from that moment on', () => {
    const asked = { spec: { expiresAt: now }, view: { tally: one } };
    expect(conditionOf(asked)).to.equal(`False Expired: it ended at ${now} and exempts nothing`);
    expect(statusOf(asked)).to.deep.include({ matched: 0, matches: [] });
  });

  it('says that too many are before it', () => {
    expect(conditionOf({ view: { isCounted: false } })).to.match(/^False TooMany: only the 200 oldest/);
  });

  it('says what is wrong with it, and is not ready then', () => {
    const asked = { spec: { rules: ['pod-privilegd'] } };
    expect(conditionOf(asked)).to.match(
      /^False UnknownRule: spec.rules\[0\] names "pod-privilegd".*it exempts nothing$/,
    );
    expect(conditionOf(asked, 'Ready')).to.match(/^False UnknownRule: /);
    expect(conditionOf({}, 'Ready')).to.match(/^True Read: /);
  });

  it('says that policy does not permit it, and what to ask for', () => {
    const own = { metadata: { namespace: 'shop' } };
    expect(conditionOf(own)).to.match(/^False NotPermitted: .*spec.delegation.exempt.*ClusterHardeningExemption$/);
    const terms = [{ ...DEFAULT_EXEMPTION_TERMS, isNever: () => true }];
    expect(conditionOf({ view: { terms } })).to.match(/^False NotPermitted: .*never/);
    const short = [{ ...DEFAULT_EXEMPTION_TERMS, maxLifetimeDays: 30 }];
    expect(conditionOf({ view: { terms: short } })).to.match(/^False NotPermitted: .*maxLifetimeDays/);
  });

  it('says what policy does not permit of it where it permits the rest', () => {
    const isNever = ({ id }: { id: string }) => id === 'pod-host-ports';
    const terms = [{ ...DEFAULT_EXEMPTION_TERMS, isNever }];
    expect(conditionOf({ view: { terms, tally: { ...one, refused: 2 } } })).to.match(
      /^True Active: it exempts 1 finding; 2 findings more may not be exempted: .*never/,
    );
    expect(conditionOf({ view: { terms, tally: { ...NOTHING_MATCHED, refused: 2 } } })).to.match(/^False NotPermitted/);
    expect(conditionOf({ view: { terms } })).to.match(/^False NoMatch/);
  });

  it('is permitted where one policy permits it, though another does not', () => {
    const terms = [{ ...DEFAULT_EXEMPTION_TERMS, isNever: () => true }, DEFAULT_EXEMPTION_TERMS];
    expect(conditionOf({ view: { terms, tally: one } })).to.match(/^True Active/);
  });

  it('keeps the time of a condition while its status is the same', () => {
    const since = '2026-01-01T00:00:00Z';
    const conditions = [
      { type: 'Active', status: 'False', reason: 'Expired', message: '', lastTransitionTime: since },
      { type: 'Ready', status: 'False', reason: 'Invalid', message: '', lastTransitionTime: since },
    ] as const;
    const times = statusOf({ before: { conditions } }).conditions?.map((condition) => condition.lastTransitionTime);
    expect(times).to.deep.equal([since, now]);
  });

  it('lists twenty matches at most, the first, and counts all', () => {
    const matches = Array.from({ length: 30 }, (_, index) => ({
      rule: 'pod-privileged',
      subject: { ...web, name: `web-${String(29 - index).padStart(2, '0')}` },
    }));
    const whole = addTallies([tallyOf({ matches, refused: 1 }), one]);
    expect(whole).to.deep.include({ matched: 31, refused: 1 });
    expect(whole.matches).to.have.length(20);
    expect(whole.matches.slice(0, 2).map(({ subject }) => subject.name)).to.deep.equal(['web', 'web-00']);
  });
});
