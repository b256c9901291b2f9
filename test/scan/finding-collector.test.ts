import { expect } from 'chai';

import type { Finding } from '../../src/core/finding.ts';
import { buildSummary } from '../../src/core/posture.ts';
import { FindingCollector } from '../../src/scan/finding-collector.ts';
import type { KeptFindings } from '../../src/scan/finding-collector.ts';
import { findingOf } from '../core/finding-of.ts';

const web = { subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' }, origin: {} };
const twin = { ...web, origin: {} };
const found = [
  findingOf({ ...web, outcome: 'pass' }),
  findingOf({ ...web, outcome: 'unknown', severity: 'critical' }),
  findingOf({ ...web, outcome: 'notApplicable' }),
  findingOf({ ...twin, severity: 'low' }),
  findingOf({ ...twin, severity: 'critical' }),
  findingOf({ outcome: 'pass', subject: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' } }),
];

function collect(kept: KeptFindings, findings: readonly Finding[] = found) {
  const collector = new FindingCollector(kept);
  for (const finding of findings) collector.add(finding);
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
  it('counts as a posture counts, whatever is kept', () => {
    const { exempt, ...summary } = buildSummary(found);
    expect(collect('open').summary).to.deep.equal(summary);
    expect(collect('all').summary).to.deep.equal(summary);
  });
  it('counts an object that is written twice once', () => {
    expect(collect('open').summary.subjects).to.equal(2);
  });
});
