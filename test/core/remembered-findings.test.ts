/** What is remembered of findings from one judgement to the next changes nothing of what is found. */
import { expect } from 'chai';
import fc from 'fast-check';

import { SortedFindings, sortFindings } from '../../src/core/finding.ts';
import type { SharedViolation } from '../../src/core/finding.ts';
import { SharedFindings } from '../../src/core/shared-findings.ts';
import { findingOf, ruleNamed } from './finding-of.ts';

const podNamed = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name });

/** Some of the same few, by their numbers, one state after the other. */
function states(count: number) {
  const some = fc.shuffledSubarray(Array.from({ length: count }, (_, index) => index));
  return fc.array(some, { minLength: 2, maxLength: 8 });
}

describe('findings that were sorted before', () => {
  const rules = [ruleNamed('a'), ruleNamed('b')];
  const findings = Array.from({ length: 12 }, (_, index) =>
    findingOf({
      rule: rules[index % 2] ?? ruleNamed('c'),
      severity: index % 3 === 0 ? 'high' : 'low',
      subject: podNamed(`web-${index}`),
    }),
  );

  it('come in the same order as others', () => {
    fc.assert(
      fc.property(states(findings.length), (all) => {
        const memory = new SortedFindings();
        for (const numbers of all) {
          const some = numbers.flatMap((number) => findings[number] ?? []);
          expect(sortFindings(some, memory)).to.deep.equal(sortFindings(some));
        }
      }),
    );
  });
});

describe('findings that are shared', () => {
  const rule = ruleNamed('shared');
  const parts = Array.from({ length: 10 }, (_, index): readonly SharedViolation[] =>
    [index % 3, index % 4].map((cause, place) => ({
      cause: {
        subject: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: `role-${cause}` },
        path: 'rules[0]',
        observed: 'create pods/exec',
        what: `may do ${place}`,
        by: `ClusterRoleBinding "to-${index}"`,
      },
      subject: podNamed(`user-${index}`),
      key: `role-${cause}`,
      severity: 'high',
    })),
  );

  it('are the same after whatever came and went', () => {
    fc.assert(
      fc.property(states(parts.length), (all) => {
        const memory = new SharedFindings();
        for (const numbers of all) {
          const some = numbers.toSorted((a, b) => a - b).flatMap((number) => [parts[number] ?? []]);
          expect(sortFindings([...memory.of(rule, some)])).to.deep.equal(
            sortFindings([...new SharedFindings().of(rule, some)]),
          );
        }
      }),
    );
  });
});
