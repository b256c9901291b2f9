import { expect } from 'chai';

import { sortFindings } from '../../src/core/finding.ts';
import { buildVerdict, listFindings } from '../../src/core/posture.ts';
import { findingOf, ruleNamed } from './finding-of.ts';

describe('the verdict', () => {
  it('is True where there is nothing to judge', () => {
    expect(buildVerdict([], 'high')).to.equal('True');
  });

  it('is True where everything passes or does not apply', () => {
    expect(
      buildVerdict(
        [
          findingOf({ outcome: 'pass', severity: 'critical' }),
          findingOf({ outcome: 'notApplicable', severity: 'critical' }),
        ],
        'high',
      ),
    ).to.equal('True');
  });

  it('is False where a failure is at the threshold', () => {
    expect(buildVerdict([findingOf({ severity: 'high' })], 'high')).to.equal('False');
  });

  it('is False where a failure is above the threshold', () => {
    expect(buildVerdict([findingOf({ severity: 'critical' })], 'medium')).to.equal('False');
  });

  it('is True where all failures are below the threshold', () => {
    expect(buildVerdict([findingOf({ severity: 'medium' })], 'high')).to.equal('True');
  });

  it('is Unknown where something at the threshold is undecided', () => {
    expect(buildVerdict([findingOf({ outcome: 'unknown', severity: 'high' })], 'high')).to.equal('Unknown');
  });

  it('is True where what is undecided is below the threshold', () => {
    expect(buildVerdict([findingOf({ outcome: 'unknown', severity: 'medium' })], 'high')).to.equal('True');
  });

  it('is True where what fails is exempt', () => {
    expect(buildVerdict([findingOf({ outcome: 'exempt', severity: 'critical' })], 'high')).to.equal('True');
  });

  it('is False where something fails, whatever else is undecided', () => {
    expect(
      buildVerdict([findingOf({ outcome: 'unknown', severity: 'critical' }), findingOf({ severity: 'high' })], 'high'),
    ).to.equal('False');
  });

  it('is Unknown where something is undecided at the threshold and failures are below it', () => {
    expect(
      buildVerdict([findingOf({ outcome: 'unknown', severity: 'high' }), findingOf({ severity: 'low' })], 'high'),
    ).to.equal('Unknown');
  });

  it('counts everything at the threshold info', () => {
    expect(buildVerdict([findingOf({ severity: 'info' })], 'info')).to.equal('False');
  });
});

describe('the listed findings', () => {
  it('are those that fail or are undecided, in the order given', () => {
    const { findings, omittedFindings } = listFindings([
      findingOf({ rule: ruleNamed('b') }),
      findingOf({ rule: ruleNamed('a'), outcome: 'unknown' }),
      findingOf({ rule: ruleNamed('c'), outcome: 'notApplicable' }),
      findingOf({ rule: ruleNamed('d'), outcome: 'pass' }),
    ]);
    expect(findings.map(({ rule, outcome }) => `${rule} ${outcome}`)).to.deep.equal(['b fail', 'a unknown']);
    expect(omittedFindings).to.equal(0);
  });

  it('hold what people need, and nothing of the rule but its id', () => {
    expect(
      listFindings([
        findingOf({
          origin: {},
          violations: [
            { path: 'spec.hostPID', observed: 'true', message: 'hostPID is true' },
            { path: 'spec.hostIPC', message: 'hostIPC is true', severity: 'low' },
          ],
        }),
      ]).findings,
    ).to.deep.equal([
      {
        rule: 'a-rule',
        severity: 'high',
        outcome: 'fail',
        subject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web' },
        message: 'it is wrong',
        violations: [
          { path: 'spec.hostPID', observed: 'true', message: 'hostPID is true' },
          { path: 'spec.hostIPC', message: 'hostIPC is true' },
        ],
      },
    ]);
  });

  it('are all listed at the bound of 200', () => {
    const { findings, omittedFindings } = listFindings(Array.from({ length: 200 }, () => findingOf()));
    expect(findings).to.have.length(200);
    expect(omittedFindings).to.equal(0);
  });

  it('are the first 200 above it, with the exact number of the others', () => {
    const all = [
      ...Array.from({ length: 150 }, () => findingOf({ severity: 'critical' })),
      ...Array.from({ length: 101 }, () => findingOf({ outcome: 'unknown' })),
      ...Array.from({ length: 50 }, () => findingOf({ outcome: 'pass' })),
    ];
    const { findings, omittedFindings } = listFindings(all);
    expect(findings.map(({ outcome }) => outcome)).to.deep.equal([
      ...Array.from({ length: 150 }, () => 'fail'),
      ...Array.from({ length: 50 }, () => 'unknown'),
    ]);
    expect(omittedFindings).to.equal(51);
  });

  it('say how many pods they concern, of which revisions, and whose owner was not believed', () => {
    const revisions = ['web-1', 'web-2', 'web-3', 'web-4', 'web-5', 'web-6'];
    const [finding, other] = listFindings([
      findingOf({ pods: { concerned: 7, total: 9, revisions }, assumedOwner: 'believed' }),
      findingOf({ pods: { concerned: 3, total: 3 }, unverifiedOwner: 'not believed' }),
    ]).findings;
    expect(finding).to.deep.include({ pods: 7, revisions: revisions.slice(0, 5), assumedOwner: 'believed' });
    expect(other).to.deep.include({ pods: 3, unverifiedOwner: 'not believed' });
    expect(other).not.to.have.property('revisions');
  });

  it('say what the API server makes of the next one, where that is known', () => {
    const enforcement = { mode: 'deny', by: 'pod-security.kubernetes.io/enforce' } as const;
    const findings = [findingOf({ message: 'known' }), findingOf({ message: 'not known' })];
    const [known, other] = listFindings(findings, ({ message }) =>
      message === 'known' ? enforcement : undefined,
    ).findings;
    expect(known?.enforcement).to.deep.equal(enforcement);
    expect(other).not.to.have.property('enforcement');
  });

  it('have five violations each, with the exact number of the others', () => {
    const violation = { path: 'spec', message: 'wrong' };
    const [five, six] = listFindings([
      findingOf({ violations: Array.from({ length: 5 }, () => violation) }),
      findingOf({ violations: Array.from({ length: 6 }, () => violation) }),
    ]).findings;
    expect(five?.violations).to.have.length(5);
    expect(five).not.to.have.property('omittedViolations');
    expect(six?.violations).to.have.length(5);
    expect(six).to.have.property('omittedViolations', 1);
  });

  it('end in an ellipsis where the CRD admits no more', () => {
    const [finding] = listFindings([
      findingOf({
        message: 'm'.repeat(1025),
        violations: [{ path: 'p'.repeat(513), observed: 'o'.repeat(257), message: 'v'.repeat(1025) }],
      }),
    ]).findings;
    expect(finding?.message).to.equal(`${'m'.repeat(1023)}…`);
    expect(finding?.violations).to.deep.equal([
      { path: `${'p'.repeat(511)}…`, observed: `${'o'.repeat(255)}…`, message: `${'v'.repeat(1023)}…` },
    ]);
  });

  it('are left as they are at what the CRD admits', () => {
    const violation = { path: 'p'.repeat(512), observed: 'o'.repeat(256), message: 'v'.repeat(1024) };
    const [finding] = listFindings([findingOf({ message: 'm'.repeat(1024), violations: [violation] })]).findings;
    expect(finding?.message).to.equal('m'.repeat(1024));
    expect(finding?.violations).to.deep.equal([violation]);
  });

  it('are measured in code points, as the API server measures them, and never cut within one', () => {
    const [whole, cut] = listFindings([
      findingOf({ message: '🔒'.repeat(1024) }),
      findingOf({ message: '🔒'.repeat(1025) }),
    ]).findings;
    expect(whole?.message).to.equal('🔒'.repeat(1024));
    expect(cut?.message).to.equal(`${'🔒'.repeat(1023)}…`);
  });

  it('name a subject within bounds, although whoever creates a pod chooses its length', () => {
    const [finding] = listFindings([
      findingOf({
        subject: {
          apiVersion: `${'g'.repeat(400)}/v1`,
          kind: 'K'.repeat(100),
          namespace: 'shop',
          name: 'n'.repeat(600),
        },
      }),
    ]).findings;
    expect(finding?.subject).to.deep.equal({
      apiVersion: `${'g'.repeat(316)}…`,
      kind: `${'K'.repeat(62)}…`,
      namespace: 'shop',
      name: `${'n'.repeat(511)}…`,
    });
  });
});

describe('findings that are exempt', () => {
  it('are listed after what is undecided, with who accepts them', () => {
    const exemption = 'HardeningExemption/web';
    const { findings, omittedFindings } = listFindings(
      sortFindings([
        findingOf({ outcome: 'exempt', severity: 'critical', exemption }),
        findingOf({ outcome: 'pass' }),
        findingOf({ outcome: 'unknown', severity: 'low' }),
        findingOf({ severity: 'low' }),
      ]),
    );
    expect(findings.map(({ outcome }) => outcome)).to.deep.equal(['fail', 'unknown', 'exempt']);
    expect(findings.at(2)).to.deep.include({ severity: 'critical', exemption });
    expect(omittedFindings).to.equal(0);
  });
});
