import { expect } from 'chai';

import type { Outcome } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { Severity } from '../../src/core/severity.ts';
import { exitCodeOf, printReport } from '../../src/report/posture-report.ts';
import type { ExitCode, PostureReport, SourcePlace } from '../../src/report/posture-report.ts';
import { collectedOf, findingOf, ruleNamed } from '../core/finding-of.ts';

const clean = {
  findings: [],
  thresholdOf: (): Severity => 'high',
  hasInputProblem: false,
  isIncomplete: false,
  isDoubtful: false,
};
const failure = (severity: Severity): Finding => findingOf({ severity });
const undecided = (severity: Severity): Finding => findingOf({ severity, outcome: 'unknown' });
const of = (outcome: Outcome): Finding => findingOf({ severity: 'critical', outcome });

describe('the exit code of a scan', () => {
  const rows: readonly (readonly [
    sentence: string,
    parts: Partial<Parameters<typeof exitCodeOf>[0]>,
    code: ExitCode,
  ])[] = [
    ['is 0 where nothing was found', {}, 0],
    ['is 0 where everything passes or does not apply', { findings: [of('pass'), of('notApplicable')] }, 0],
    ['is 1 for a failure at the threshold', { findings: [failure('high')] }, 1],
    ['is 1 for a failure above it', { findings: [failure('critical')] }, 1],
    ['is 0 for a failure below it', { findings: [failure('medium')] }, 0],
    [
      'is 1 for a failure below high where a lower threshold is asked for',
      { findings: [failure('info')], thresholdOf: () => 'info' },
      1,
    ],
    [
      'is 0 for a failure of severity high where only critical ones count',
      { findings: [failure('high')], thresholdOf: () => 'critical' },
      0,
    ],
    ['is 4 where only something undecided is at the threshold', { findings: [undecided('high'), failure('low')] }, 4],
    ['is 0 for something undecided below the threshold', { findings: [undecided('medium')] }, 0],
    ['is 1 where both are at the threshold', { findings: [undecided('critical'), failure('high')] }, 1],
    [
      'is 1 for a failure that is at the threshold of its own policy',
      { findings: [failure('low')], thresholdOf: ({ severity }) => severity },
      1,
    ],
    ['is 4 where another policy may decide', { isDoubtful: true }, 4],
    [
      'is 1 where another policy may decide, and a failure was found',
      { isDoubtful: true, findings: [failure('high')] },
      1,
    ],
    ['is 4 where a part of the cluster was not read', { isIncomplete: true }, 4],
    [
      'is 4 also where failures were found in what was read',
      { isIncomplete: true, findings: [failure('critical')] },
      4,
    ],
    ['is 3 where input was unusable', { hasInputProblem: true }, 3],
    ['is 3 also where failures were found in the rest', { hasInputProblem: true, findings: [failure('critical')] }, 3],
    ['is 3 where input was unusable and something was not read', { hasInputProblem: true, isIncomplete: true }, 3],
  ];
  for (const [sentence, parts, code] of rows) {
    it(sentence, () => {
      expect(exitCodeOf({ ...clean, ...parts })).to.equal(code);
    });
  }
});

function print(findings: readonly Finding[], source?: SourcePlace): string {
  const { summary } = collectedOf(findings);
  return [...printReport({ findings, summary, placeOf: () => source })].join('');
}

describe('the report as JSON', () => {
  const finding = findingOf({
    rule: ruleNamed('pod-privileged', { controls: ['cis-1.12/5.2.2'] }),
    severity: 'critical',
    message: 'container "web" is privileged',
    violations: [
      {
        path: 'spec.containers[0].securityContext.privileged',
        observed: 'true',
        message: 'container "web" is privileged',
        severity: 'critical',
      },
      { path: 'spec.hostPID', message: 'it says nothing' },
    ],
  });

  it('has the shape that others parse', () => {
    expect(JSON.parse(print([finding], { path: 'a/b.yaml', line: 7 }))).to.deep.equal({
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'PostureReport',
      summary: {
        critical: 1,
        high: 0,
        medium: 0,
        low: 0,
        info: 0,
        pass: 0,
        notApplicable: 0,
        unknown: 0,
        exempt: 0,
        subjects: 1,
      },
      findings: [
        {
          rule: 'pod-privileged',
          severity: 'critical',
          outcome: 'fail',
          subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' },
          source: { path: 'a/b.yaml', line: 7 },
          controls: ['cis-1.12/5.2.2'],
          message: 'container "web" is privileged',
          violations: [
            {
              path: 'spec.containers[0].securityContext.privileged',
              observed: 'true',
              message: 'container "web" is privileged',
            },
            { path: 'spec.hostPID', message: 'it says nothing' },
          ],
        },
      ],
    });
  });

  it('says nothing of a source where the subject comes from a cluster', () => {
    expect((JSON.parse(print([finding])) as PostureReport).findings[0]).not.to.have.property('source');
  });

  it('tells of a workload in a cluster how many of its pods it is true of, and of which revisions', () => {
    const pods = { concerned: 3, total: 12, revisions: ['web-6d5'] };
    const [printed] = (JSON.parse(print([findingOf({ pods })])) as PostureReport).findings;
    expect(printed?.pods).to.deep.equal(pods);
  });

  it('tells why an owner is not believed, or that it is', () => {
    const { findings } = JSON.parse(
      print([
        findingOf({ unverifiedOwner: 'no such Deployment' }),
        findingOf({ assumedOwner: 'a Rollout is not read' }),
      ]),
    ) as PostureReport;
    expect(findings[0]).to.include({ unverifiedOwner: 'no such Deployment' });
    expect(findings[1]).to.include({ assumedOwner: 'a Rollout is not read' });
  });

  it('tells what the API server makes of the next one, where that is known', () => {
    const enforcement = { mode: 'warn', by: 'ValidatingAdmissionPolicy/merlon-pod-security' } as const;
    const { summary } = collectedOf([finding]);
    const text = [
      ...printReport({ findings: [finding], summary, placeOf: () => undefined, enforcementOf: () => enforcement }),
    ].join('');
    expect((JSON.parse(text) as PostureReport).findings[0]?.enforcement).to.deep.equal(enforcement);
    expect((JSON.parse(print([finding])) as PostureReport).findings[0]).not.to.have.property('enforcement');
  });

  it('tells what no rule is about, and holds nothing that a terminal obeys there either', () => {
    const { summary } = collectedOf([]);
    const notJudged = [{ apiVersion: 'a/v1', kind: 'Roll\x1bout', count: 2, holdsPodTemplate: true }];
    const text = [...printReport({ findings: [], summary: { ...summary, notJudged }, placeOf: () => undefined })].join(
      '',
    );
    expect((JSON.parse(text) as PostureReport).summary.notJudged).to.deep.equal(notJudged);
    expect(text).not.to.contain('\x1b');
  });

  it('has an empty list where nothing was found', () => {
    const text = print([]);
    expect((JSON.parse(text) as PostureReport).findings).to.deep.equal([]);
    expect(text.endsWith('\n')).to.equal(true);
  });

  it('reads as if it had been printed in one piece', () => {
    const text = print([finding, finding, findingOf()]);
    expect(text).to.equal(`${JSON.stringify(JSON.parse(text), undefined, 2)}\n`);
  });

  it('holds nothing that a terminal obeys, and loses nothing', () => {
    const name = 'a\x1b[2J\u009b2J\x7f\u202egnp\u2028\u{e0041}"\\\nb';
    const text = print([findingOf({ subject: { apiVersion: 'v1', kind: 'Pod', name } })], { path: name, line: 1 });
    // eslint-disable-next-line no-control-regex -- it is what must not be there
    expect(text).not.to.match(/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\u{e0000}-\u{e0fff}]/u);
    const [printed] = (JSON.parse(text) as PostureReport).findings;
    expect([printed?.subject.name, printed?.source?.path]).to.deep.equal([name, name]);
  });
});
