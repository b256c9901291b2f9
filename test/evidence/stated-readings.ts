/** Readings of an API server of which nothing tells anything but what a test states. */
import { isObserved } from '../../src/core/evidence.ts';
import type { Fact, FactName, Unobserved } from '../../src/core/evidence.ts';
import { parseFlags } from '../../src/evidence/arguments.ts';
import { concludeEvidence } from '../../src/evidence/facts/index.ts';
import type { Labels } from '../../src/evidence/metrics.ts';
import type { ServerReadings } from '../../src/evidence/server-readings.ts';
import type { FlagCoverage } from '../../src/evidence/server-flags.ts';
import { readingsOf } from './readings.ts';

/** `true from /flagz`, or `unknown`. */
export function seenOf(name: FactName, readings: Partial<ServerReadings>): string {
  const fact: Fact<unknown> | Unobserved | undefined = concludeEvidence(readingsOf(readings))[name];
  return isObserved(fact) ? `${String(fact.value)} from ${fact.source}` : 'unknown';
}

/** @param coverage by default that of /flagz: every flag with the value in force */
export function flags(words: readonly string[], coverage: FlagCoverage = 'effective'): Pick<ServerReadings, 'flags'> {
  const source = coverage === 'effective' ? '/flagz' : 'arguments';
  return { flags: [{ read: { source, confidence: 'high', coverage, ...parseFlags(words) } }] };
}

export function version(minor: number): Pick<ServerReadings, 'version'> {
  return { version: { read: { minor, gitVersion: `v1.${minor}.0` } } };
}

export interface StatedMetrics {
  readonly uptimeSeconds?: number;
  readonly isWhole?: boolean;
  readonly series?: Readonly<Record<string, readonly Labels[]>>;
}

/** By default of an API server that has just been started. */
export function metrics({
  uptimeSeconds = 5,
  isWhole = true,
  series = {},
}: StatedMetrics): Pick<ServerReadings, 'metrics'> {
  return { metrics: { read: { uptimeSeconds, isWhole, series: new Map(Object.entries(series)) } } };
}
