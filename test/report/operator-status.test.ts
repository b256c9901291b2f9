import { expect } from 'chai';

import type { Condition } from '../../src/api/v1alpha1/conditions.ts';
import { buildOperatorStatus, formatAge } from '../../src/report/operator-status.ts';
import type { OperatorSigns } from '../../src/report/operator-status.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const since = '2026-11-24T08:00:00Z';

function condition(type: string, status: Condition['status'], parts: Partial<Condition> = {}): Condition {
  return { type, status, reason: 'AReason', message: 'a message', lastTransitionTime: since, ...parts };
}
const inputs = condition('InputsComplete', 'True');
const ready = condition('Ready', 'True');
const healthy: OperatorSigns = {
  lease: { holder: 'merlon-1', renewTimeMs: nowMs - 3000, durationMs: 15_000 },
  conditions: [ready, inputs],
  refused: [],
  trouble: '',
  nowMs,
};
const lease = (parts: Partial<NonNullable<OperatorSigns['lease']>>) => ({
  lease: { holder: 'merlon-1', renewTimeMs: nowMs - 3000, durationMs: 15_000, ...parts },
});

describe('the status of the operator', () => {
  it('is current where it lives and its inputs are complete', () => {
    expect(buildOperatorStatus(healthy)).to.deep.equal({
      isAlive: true,
      isCurrent: true,
      lines: [
        'operator: alive as "merlon-1", last sign of life 3 s ago',
        'inputs: complete since 2026-11-24T08:00:00Z',
        'verdicts: current; a change is judged within seconds',
      ],
    });
  });

  interface Row {
    readonly sentence: string;
    readonly signs: Partial<OperatorSigns>;
    readonly maxAgeMs?: number;
    readonly isAlive: boolean;
    readonly lines: readonly string[];
  }
  const complete = 'inputs: complete since 2026-11-24T08:00:00Z';
  const rows: readonly Row[] = [
    {
      sentence: 'is not where there was never a Lease',
      signs: { lease: undefined },
      isAlive: false,
      lines: [
        'operator: never seen (no Lease was ever renewed); is it installed, in that namespace?',
        complete,
        'verdicts: none',
      ],
    },
    {
      sentence: 'is not where the Lease has run out',
      signs: lease({ renewTimeMs: nowMs - 600_000 }),
      isAlive: false,
      lines: [
        'operator: dead or cut off ("merlon-1"), last sign of life 10 min ago',
        complete,
        'verdicts: as of 10 min ago at the latest; what changed since is not judged',
      ],
    },
    {
      sentence: 'is not where the Lease was let go',
      signs: lease({ holder: '' }),
      isAlive: false,
      lines: [
        'operator: stopped in good order, last sign of life 3 s ago',
        complete,
        'verdicts: as of 3 s ago at the latest; what changed since is not judged',
      ],
    },
    {
      sentence: 'is not where a sign of life from the future says nothing of its age',
      signs: lease({ renewTimeMs: nowMs + 3_600_000 }),
      isAlive: false,
      lines: [
        'operator: unknown ("merlon-1"): its clock is 60 min ahead of the API server\'s',
        complete,
        'verdicts: of unknown age',
      ],
    },
    {
      sentence: 'is not where the sign of life is older than was asked for',
      signs: {},
      maxAgeMs: 2000,
      isAlive: false,
      lines: [
        'operator: dead or cut off ("merlon-1"), last sign of life 3 s ago',
        complete,
        'verdicts: as of 3 s ago at the latest; what changed since is not judged',
      ],
    },
    {
      sentence: 'is not where inputs are missing',
      signs: {
        conditions: [ready, condition('InputsComplete', 'False', { reason: 'PermissionMissing', message: 'no pods' })],
      },
      isAlive: true,
      lines: [
        'operator: alive as "merlon-1", last sign of life 3 s ago',
        'inputs: not complete since 2026-11-24T08:00:00Z (PermissionMissing): no pods',
        'verdicts: current for what can be read; the rest is unknown',
      ],
    },
    {
      sentence: 'is not where nothing was judged yet',
      signs: {
        conditions: ['Ready', 'InputsComplete'].map((type) =>
          condition(type, 'Unknown', { reason: 'Pending', message: 'waiting' }),
        ),
      },
      isAlive: true,
      lines: [
        'operator: alive as "merlon-1", last sign of life 3 s ago',
        'inputs: unknown (Pending): waiting',
        'verdicts: not current (Pending): waiting',
      ],
    },
    {
      sentence: 'is not where the evaluation fails',
      signs: { conditions: [condition('Ready', 'False', { reason: 'EvaluationFailed', message: 'a defect' }), inputs] },
      isAlive: true,
      lines: [
        'operator: alive as "merlon-1", last sign of life 3 s ago',
        complete,
        'verdicts: not current (EvaluationFailed): a defect',
      ],
    },
    {
      sentence: 'is not where the cluster has no posture',
      signs: { conditions: undefined },
      isAlive: true,
      lines: [
        'operator: alive as "merlon-1", last sign of life 3 s ago',
        'inputs: unknown, the cluster has no posture yet',
        'verdicts: none',
      ],
    },
    {
      sentence: 'is not where a posture could not be written',
      signs: { refused: [{ source: 'SecurityPosture shop', message: 'exceeded quota' }] },
      isAlive: true,
      lines: [
        'operator: alive as "merlon-1", last sign of life 3 s ago',
        complete,
        'verdicts: current; a change is judged within seconds',
        'not written: SecurityPosture shop: exceeded quota',
      ],
    },
  ];
  for (const { sentence, signs, maxAgeMs, isAlive, lines } of rows) {
    it(sentence, () => {
      expect(buildOperatorStatus({ ...healthy, ...signs }, maxAgeMs)).to.deep.equal({
        isAlive,
        isCurrent: false,
        lines,
      });
    });
  }

  it('says where others than Merlon may have written what is read, or that nobody knows, and nothing where they may not', () => {
    const linesWith = (status: 'True' | 'False' | 'Unknown', reason: string) => {
      const guarded = { ...ready, type: 'Guarded', status, reason, message: 'so it is' };
      return buildOperatorStatus({ ...healthy, conditions: [ready, inputs, guarded] }).lines.slice(3);
    };
    expect(linesWith('False', 'GuardMissing')).to.deep.equal([
      'guards: not in force since 2026-11-24T08:00:00Z (GuardMissing): so it is',
    ]);
    expect(linesWith('Unknown', 'NotObserved')).to.deep.equal(['guards: unknown (NotObserved): so it is']);
    expect(linesWith('True', 'Guarded')).to.deep.equal([]);
  });

  it('is current with a clock that is a little ahead', () => {
    const status = buildOperatorStatus({ ...healthy, ...lease({ renewTimeMs: nowMs + 2000 }) });
    expect(status.isCurrent).to.equal(true);
    expect(status.lines[0]).to.equal('operator: alive as "merlon-1", last sign of life 0 s ago');
  });
  it('is current with an old sign of life where that was asked for', () => {
    const signs = { ...healthy, ...lease({ renewTimeMs: nowMs - 60_000 }) };
    expect(buildOperatorStatus(signs).isCurrent).to.equal(false);
    expect(buildOperatorStatus(signs, 90_000).isCurrent).to.equal(true);
  });
});

describe('a living operator that says what keeps it from its work', () => {
  it('is alive, and its verdicts cannot be relied on', () => {
    const status = buildOperatorStatus({ ...healthy, trouble: 'listing and watching pods is forbidden' });
    expect(status).to.include({ isAlive: true, isCurrent: false });
    expect(status.lines.at(-1)).to.equal(
      'trouble: listing and watching pods is forbidden; the verdicts may be older than what is in the cluster',
    );
  });
});

describe('an age', () => {
  const rows: readonly (readonly [ageMs: number, text: string])[] = [
    [0, '0 s'],
    [-400, '0 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [7_100_000, '118 min'],
    [7_200_000, '2 h'],
    [47 * 3_600_000, '47 h'],
    [48 * 3_600_000, '2 d'],
  ];
  for (const [ageMs, text] of rows) {
    it(`of ${ageMs} ms is ${text}`, () => {
      expect(formatAge(ageMs)).to.equal(text);
    });
  }
});
