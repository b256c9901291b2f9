/** What is known of all API servers of a cluster, made of what is known of each. */
import { factIfKnown, whyUnknown } from './snapshot.ts';
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
  // Each has its own: the one that ends first.
  servingCertificate: (a, b) => firstEnding.find((state) => [a, b].includes(state)) ?? a,
};
const firstEnding = ['expired', 'endsSoon', 'valid'] as const satisfies FactValues['servingCertificate'][];

/**
 * Known as soon as it is known of one: the pods of every namespace are judged by it, and none of them is another one while
 * an API server is restarted. By the skew policy the others are one minor version away at most.
 */
const enoughOfOne: ReadonlySet<FactName> = new Set(['minorVersion']);

/** Where nobody can tell, or need tell, which of them answered. */
export function oneServer(evidence: Evidence, instance = ''): readonly ServerEvidence[] {
  return [{ instance, evidence }];
}

/** A fact is known where it is known of every API server, but for the version; where they differ it is not one fact. */
export function mergeServers(servers: readonly ServerEvidence[]): Evidence {
  const [only] = servers;
  if (servers.length === 1 && only !== undefined) return only.evidence;
  return Object.fromEntries(factNames.map((name) => [name, mergeFact(name, servers)]));
}

function mergeFact(name: FactName, servers: readonly ServerEvidence[]): Said {
  const merge = careful[name] as ((a: unknown, b: unknown) => unknown) | undefined;
  let merged: Fact<unknown> | undefined;
  const silent: Unobserved[] = [];
  for (const { instance, evidence } of servers) {
    const fact: Said = evidence[name];
    if (!isObserved(fact)) {
      silent.push({ ...fact, unobserved: `${instance}: ${reasonUnobserved(fact)}` });
      continue;
    }
    if (merged === undefined) {
      merged = fact;
      continue;
    }
    const isSame = JSON.stringify(merged.value) === JSON.stringify(fact.value);
    if (!isSame && merge === undefined) {
      return { unobserved: `API servers differ: ${describe(servers, name)}` };
    }
    // What is attested of one of them is not observed of all.
    const surest = fact.attestation === undefined ? merged : fact;
    const observedAt = [merged.observedAt, fact.observedAt].filter((one) => one !== undefined).sort()[0];
    merged = {
      ...surest,
      value: isSame || merge === undefined ? merged.value : merge(merged.value, fact.value),
      // Of all of them since the first: each is written in the same way.
      ...(observedAt === undefined ? {} : { observedAt }),
    };
  }
  const [why] = silent;
  if (why === undefined) return merged ?? { unobserved: 'no API server was observed' };
  if (merged === undefined || !enoughOfOne.has(name)) return why;
  return { ...merged, confidence: merged.confidence === 'high' ? 'medium' : merged.confidence };
}

function describe(servers: readonly ServerEvidence[], name: FactName): string {
  return servers
    .map(({ instance, evidence }) => {
      const fact: Said = evidence[name];
      return isObserved(fact) ? `${instance} ${JSON.stringify(fact.value)}` : `${instance} unknown`;
    })
    .join(', ');
}

/**
 * What two of them answer to somebody without credentials, one after the other, is compared as a fact of its own; until when
 * a version is mended follows from it. Each has a certificate of its own, with an end of its own.
 */
const ofEachItself: ReadonlySet<FactName> = new Set(['anonymousRequests', 'versionSupport', 'servingCertificate']);
const comparedFacts = factNames.filter((fact) => !ofEachItself.has(fact));

/** The facts of which it is not known of each API server, and so not whether they differ, with the first reason. */
export function findUncompared(
  servers: readonly ApiServer[],
): { readonly facts: readonly FactName[]; readonly why: string } | undefined {
  const silent = comparedFacts.flatMap((fact) => {
    const server = servers.find((one) => factIfKnown(one, fact) === undefined);
    return server === undefined ? [] : [{ fact, server }];
  });
  const [first] = silent;
  if (first === undefined) return undefined;
  const { server, fact } = first;
  return { facts: silent.map((one) => one.fact), why: `${server.instance}: ${whyUnknown(server, fact) ?? ''}` };
}

/** The facts on which API servers are known to differ. */
export function findDrift(servers: readonly ApiServer[]): readonly { fact: FactName; detail: string }[] {
  const drift = comparedFacts.flatMap((fact) => {
    const known = servers.flatMap((server) => {
      const value = factIfKnown(server, fact)?.value;
      return value === undefined ? [] : [`${server.instance} ${JSON.stringify(value)}`];
    });
    const values = new Set(known.map((one) => one.slice(one.indexOf(' '))));
    return values.size > 1 ? [{ fact, detail: known.join(', ') }] : [];
  });
  // Whoever serves another version is mostly another program: that is one difference, and not two.
  const isOfVersion = drift.some(({ fact }) => fact === 'minorVersion');
  return drift.filter(({ fact }) => fact !== 'binaryMinor' || !isOfVersion);
}
