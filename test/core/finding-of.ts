/** Findings of tests: only what a row is about is written. */
import type { Finding } from '../../src/core/finding.ts';
import { defineRule } from '../../src/core/rule.ts';
import type { AnyRule, Rule } from '../../src/core/rule.ts';

/** A rule that is never run. */
export function ruleNamed(id: string, parts: Partial<Rule<'Workload'>> = {}): AnyRule {
  return defineRule<'Workload'>({
    id,
    title: 'A rule of a test',
    severity: 'high',
    subject: 'Workload',
    controls: [],
    rationale: '',
    remediation: '',
    example: { fails: '', passes: '' },
    check: () => [],
    ...parts,
  });
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
