/** Findings of tests: only what a row is about is written. */
import type { Finding } from '../../src/core/finding.ts';
import { FindingCollector } from '../../src/core/finding-collector.ts';
import type { CollectedFindings } from '../../src/core/finding-collector.ts';
import type { AnyRule, Rule } from '../../src/core/rule.ts';

/** A rule that is never run. */
export function ruleNamed(id: string, parts: Partial<Rule<'Workload'>> = {}): AnyRule {
  const rule: Rule<'Workload'> = {
    id,
    title: 'A rule of a test',
    severity: 'high',
    severityReason: '',
    subject: 'Workload',
    controls: [],
    rationale: '',
    remediation: '',
    example: { fails: '', passes: '' },
    check: () => [],
    ...parts,
  };
  return rule;
}

/** A failure of severity high, of a rule called `a-rule`, on the pod `shop/web`, unless `parts` say otherwise. */
export function findingOf(parts: Partial<Finding> = {}): Finding {
  return {
    rule: ruleNamed('a-rule'),
    severity: 'high',
    outcome: 'fail',
    subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' },
    message: 'it is wrong',
    violations: [],
    ...parts,
  };
}

/** As if they had been found one after the other. */
export function collectedOf(findings: readonly Finding[]): CollectedFindings {
  const collector = new FindingCollector('all');
  for (const finding of findings) {
    collector.addSubject(finding.subject);
    collector.add(finding);
  }
  return collector.finish();
}
