/**
 * Tests one check by rows of literal YAML: a pod, or what makes pods, and a version. A refusal is expected in full:
 * Pod Security's own words to the byte, and each place with what stands there.
 */
import { expect } from 'chai';

import type { ObjectOf } from '../../src/core/kinds.ts';
import type { PodTemplate } from '../../src/core/pod-template.ts';
import { MalformedField } from '../../src/core/shape.ts';
import { isRefusal, runCheck } from '../../src/pod-security/check.ts';
import type { CheckOutcome, PodSecurityCheck, Refusal } from '../../src/pod-security/check.ts';
import { evaluatePodSecurity } from '../../src/pod-security/evaluate.ts';
import { LATEST_VERSION } from '../../src/pod-security/version.ts';
import { objectOf } from '../core/yaml-objects.ts';

export interface ExpectedViolation {
  readonly path: string;
  /** Absent where nothing stands there. */
  readonly observed?: string;
  /** Compared where it is given. */
  readonly message?: string;
}

export type ExpectedOutcome =
  | { readonly passes: true }
  | { readonly refused: Pick<Refusal, 'reason' | 'detail'> & { readonly violations: readonly ExpectedViolation[] } }
  | { readonly notApplicable: string }
  /** The path of the field that nothing can be said without. */
  | { readonly malformed: string };

export type CheckRow = ExpectedOutcome & {
  /** A sentence about behaviour. */
  readonly name: string;
  /** The newest where it is left out. */
  readonly version?: number;
  /** One Pod. */
  readonly yaml: string;
};

export function testCheck(check: PodSecurityCheck, rows: readonly CheckRow[]): void {
  describe(`Pod Security's ${check.id}`, () => {
    for (const row of rows) {
      it(row.name, () => {
        const pod = podOf(row.yaml);
        const version = row.version ?? LATEST_VERSION;
        if ('malformed' in row) {
          expect(() => runCheck(check, version, pod))
            .to.throw(MalformedField)
            .with.property('path', row.malformed);
          return;
        }
        const outcome = runCheck(check, version, pod);
        expect(runCheck(check, version, pod), 'the same outcome twice').to.deep.equal(outcome);
        expectOutcome(outcome, row);
        expectInVerdict(check, version, pod, outcome);
      });
    }

    it('has rows for a pass and a refusal, and no row twice', () => {
      expect(rows.filter((row) => 'passes' in row)).not.to.deep.equal([]);
      expect(rows.filter((row) => 'refused' in row)).not.to.deep.equal([]);
      expect(rows.map(({ name }) => name)).to.deep.equal([...new Set(rows.map(({ name }) => name))]);
      const inputs = rows.map(({ yaml, version }) => JSON.stringify([yaml, version]));
      expect(inputs).to.deep.equal([...new Set(inputs)]);
    });
  });
}

/** The pod, which nothing can change. */
export function podOf(yaml: string): PodTemplate {
  return deepFreeze<ObjectOf<'Pod'>>(objectOf('Pod', yaml));
}

function expectOutcome(outcome: CheckOutcome, expected: Exclude<ExpectedOutcome, { malformed: string }>): void {
  if ('passes' in expected) {
    expect(outcome).to.equal(undefined);
  } else if ('notApplicable' in expected) {
    expect(outcome).to.deep.equal({ outcome: 'notApplicable', reason: expected.notApplicable });
  } else if (outcome === undefined || !isRefusal(outcome)) {
    expect(outcome).to.deep.equal(expected.refused);
  } else {
    const { reason, detail, violations } = expected.refused;
    expect({ reason: outcome.reason, detail: outcome.detail }).to.deep.equal({ reason, detail });
    expect(outcome.violations.map(({ message: _, ...place }) => place)).to.deep.equal(
      violations.map(({ message: _, ...place }) => place),
    );
    for (const [index, { message }] of outcome.violations.entries()) {
      expect(message).to.match(/^\S.*[^.\s]$/, 'one sentence, without a full stop');
      const wanted = violations[index]?.message;
      if (wanted !== undefined) expect(message).to.equal(wanted);
    }
  }
}

/** What a check says is what the level that it belongs to says of the pod. */
function expectInVerdict(check: PodSecurityCheck, version: number, pod: PodTemplate, outcome: CheckOutcome): void {
  const found = evaluatePodSecurity(check.level, version, pod).checks.filter(({ id }) => id === check.id);
  expect(found).to.deep.equal(isRefusal(outcome) ? [{ id: check.id, ...outcome }] : []);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value))) deepFreeze(descriptor.value);
  return Object.freeze(value);
}
