/** What fails today, put into few exemptions. */
import { expect } from 'chai';

import { buildExemptionsOfToday } from '../../src/core/exemptions-of-today.ts';
import type { Limits } from '../../src/core/exemptions-of-today.ts';
import type { Finding } from '../../src/core/finding.ts';
import { findingOf, ruleNamed } from './finding-of.ts';

const limits: Limits = { rules: 64, subjects: 64, exemptions: 200 };
const rulesById = { a: ruleNamed('a'), b: ruleNamed('b'), c: ruleNamed('c') };

/** `a web` is a failure of rule a on Pod web. */
function failures(...texts: readonly string[]): readonly Finding[] {
  return texts.map((text) => {
    const [rule = '', name = ''] = text.split(' ');
    return findingOf({
      rule: rulesById[rule as keyof typeof rulesById],
      subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name },
    });
  });
}

/** As `rules: subjects`. */
function build(findings: readonly Finding[], some: Partial<Limits> = {}): readonly string[] | undefined {
  return buildExemptionsOfToday(findings, { ...limits, ...some })?.map(
    ({ rules, subjects }) =>
      `${rules.map(({ rule }) => rule.id).join(' ')}: ${subjects.map(({ name }) => name).join(' ')}`,
  );
}

describe('exemptions of what fails today', () => {
  it('there is one of each rule, with the subjects that break it', () => {
    expect(build(failures('b web', 'a web', 'b api'))).to.deep.equal(['a: web', 'b: api web']);
  });

  it('the order of the findings does not matter', () => {
    expect(build(failures('b api', 'b web', 'a web'))).to.deep.equal(build(failures('b web', 'a web', 'b api')));
  });

  it('the worst come first, by what was found', () => {
    const [a, b, worse] = failures('a web', 'b web', 'b api');
    if (a === undefined || b === undefined || worse === undefined) throw new Error('there are three');
    expect(build([a, b, { ...worse, severity: 'critical' }])).to.deep.equal(['b: api web', 'a: web']);
    expect(buildExemptionsOfToday([a, b, { ...worse, severity: 'critical' }], limits)?.[0]?.rules).to.deep.equal([
      { rule: rulesById.b, severity: 'critical' },
    ]);
  });

  it('what passes, is unknown, does not apply or is exempt is not exempted', () => {
    const [one] = failures('a web');
    if (one === undefined) throw new Error('there is one');
    expect(build([{ ...one, outcome: 'unknown' }])).to.deep.equal([]);
    expect(build([{ ...one, outcome: 'pass' }])).to.deep.equal([]);
    expect(build([{ ...one, outcome: 'notApplicable' }])).to.deep.equal([]);
    for (const exemption of [
      'HardeningExemption/web',
      'HardeningExemption/baselines',
      'ClusterHardeningExemption/baseline',
    ]) {
      expect(build([{ ...one, outcome: 'exempt', exemption }]), exemption).to.deep.equal([]);
    }
  });

  it('what an earlier baseline exempts is exempted again', () => {
    const [one, two] = failures('a web', 'b web');
    if (one === undefined || two === undefined) throw new Error('there are two');
    const exempt = [
      { ...one, outcome: 'exempt', exemption: 'HardeningExemption/baseline-a' } as const,
      { ...two, outcome: 'exempt', exemption: 'HardeningExemption/baseline' } as const,
    ];
    expect(build(exempt)).to.deep.equal(build([one, two]));
  });

  it('a subject is named once, and two kinds of the same name are two', () => {
    const [one] = failures('a web');
    if (one === undefined) throw new Error('there is one');
    const other: Finding = { ...one, subject: { ...one.subject, kind: 'Job' } };
    expect(buildExemptionsOfToday([one, one, other], limits)?.[0]?.subjects).to.deep.equal([
      { kind: 'Job', name: 'web' },
      { kind: 'Pod', name: 'web' },
    ]);
  });

  it('more subjects than an exemption may have are spread over several', () => {
    const spread = build(failures('a v', 'a w', 'a x', 'a y', 'a z'), { subjects: 2 });
    expect(spread).to.deep.equal(['a: v w', 'a: x y', 'a: z']);
  });

  it('where those are more than count, there is one of all subjects that break the same rules', () => {
    const findings = failures('a web', 'b web', 'c web', 'a api', 'b api', 'c api', 'b job');
    expect(build(findings, { exemptions: 3 })).to.deep.equal(['a: api web', 'b: api job web', 'c: api web']);
    expect(build(findings, { exemptions: 2 })).to.deep.equal(['a b c: api web', 'b: job']);
    expect(build(findings, { exemptions: 2, rules: 2, subjects: 1 })).to.equal(undefined);
  });

  it('what does not fit at all is not cut short', () => {
    expect(build(failures('a web', 'b api'), { exemptions: 1 })).to.equal(undefined);
  });

  it('nothing fails, nothing is exempted', () => {
    expect(build([])).to.deep.equal([]);
  });
});
