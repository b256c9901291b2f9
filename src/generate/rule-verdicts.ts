/**
 * What a rule about the API server says where a fact has a value, found out by asking the rule: alone, or together with
 * as few other facts as it takes.
 */
import type { Fact, FactName } from '../core/evidence.ts';
import { Evaluator } from '../core/evaluate.ts';
import { resolveParams } from '../core/params.ts';
import type { AnyRule } from '../core/rule.ts';
import { sampleClustersOf, snapshotOf } from './sample-objects.ts';
import type { SampleCluster } from './sample-objects.ts';
import type { ToldFacts } from './told-facts.ts';

export type Outcome = 'pass' | 'fail' | 'unknown' | 'notApplicable';
type Known = ReadonlyMap<FactName, Fact<unknown>>;

export interface Verdict {
  readonly outcome: Exclude<Outcome, 'unknown'>;
  /** Of the fact that it is about, the value. */
  readonly value: unknown;
  /** What has to be known besides; empty where the value decides alone. */
  readonly others: Known;
  /** In which clusters; empty for any. */
  readonly where: readonly SampleCluster[];
}

/** More of them would be a riddle, and no help. */
const MAX_OTHERS = 3;

/** Of each fact of the rule, what each of its values comes to; nothing of a value that decides nothing. */
export function findVerdicts(rule: AnyRule, told: ToldFacts): ReadonlyMap<FactName, readonly Verdict[]> {
  const facts = rule.facts ?? [];
  const asked = sampleClustersOf(rule).map((cluster) => ({ cluster, outcomeOf: rememberOutcomes(rule, cluster) }));
  return new Map(
    facts.map((name) => {
      const values = valuesOf(told, name);
      const choices = chooseOthers(
        told,
        facts.filter((other) => other !== name),
      );
      const verdicts = values.flatMap((fact) =>
        mergeClusters(
          asked.map(({ cluster, outcomeOf }) => ({
            cluster,
            verdicts: decide(name, fact, values, choices, outcomeOf),
          })),
        ),
      );
      return [name, verdicts];
    }),
  );
}

/** One fact for each value that there is. */
function valuesOf(told: ToldFacts, name: FactName): readonly Fact<unknown>[] {
  const byValue = new Map((told.get(name)?.told ?? []).map((fact) => [JSON.stringify(fact.value), fact]));
  return [...byValue.values()];
}

/** Values for none of these facts, for one, and so on. */
function chooseOthers(told: ToldFacts, names: readonly FactName[]): readonly Known[] {
  let all: Known[] = [new Map()];
  for (const name of names.toReversed()) {
    const values = valuesOf(told, name);
    all = all.flatMap((known) => [
      known,
      ...(known.size < MAX_OTHERS ? values.map((fact) => new Map([...known, [name, fact]])) : []),
    ]);
  }
  return all.sort((a, b) => a.size - b.size);
}

type OutcomeOf = (known: Known) => Outcome;
type Decided = Pick<Verdict, 'outcome' | 'value' | 'others'>;

/** Alone, or for each outcome with the fewest others beside which another value would come to something else. */
function decide(
  name: FactName,
  fact: Fact<unknown>,
  values: readonly Fact<unknown>[],
  choices: readonly Known[],
  outcomeOf: OutcomeOf,
): readonly Decided[] {
  const found = new Map<Outcome, Decided>();
  for (const others of choices) {
    const outcome = outcomeOf(new Map([...others, [name, fact]]));
    if (outcome === 'unknown' || found.has(outcome)) continue;
    const matters =
      others.size === 0 || values.some((other) => outcomeOf(new Map([...others, [name, other]])) !== outcome);
    if (!matters || (others.size > 0 && outcomeOf(others) !== 'unknown')) continue;
    found.set(outcome, { outcome, value: fact.value, others });
    if (others.size === 0) break;
  }
  return [...found.values()];
}

function rememberOutcomes(rule: AnyRule, cluster: SampleCluster): OutcomeOf {
  const remembered = new Map<string, Outcome>();
  const selected = [{ rule, params: resolveParams(rule) }];
  const evaluator = new Evaluator({
    ruleThrew: (_rule, error) => {
      throw error;
    },
  });
  return (known) => {
    const key = [...known]
      .map(([name, { value }]) => `${name}=${JSON.stringify(value)}`)
      .sort()
      .join();
    const before = remembered.get(key);
    if (before !== undefined) return before;
    const snapshot = snapshotOf(cluster, Object.fromEntries(known));
    const [finding] = evaluator.evaluate('cluster', selected, snapshot);
    const outcome = finding === undefined || finding.outcome === 'exempt' ? 'unknown' : finding.outcome;
    remembered.set(key, outcome);
    return outcome;
  };
}

interface OfCluster {
  readonly cluster: SampleCluster;
  readonly verdicts: readonly Decided[];
}

/** What is the same in all clusters is said once; of an outcome, the clusters in which it takes the least. */
function mergeClusters(all: readonly OfCluster[]): readonly Verdict[] {
  const merged: { one: Decided; where: SampleCluster[] }[] = [];
  for (const { cluster, verdicts } of all) {
    for (const one of verdicts) {
      const least = merged.find(({ one: { outcome } }) => outcome === one.outcome);
      if (least === undefined) merged.push({ one, where: [cluster] });
      else if (least.one.others.size === one.others.size) least.where.push(cluster);
      else if (least.one.others.size > one.others.size) Object.assign(least, { one, where: [cluster] });
    }
  }
  return merged.map(({ one, where }) => ({ ...one, where: where.length === all.length ? [] : where }));
}
