import { expect } from 'chai';

import type { ParamsSchema } from '../../src/core/params.ts';
import { explainRule, printRules, suggestRules } from '../../src/report/catalogue.ts';
import { ruleNamed } from '../core/finding-of.ts';

const params = {
  type: 'object',
  properties: {
    allowed: {
      type: 'array',
      description: 'Who may be.',
      items: { type: 'string', maxLength: 63 },
      maxItems: 8,
      default: ['system'],
      'x-kubernetes-list-type': 'atomic',
    },
  },
} as const satisfies ParamsSchema;
const rules = [
  ruleNamed('pod-privileged', {
    title: 'Containers must not be privileged',
    severity: 'critical',
    severityReason: 'Nothing is left.',
    inForce: 'whereEnabled',
    params,
    controls: ['cis-1.12/5.2.2', 'nsa/pod-security'],
    rationale: 'It is root on the node.',
    remediation: 'Remove it.\nThen roll out.',
    example: { fails: 'kind: Pod\n\nspec: {}\n', passes: 'kind: Pod' },
  }),
  ruleNamed('pod-privilege-escalation', { title: 'No escalation' }),
  ruleNamed('rbac-impersonate-any'),
];

describe('the list of rules', () => {
  it('is a table', () => {
    expect(printRules(rules.slice(0, 2), 'table').split('\n')).to.deep.equal([
      'RULE                       SEVERITY   IN FORCE        SUBJECT    TITLE',
      'pod-privileged             critical   where enabled   Workload   Containers must not be privileged',
      'pod-privilege-escalation   high       everywhere      Workload   No escalation',
      '',
    ]);
  });
  it('is JSON with what a rule says of itself', () => {
    expect(JSON.parse(printRules(rules.slice(0, 1), 'json'))).to.deep.equal([
      {
        id: 'pod-privileged',
        title: 'Containers must not be privileged',
        severity: 'critical',
        severityReason: 'Nothing is left.',
        inForce: 'whereEnabled',
        params,
        subject: 'Workload',
        controls: ['cis-1.12/5.2.2', 'nsa/pod-security'],
        rationale: 'It is root on the node.',
        remediation: 'Remove it.\nThen roll out.',
      },
    ]);
  });
});

describe('the explanation of a rule', () => {
  it('tells what it is, why, what to do, and shows both sides', () => {
    const [rule] = rules;
    if (rule === undefined) throw new Error('expected a rule');
    expect(explainRule(rule)).to.equal(`pod-privileged: Containers must not be privileged

Severity    critical: Nothing is left.
In force    where a policy enables it
Subject     Workload
Controls    cis-1.12/5.2.2, nsa/pod-security

Why
  It is root on the node.

What to do
  Remove it.
  Then roll out.

Parameters
  allowed: Who may be.
    default ["system"]

This fails
  kind: Pod

  spec: {}

This passes
  kind: Pod
`);
  });
});

describe('what is suggested for an id that does not exist', () => {
  const rows: readonly (readonly [sentence: string, id: string, suggestion: string])[] = [
    ['is the one that was mistyped', 'pod-privilegd', ' (did you mean "pod-privileged"?)'],
    [
      'are those that hold what was written',
      'privilege',
      ' (did you mean "pod-privileged" or "pod-privilege-escalation"?)',
    ],
    ['is the one within what was written', 'merlon/pod-privileged', ' (did you mean "pod-privileged"?)'],
    ['is nothing for what is like none', 'bogus', ''],
    ['is nothing for nothing', '', ''],
    ['is nothing for a letter', 'p', ''],
  ];
  for (const [sentence, id, suggestion] of rows) {
    it(sentence, () => {
      expect(suggestRules(id, rules)).to.equal(suggestion);
    });
  }
});
