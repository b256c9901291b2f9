/** Who tells what of each fact, found out by asking the witnesses of all facts about single sources. */
import { factNames, isObserved, reasonUnobserved } from '../core/evidence.ts';
import type { Evidence, Fact, FactName, Unobserved } from '../core/evidence.ts';
import { concludeEvidence } from '../evidence/facts/index.ts';
import { silentReadings } from './sample-readings.ts';
import type { SampleReading } from './sample-readings.ts';

export interface ToldFact {
  /** Each value that it can have, by source, once for each way to tell it. */
  readonly told: readonly Fact<unknown>[];
  /** By source, why it does not tell. */
  readonly silences: ReadonlyMap<string, ReadonlySet<string>>;
}
export type ToldFacts = ReadonlyMap<FactName, ToldFact>;

export function askWitnesses(samples: readonly SampleReading[]): ToldFacts {
  const facts = new Map(
    factNames.map((name) => [
      name,
      { told: new Map<string, Fact<unknown>>(), silences: new Map<string, ReadonlySet<string>>() },
    ]),
  );
  const silence = concludeEvidence(silentReadings);
  for (const { source, readings } of samples) {
    const evidence = concludeEvidence(readings);
    for (const [name, { told, silences }] of facts) {
      const fact: Fact<unknown> | Unobserved | undefined = evidence[name];
      if (isObserved(fact)) {
        told.set(JSON.stringify([fact.source, fact.value, fact.detail]), fact);
        continue;
      }
      const reason = reasonUnobserved(fact);
      // Nothing that this source would have to say.
      if (reason === whyUnknown(silence, name)) continue;
      silences.set(source, new Set([...(silences.get(source) ?? []), reason]));
    }
  }
  return new Map([...facts].map(([name, { told, silences }]) => [name, { told: [...told.values()], silences }]));
}

function whyUnknown(evidence: Evidence, name: FactName): string | undefined {
  const fact: Fact<unknown> | Unobserved | undefined = evidence[name];
  return isObserved(fact) ? undefined : reasonUnobserved(fact);
}
