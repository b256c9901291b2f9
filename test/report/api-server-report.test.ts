import { expect } from 'chai';

import type { Evidence } from '../../src/core/evidence.ts';
import { violation } from '../../src/core/rule.ts';
import { describeApiServer, printApiServer } from '../../src/report/api-server-report.ts';
import { buildPainter } from '../../src/report/terminal.ts';
import { findingOf, ruleNamed } from '../core/finding-of.ts';
import { snapshotOf } from '../core/yaml-objects.ts';

const evidence: Evidence = {
  profiling: {
    value: true,
    source: '/flagz',
    confidence: 'high',
    detail: '--profiling=true',
    observedAt: '2026-11-26T00:00:30Z',
  },
  nodeRestriction: {
    value: false,
    source: 'a node',
    confidence: 'medium',
    detail: 'not named',
    contradicted: ['it is'],
  },
  requestTimeout: { unobserved: 'grant get on the URL /flagz\u001b[2J' },
};
const plain = { withFacts: false, paint: buildPainter(false), nowMs: Date.parse('2026-11-26T00:12:30Z') };
const profilingOff = { value: false, source: '/flagz', confidence: 'high' } as const;
const rule = { ...ruleNamed('api-server-x'), facts: ['profiling', 'nodeRestriction', 'requestTimeout'] as const };
const report = describeApiServer(
  [
    findingOf({ rule, outcome: 'fail', severity: 'low', message: 'it is so' }),
    findingOf({ rule, outcome: 'pass', message: '' }),
  ],
  snapshotOf('', { evidence }),
);

describe('the report about the API server', () => {
  it('says of a verdict who told what it was made of, and how sure the least of them is', () => {
    expect(report.verdicts[0]).to.deep.include({
      sources: ['/flagz', 'a node'],
      confidence: 'medium',
      message: 'it is so',
    });
  });

  it('says of what passes what was seen', () => {
    expect(report.verdicts[1]?.message).to.equal('--profiling=true; not named');
  });

  it('lists every fact, and what would make the others known', () => {
    const facts = report.servers[0]?.facts;
    expect(facts?.nodeRestriction).to.have.deep.property('contradicted', ['it is']);
    expect(facts?.requestTimeout).to.deep.equal({ unknown: 'grant get on the URL /flagz\u001b[2J' });
    expect(facts?.auditing).to.deep.equal({ unknown: 'nobody asked for it' });
  });

  it('says when the source of each fact was read, as a time and as its age', () => {
    const { profiling, nodeRestriction } = report.servers[0]?.facts ?? {};
    expect(profiling).to.have.property('observedAt', '2026-11-26T00:00:30Z');
    expect(nodeRestriction).not.to.have.property('observedAt');
    const text = [...printApiServer(report, { ...plain, withFacts: true })].join('');
    expect(text).to.match(/^API SERVER +FACT +VALUE +SOURCE +CONFIDENCE +AGE +DETAIL$/m);
    expect(text).to.match(/^ *profiling +true +\/flagz +high +12 min +--profiling=true$/m);
    expect(text).to.match(/^ *nodeRestriction +false +a node +medium +not named$/m);
  });

  it('prints nothing that a terminal would obey, and counts what is known', () => {
    const text = [...printApiServer(report, { ...plain, withFacts: true })].join('');
    expect(text).not.to.include('\u001b');
    expect(text).to.match(/1 fail, 0 unknown, 1 pass; 2 of \d+ facts are known\n$/);
    expect([...printApiServer(report, plain)].join('')).not.to.include('requestTimeout');
  });

  describe('of several API servers', () => {
    const other: Evidence = { ...evidence, profiling: { ...profilingOff, detail: '--profiling=false' } };
    const several = describeApiServer(
      [
        findingOf({
          rule,
          outcome: 'fail',
          message: 'a:1: it is so',
          violations: [violation('--x', true, 'a:1: it is so')],
        }),
        findingOf({ rule, outcome: 'unknown', message: 'b:1: grant get on the URL /flagz' }),
        findingOf({ rule, outcome: 'pass', message: '' }),
      ],
      snapshotOf('', {
        servers: [
          { instance: 'a:1', evidence },
          { instance: 'b:1', evidence: other },
        ],
      }),
      'there may be others\u001b[2J',
    );

    it('says of each verdict which of them it is about', () => {
      expect(several.verdicts.map(({ instances }) => instances)).to.deep.equal([['a:1'], ['b:1'], ['a:1', 'b:1']]);
    });

    it('says of what passes what was seen of each', () => {
      expect(several.verdicts[2]?.message).to.equal(
        'a:1: --profiling=true; not named; b:1: --profiling=false; not named',
      );
    });

    it('prints which of them it is about, and that there may be others', () => {
      const text = [...printApiServer(several, plain)].join('');
      expect(text).to.match(/^OUTCOME +SEVERITY +RULE +API SERVER +SOURCE +CONFIDENCE +MESSAGE\n/);
      expect(text).to.match(/^fail +\S+ +api-server-x +a:1 /m);
      expect(text).to.match(/^pass +\S+ +api-server-x +all /m);
      expect(text).to.match(/\n\nthere may be others.*\n\n1 fail, 1 unknown, 1 pass; /);
    });
  });
});
