import { expect } from 'chai';

import type { FindingEnforcement } from '../../src/api/v1alpha1/posture-status.ts';
import type { Finding } from '../../src/core/finding.ts';
import { nameSubject, printFindings } from '../../src/report/findings-table.ts';
import type { SourcePlace, UnjudgedKind } from '../../src/report/posture-report.ts';
import { buildPainter } from '../../src/report/terminal.ts';
import { collectedOf, findingOf, ruleNamed } from '../core/finding-of.ts';

interface Printing {
  readonly source?: SourcePlace;
  readonly notJudged?: readonly UnjudgedKind[];
  readonly isWhole?: boolean;
  readonly isColoured?: boolean;
  readonly enforcement?: FindingEnforcement;
}

function print(
  findings: readonly Finding[],
  { source, notJudged = [], isWhole = true, isColoured = false, enforcement }: Printing = {},
): string[] {
  const summary = { ...collectedOf(findings).summary, notJudged };
  const open = findings.filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown');
  const result = { findings: open, summary, isWhole, placeOf: () => source, enforcementOf: () => enforcement };
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

  describe('tells of a workload', () => {
    const subject = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
    const rows: readonly (readonly [sentence: string, parts: Partial<Finding>, end: string])[] = [
      ['how many pods it runs', { pods: { concerned: 12, total: 12 } }, 'it is wrong; 12 pods'],
      ['that it runs one', { pods: { concerned: 1, total: 1 } }, 'it is wrong; 1 pod'],
      [
        'how many of its pods it is true of, and of which revisions',
        { pods: { concerned: 3, total: 12, revisions: ['web-6d5', 'web-7c9'] } },
        'it is wrong; 3 of 12 pods (web-6d5, web-7c9)',
      ],
      ['how many it is true of where revisions do not tell', { pods: { concerned: 3, total: 12 } }, '; 3 of 12 pods'],
      ['nothing of pods where none runs', {}, '   it is wrong'],
    ];
    for (const [sentence, parts, end] of rows) {
      it(sentence, () => {
        expect(print([findingOf({ subject, ...parts })])[1]?.endsWith(end)).to.equal(true);
      });
    }
    it('nothing of pods of a pod', () => {
      expect(print([findingOf({ pods: { concerned: 1, total: 1 } })])[1]).not.to.contain('1 pod');
    });
  });

  const modes: readonly (readonly [FindingEnforcement['mode'], end: string])[] = [
    ['deny', 'it is wrong; the next is refused by a-label'],
    ['warn', 'it is wrong; the next is warned of by a-label'],
    ['audit', 'it is wrong; the next is recorded by a-label'],
  ];
  for (const [mode, end] of modes) {
    it(`tells that ${mode} is what becomes of the next one, and by whom`, () => {
      expect(print([findingOf()], { enforcement: { mode, by: 'a-label' } })[1]?.endsWith(end)).to.equal(true);
    });
  }

  it('marks an owner that is not believed, and one that only its pods tell of', () => {
    expect(print([findingOf({ unverifiedOwner: 'no such Deployment' })])[1]).to.contain(
      '   shop/Pod/web (unverified owner)   ',
    );
    expect(print([findingOf({ assumedOwner: 'not read' })])[1]).to.contain('   shop/Pod/web (assumed owner)   ');
  });

  it('counts what holds pod templates and is not judged', () => {
    const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', count: 2, holdsPodTemplate: true };
    const config = { apiVersion: 'v1', kind: 'ConfigMap', count: 5, holdsPodTemplate: false };
    expect(print([], { notJudged: [config, rollout], isWhole: false })[0]).to.match(
      /; 0 objects judged, 2 with pod templates not$/,
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
