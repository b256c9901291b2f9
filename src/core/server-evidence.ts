/** What is known of all API servers of a cluster, made of what is known of each. */
import { factIfKnown } from './snapshot.ts';
import type { ApiServer } from './snapshot.ts';
import { factNames, isObserved, reasonUnobserved } from './evidence.ts';
import type { Evidence, Fact, FactName, FactValues, ServerEvidence, Unobserved } from './evidence.ts';

type Said = Fact<unknown> | Unobserved | undefined;

/** Of facts on which API servers may differ and one answer is needed all the same: the one to be careful with. */
const careful: { readonly [Name in FactName]?: (a: FactValues[Name], b: FactValues[Name]) => FactValues[Name] } = {
  unknownUserAllowed: (a, b) => a || b,
  // A load balancer sends a request to the older one as well.
  minorVersion: (a, b) => Math.min(a, b),
  anonymousRequests: (a, b) => [...a, ...b],
};

/** Where nobody can tell, or need tell, which of them answered. */
export function oneServer(evidence: Evidence, instance = ''): readonly ServerEvidence[] {
  return [{ instance, evidence }];
}

/** A fact is known where it is known of every API server; where they differ it is not one fact. */
export function mergeServers(servers: readonly ServerEvidence[]): Evidence {
  const [only] = servers;
  if (servers.length === 1 && only !== undefined) return only.evidence;
  return Object.fromEntries(factNames.map((name) => [name, mergeFact(name, servers)]));
}

function mergeFact(name: FactName, servers: readonly ServerEvidence[]): Said {
  const merge = careful[name] as ((a: unknown, b: unknown) => unknown) | undefined;
  let merged: Fact<unknown> | undefined;
  for (const { instance, evidence } of servers) {
    const fact: Said = evidence[name];
    if (!isObserved(fact)) return { unobserved: `${instance}: ${reasonUnobserved(fact)}` };
    if (merged === undefined) {
      merged = fact;
      continue;
    }
    const isSame = JSON.stringify(merged.value) === JSON.stringify(fact.value);
    if (!isSame && merge === undefined) {
      return { unobserved: `API servers differ: ${describe(servers, name)}` };
    }
    merged = { ...merged, value: isSame || merge === undefined ? merged.value : merge(merged.value, fact.value) };
  }
  return merged ?? { unobserved: 'no API server was observed' };
}

function describe(servers: readonly ServerEvidence[], name: FactName): string {
  return servers
    .map(({ instance, evidence }) => {
      const fact: Said = evidence[name];
      return isObserved(fact) ? `${instance} ${JSON.stringify(fact.value)}` : `${instance} unknown`;
    })
    .join(', ');
}

/** The facts on which API servers are known to differ. */
export function findDrift(servers: readonly ApiServer[]): readonly { fact: FactName; detail: string }[] {
  return factNames.flatMap((fact) => {
    // What two of them answer to somebody without credentials, one after the other, is compared as a fact of its own.
    if (fact === 'anonymousRequests') return [];
    const known = servers.flatMap((server) => {
      const value = factIfKnown(server, fact)?.value;
      return value === undefined ? [] : [`${server.instance} ${JSON.stringify(value)}`];
    });
    const values = new Set(known.map((one) => one.slice(one.indexOf(' '))));
    return values.size > 1 ? [{ fact, detail: known.join(', ') }] : [];
  });
}
