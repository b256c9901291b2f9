/** What ten thousand exemptions of the cluster cost: to read them, to hold them, and to match findings against them. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { judgeExemption } from '../../src/core/exemption.ts';
import { ExemptionMatcher } from '../../src/core/exemption-matcher.ts';
import { ExemptionTable } from '../../src/core/exemption-table.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import type { Finding } from '../../src/core/finding.ts';
import { rules } from '../../src/rules/index.ts';
import { findingOf } from '../core/finding-of.ts';
import { exemptionObject } from '../core/exemption-samples.ts';
import { roundTo } from './statistics.ts';

export interface ExemptionCost {
  readonly exemptions: number;
  readonly findings: number;
  /** From objects to the table, its indexes included. */
  readonly readMs: number;
  /** Where they name what they are about, a third of them by a pattern. */
  readonly matchedMs: number;
  /** Where every one is a pattern that begins with a star, so that each finding is put to all of them. */
  readonly unindexedMs: number;
  readonly heapMB: number;
}

const exemptionCount = 10_000;
const findingCount = 5000;
const nowMs = Date.parse('2026-11-26T12:00:00Z');

export function measureExemptions(): ExemptionCost {
  const collect = openCollector();
  collect();
  const heapBefore = process.memoryUsage().heapUsed;
  const before = performance.now();
  const table = fill((index) =>
    index % 3 === 0
      ? { namespace: `team-${index % 1000}`, name: `web-${index}-*` }
      : { namespace: `team-${index % 1000}`, kind: 'Deployment', name: `web-${index}` },
  );
  match(table, 1);
  const readMs = performance.now() - before;
  collect();
  const heapMB = (process.memoryUsage().heapUsed - heapBefore) / 1e6;
  return {
    exemptions: exemptionCount,
    findings: findingCount,
    readMs: roundTo(1, readMs),
    matchedMs: roundTo(1, match(table, findingCount)),
    unindexedMs: roundTo(
      1,
      match(
        fill((index) => ({ name: `*-db-${index}` })),
        findingCount,
      ),
    ),
    heapMB: roundTo(1, heapMB),
  };
}

function fill(subjectOf: (index: number) => object): ExemptionTable {
  const table = new ExemptionTable();
  for (let index = 0; index < exemptionCount; index += 1) {
    const object = exemptionObject(
      { name: `of-${index}` },
      { rules: ['pod-privileged'], subjects: [subjectOf(index)] },
    );
    const { exemption, problem } = judgeExemption(object, rules);
    if (exemption === undefined) throw new Error(problem?.message);
    table.set(exemption);
  }
  return table;
}

/** @returns milliseconds */
function match(table: ExemptionTable, count: number): number {
  const rule = rules.find(({ id }) => id === 'pod-privileged');
  if (rule === undefined) throw new Error('there is no rule pod-privileged');
  const findings = Array.from({ length: count }, (_, index): Finding => {
    const subject = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'team-1', name: `web-${index}` };
    return findingOf({ rule, subject, origin: { name: subject.name } });
  });
  const started = performance.now();
  const matcher = new ExemptionMatcher({
    table,
    terms: DEFAULT_EXEMPTION_TERMS,
    scope: { namespace: 'team-1' },
    nowMs,
  });
  for (const finding of findings) matcher.apply(finding);
  return performance.now() - started;
}

function openCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
