import { expect } from 'chai';

import type { ParamsSchema } from '../../src/core/params.ts';
import { explainParameters } from '../../src/report/explain-parameters.ts';
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
  it('says on each platform how the API server is repaired, in short', () => {
    const rule = ruleNamed('api-server-profiling', { repair: { set: { profiling: 'false' } } });
    const text = explainRule(rule);
    expect(text).to.contain(
      'How to repair it (what to write, word for word: docs/rules/api-server-profiling.md)\n  kubeadm\n    --profiling=false in apiServer.extraArgs of the ClusterConfiguration\n',
    );
    expect(text).to.contain('  kOps\n    spec.kubeAPIServer.enableProfiling: false\n');
  });
  it('says what takes no flag before how that is done', () => {
    const rule = ruleNamed('api-server-supported-version', {
      repair: { anywhere: 'Upgrade it.', own: { kubeadm: 'kubeadm upgrade apply.' } },
    });
    expect(explainRule(rule)).to.match(
      /How to repair it .*\n {2}Upgrade it\.\n {2}kubeadm\n {4}kubeadm upgrade apply\.\n/,
    );
  });

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

Parameters, with their defaults, as spec.rules of a ClusterHardeningPolicy sets them
  - rule: pod-privileged
    params:
      # Who may be. A list of texts.
      allowed: ["system"]

This fails
  kind: Pod

  spec: {}

This passes
  kind: Pod
`);
  });
});

describe('the parameters of a rule', () => {
  const rows: readonly (readonly [sentence: string, schema: ParamsSchema['properties'][string], line: string])[] = [
    ['may be a text', { type: 'string', default: '', description: 'It.' }, 'It. A text.'],
    ['may be one of some', { type: 'string', enum: ['a', 'b'], default: 'a', description: 'It.' }, 'It. One of a, b.'],
    ['may be a truth', { type: 'boolean', default: true, description: 'It.' }, 'It. True or false.'],
    [
      'may be a number with bounds',
      { type: 'integer', format: 'int32', minimum: 1, maximum: 9, default: 3, description: 'It.' },
      'It. A number from 1 to 9.',
    ],
    [
      'may be a number with one bound',
      { type: 'integer', format: 'int32', minimum: 1, default: 3, description: 'It.' },
      'It. A number from 1 on.',
    ],
    [
      'may be a list of objects',
      {
        type: 'array',
        'x-kubernetes-list-type': 'atomic',
        maxItems: 9,
        default: [],
        description: 'It.',
        items: {
          type: 'object',
          required: ['path'],
          properties: { path: { type: 'string' }, readOnly: { type: 'boolean' } },
        },
      },
      'It. A list of objects with path and readOnly (optional).',
    ],
    [
      'may be a list of some words',
      {
        type: 'array',
        'x-kubernetes-list-type': 'set',
        maxItems: 9,
        default: [],
        description: 'It.',
        items: { type: 'string', enum: ['a', 'b'] },
      },
      'It. A list of any of a, b.',
    ],
  ];
  for (const [sentence, schema, line] of rows) {
    it(sentence, () => {
      expect(explainParameters('pod-a', { type: 'object', properties: { it: schema } })).to.deep.equal([
        '- rule: pod-a',
        '  params:',
        `    # ${line}`,
        `    it: ${JSON.stringify(schema.default)}`,
      ]);
    });
  }

  it('are broken into lines where much is said of one', () => {
    const description = 'A word and a word and a word. '.repeat(9).trim();
    const lines = explainParameters('pod-a', {
      type: 'object',
      properties: { it: { type: 'string', default: '', description } },
    });
    expect(lines.length).to.be.within(5, 7);
    for (const line of lines) expect(line.length).to.be.at.most(106);
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
