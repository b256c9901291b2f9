/** Objects of tests judged by every rule in force, with exemptions: as posture and scan do it, without a cluster. */
import { Evaluator } from '../../src/core/evaluate.ts';
import { judgeExemption } from '../../src/core/exemption.ts';
import type { AnyExemption, Exemption } from '../../src/core/exemption.ts';
import { ExemptionMatcher } from '../../src/core/exemption-matcher.ts';
import type { ExemptionUse } from '../../src/core/exemption-matcher.ts';
import { ExemptionTable } from '../../src/core/exemption-table.ts';
import type { ExemptionTerms } from '../../src/core/exemption-terms.ts';
import type { Finding } from '../../src/core/finding.ts';
import { FindingCollector } from '../../src/core/finding-collector.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { isOfCluster } from '../../src/core/subjects.ts';
import { rules } from '../../src/rules/index.ts';

export interface ExemptedFindings {
  /** Failures, exempt or not, and what is undecided. */
  readonly findings: readonly Finding[];
  readonly uses: ReadonlyMap<Exemption, ExemptionUse>;
}

export interface ExemptedNamespace {
  readonly namespace: string;
  readonly snapshot: Snapshot;
  readonly exemptions: readonly AnyExemption[];
  readonly terms: ExemptionTerms;
  /** Milliseconds since 1970; by default that moment itself. */
  readonly nowMs?: number;
}

/** @throws {Error} where an exemption is not understood, or a rule throws */
export function judgeExempted(options: ExemptedNamespace): ExemptedFindings {
  const { namespace, snapshot, exemptions, terms, nowMs = 0 } = options;
  const table = new ExemptionTable();
  for (const object of exemptions) table.set(accept(object));
  const evaluator = new Evaluator({
    ruleThrew: (rule, error) => {
      throw new Error(`rule ${rule} threw`, { cause: error });
    },
  });
  const scope = { namespace };
  const matcher = new ExemptionMatcher({ table, terms, scope, nowMs });
  const collector = new FindingCollector('open');
  collector.exemptBy(matcher);
  const about = buildDefaultPolicy(rules).rules.filter(({ rule }) => !isOfCluster(rule.subject));
  evaluator.judge(scope, about, snapshot, collector);
  return { findings: collector.finish().findings, uses: matcher.uses };
}

function accept(object: AnyExemption): Exemption {
  const { exemption, problem } = judgeExemption(object, rules);
  if (exemption === undefined) throw new Error(problem?.message);
  return exemption;
}
