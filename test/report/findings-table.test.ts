import { expect } from 'chai';

import type { Finding } from '../../src/core/finding.ts';
import { nameSubject, printFindings } from '../../src/report/findings-table.ts';
import type { SourcePlace } from '../../src/report/posture-report.ts';
import { buildPainter } from '../../src/report/terminal.ts';
import { collectedOf, findingOf, ruleNamed } from '../core/finding-of.ts';

interface Printing {
  readonly source?: SourcePlace;
  readonly isWhole?: boolean;
  readonly isColoured?: boolean;
}

function print(findings: readonly Finding[], { source, isWhole = true, isColoured = false }: Printing = {}): string[] {
  const { summary } = collectedOf(findings);
  const open = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  const result = { findings: open, summary, isWhole, placeOf: () => source };
  return [...printFindings(result, buildPainter(isColoured))].join('').split('\n');
}

describe('the table of findings', () => {
  it('has a line for each finding, where it stands, and the sum', () => {
    expect(
      print(
        [
          findingOf(),
          findingOf({ outcome: 'unknown', severity: 'low', message: 'no' }),
          findingOf({ outcome: 'pass' }),
        ],
        {
          source: { path: 'a.yaml', line: 7 },
        },
      ),
    ).to.deep.equal([
      'OUTCOME   SEVERITY   RULE     SUBJECT        WHERE      MESSAGE',
      'fail      high       a-rule   shop/Pod/web   a.yaml:7   it is wrong',
      'unknown   low        a-rule   shop/Pod/web   a.yaml:7   no',
      '',
      '1 high, 1 unknown; 1 passed, 0 not applicable; 1 objects judged',
      '',
    ]);
  });

  it('shows the path of the field where there is no file', () => {
    const violations = [{ path: 'spec.hostPID', message: 'it is true' }];
    expect(print([findingOf({ violations })])[1]).to.contain('   spec.hostPID   ');
  });

  it('is the sum alone where nothing was found', () => {
    expect(print([findingOf({ outcome: 'pass' })])).to.deep.equal([
      'nothing found; 1 passed, 0 not applicable; 1 objects judged',
      '',
    ]);
  });

  it('does not call fine what was not looked at', () => {
    expect(print([])[0]).to.match(/^nothing judged;/);
    expect(print([findingOf({ outcome: 'pass' })], { isWhole: false })[0]).to.match(
      /^nothing found in what could be read;/,
    );
  });

  it('keeps hostile names in their cells', () => {
    const subject = { apiVersion: 'v1', kind: 'Po\x1b[2Jd', namespace: 'a\nb', name: '\u202egnp\u009b1A' };
    const rule = ruleNamed('a-rule');
    const lines = print([findingOf({ rule, subject, message: 'x\ry' })], {
      source: { path: 'p\x1b]8;;\x07', line: 1 },
    });
    expect(lines).to.have.length(5);
    expect(lines[1]).to.equal(
      'fail      high       a-rule   a\\nb/Po\\x1b[2Jd/\\u202egnp\\x9b1A   p\\x1b]8;;\\x07:1   x\\ry',
    );
  });

  it('colours outcome, severity and sum where it is asked to', () => {
    const lines = print([findingOf()], { isColoured: true });
    const paint = buildPainter(true);
    expect(lines[1]?.startsWith(`${paint('red', 'fail')}      ${paint('red', 'high')} `)).to.equal(true);
    expect(lines[3]?.startsWith(`${paint('red', '1 high')};`)).to.equal(true);
  });
});

describe('the name of a subject', () => {
  it('begins with its namespace', () => {
    expect(nameSubject({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' })).to.equal(
      'shop/Deployment/web',
    );
  });
  it('has none for what has none', () => {
    expect(nameSubject({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })).to.equal('Namespace/shop');
  });
});
