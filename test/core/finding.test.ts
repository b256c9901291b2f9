import { expect } from 'chai';

import { sortFindings } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding.ts';
import { findingOf, ruleNamed } from './finding-of.ts';

function sorted(...findings: readonly Finding[]): readonly string[] {
  return sortFindings(findings).map(
    ({ outcome, severity, rule, subject }) => `${outcome} ${severity} ${rule.id} ${subject.kind}/${subject.name}`,
  );
}

describe('findings are ordered', () => {
  it('by outcome, what is open first, whatever its severity', () => {
    expect(
      sorted(
        findingOf({ outcome: 'pass', severity: 'critical' }),
        findingOf({ outcome: 'notApplicable', severity: 'critical' }),
        findingOf({ outcome: 'unknown', severity: 'critical' }),
        findingOf({ outcome: 'fail', severity: 'info' }),
      ),
    ).to.deep.equal([
      'fail info a-rule Pod/web',
      'unknown critical a-rule Pod/web',
      'notApplicable critical a-rule Pod/web',
      'pass critical a-rule Pod/web',
    ]);
  });

  it('then by severity, worst first', () => {
    expect(
      sorted(
        findingOf({ severity: 'info' }),
        findingOf({ severity: 'medium' }),
        findingOf({ severity: 'critical' }),
        findingOf({ severity: 'low' }),
        findingOf({ severity: 'high' }),
      ),
    ).to.deep.equal([
      'fail critical a-rule Pod/web',
      'fail high a-rule Pod/web',
      'fail medium a-rule Pod/web',
      'fail low a-rule Pod/web',
      'fail info a-rule Pod/web',
    ]);
  });

  it('then by rule', () => {
    expect(sorted(findingOf({ rule: ruleNamed('b') }), findingOf({ rule: ruleNamed('a') }))).to.deep.equal([
      'fail high a Pod/web',
      'fail high b Pod/web',
    ]);
  });

  it('then by subject: kind, namespace and name', () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'b' };
    expect(
      sorted(
        findingOf({ subject: pod }),
        findingOf({ subject: { ...pod, name: 'c', namespace: 'other' } }),
        findingOf({ subject: { ...pod, name: 'a' } }),
        findingOf({ subject: { ...pod, apiVersion: 'apps/v1', kind: 'Deployment' } }),
      ),
    ).to.deep.equal([
      'fail high a-rule Deployment/b',
      'fail high a-rule Pod/c',
      'fail high a-rule Pod/a',
      'fail high a-rule Pod/b',
    ]);
  });
});
