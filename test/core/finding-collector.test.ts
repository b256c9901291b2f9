import { expect } from 'chai';

import { FindingCollector } from '../../src/core/finding-collector.ts';
import type { KeptFindings } from '../../src/core/finding-collector.ts';
import { findingOf } from './finding-of.ts';

const web = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' };
const db = { ...web, name: 'db' };
const shop = { apiVersion: 'v1', kind: 'Namespace', name: 'shop' };
const found = [
  findingOf({ outcome: 'pass' }),
  findingOf({ outcome: 'unknown', severity: 'critical' }),
  findingOf({ outcome: 'notApplicable' }),
  findingOf({ severity: 'low' }),
  findingOf({ severity: 'critical' }),
  findingOf({ outcome: 'pass' }),
];

function collect(kept: KeptFindings) {
  const collector = new FindingCollector(kept);
  for (const subject of [web, db, web, shop]) collector.addSubject(subject);
  for (const finding of found) {
    if (collector.keeps(finding.outcome)) collector.add(finding);
    else collector.count(finding.outcome, finding.severity);
  }
  return collector.finish();
}

describe('collecting findings', () => {
  it('keeps failures and what is undecided, worst first', () => {
    expect(collect('open').findings.map(({ outcome, severity }) => `${outcome} ${severity}`)).to.deep.equal([
      'fail critical',
      'fail low',
      'unknown critical',
    ]);
  });

  it('keeps all where all is asked for', () => {
    expect(collect('all').findings).to.have.length(found.length);
  });

  it('counts failures by severity and the others by outcome, whatever is kept', () => {
    const failures = { critical: 1, high: 0, medium: 0, low: 1, info: 0 };
    const counts = { ...failures, pass: 2, notApplicable: 1, unknown: 1, exempt: 0 };
    expect(collect('open').summary).to.deep.equal({ ...counts, subjects: 3 });
    expect(collect('all').summary).to.deep.equal({ ...counts, subjects: 3 });
  });

  it('counts what was judged twice once', () => {
    expect(collect('open').summary.subjects).to.equal(3);
  });

  it('holds of a finding what it is told to', () => {
    const collector = new FindingCollector('open', (finding) => ({ ...finding, message: 'short' }));
    collector.add(findingOf());
    expect(collector.finish().findings.map(({ message }) => message)).to.deep.equal(['short']);
  });

  it('has counted nothing at first', () => {
    const { findings, summary } = new FindingCollector('open').finish();
    expect(findings).to.deep.equal([]);
    expect(Object.values(summary).every((count) => count === 0)).to.equal(true);
  });
});
