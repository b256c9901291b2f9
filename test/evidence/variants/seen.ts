/** What is seen of an API server, as the tables of variants write it. */
import { factDeclarations } from '../../../src/api/v1alpha1/facts.ts';
import type { ClusterStore } from '../../../src/controller/store.ts';
import { Evaluator } from '../../../src/core/evaluate.ts';
import { factNames, isObserved } from '../../../src/core/evidence.ts';
import type { Evidence, Fact, FactName, ServerEvidence, Unobserved } from '../../../src/core/evidence.ts';
import { resolveParams } from '../../../src/core/params.ts';
import type { AnonymousAnswer } from '../../../src/core/evidence.ts';
import { oneServer } from '../../../src/core/server-evidence.ts';
import { rules } from '../../../src/rules/index.ts';
import type { Verdicts } from './variant.ts';
import { A_HASH, UNKNOWN } from './variant.ts';

const MAX_PLACES = 3;

export type Seen = Readonly<Record<string, unknown>>;

/** Every fact, by name. */
export function valuesOf(evidence: Evidence): Seen {
  return Object.fromEntries(
    factNames.map((name) => {
      const fact = factOf(evidence, name);
      return [name, isObserved(fact) ? written(name, fact.value) : UNKNOWN];
    }),
  );
}

export function sourcesOf(evidence: Evidence, names: readonly string[]): Seen {
  return Object.fromEntries(
    names.map((name) => {
      const fact = factOf(evidence, name as FactName);
      return [name, isObserved(fact) ? fact.source : UNKNOWN];
    }),
  );
}

export function contradictedOf(evidence: Evidence): readonly string[] {
  return factNames.filter((name) => {
    const fact = factOf(evidence, name);
    return isObserved(fact) && fact.contradicted !== undefined;
  });
}

function factOf(evidence: Evidence, name: FactName): Fact<unknown> | Unobserved | undefined {
  return evidence[name];
}

function written(name: FactName, value: unknown): unknown {
  // Files differ in the folder that a test makes.
  if (factDeclarations[name].type === 'hash') return value === 'none' ? value : A_HASH;
  if (name !== 'anonymousRequests') return value;
  return (value as readonly AnonymousAnswer[])
    .map(({ path, status }) => `${path.replace(/\?.*/, '')} ${status}`)
    .join(', ');
}

const selected = rules
  .filter(({ subject }) => subject === 'APIServer')
  .map((rule) => ({ rule, params: resolveParams(rule, undefined) }));

export const serverRules: readonly string[] = selected.map(({ rule }) => rule.id);

/** What those rules look at. */
export const serverSources: ReadonlySet<string> = new Set(
  selected.flatMap(({ rule: { reads = [], considers = [] } }) => [...reads, ...considers]),
);

/** What every rule about the API server says of it and the objects that it serves. @throws what a rule throws */
export function judgeServer(objects: ClusterStore, evidence: Evidence): Verdicts {
  return judgeServers(objects, oneServer(evidence));
}

/** The same of several. */
export function judgeServers(objects: ClusterStore, servers: readonly ServerEvidence[]): Verdicts {
  objects.setEvidence(servers);
  const evaluator = new Evaluator({
    ruleThrew: (_rule, error) => {
      throw error;
    },
  });
  return Object.fromEntries(
    evaluator.evaluate('cluster', selected, objects).map(({ rule, outcome, violations }) => {
      const where = [...new Set(violations.map(({ path }) => path))];
      const places = where.length > MAX_PLACES ? 'many places' : where.join(', ');
      return [rule.id, [outcome, places].filter((text) => text !== '').join(': ')];
    }),
  );
}
