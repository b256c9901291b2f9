/** What the sources of evidence say in rows: nothing, but for what a row lets one of them say. */
import type { ServerReadings } from '../../src/evidence/server-readings.ts';
import type { FlagCoverage, ServerFlags } from '../../src/evidence/server-flags.ts';

const nothing = { missing: 'not asked' };

export function readingsOf(said: Partial<ServerReadings>): ServerReadings {
  return {
    anonymousAnswers: nothing,
    flags: [],
    metrics: nothing,
    version: nothing,
    status: nothing,
    checks: nothing,
    tls: nothing,
    unknownUser: nothing,
    unknownNode: nothing,
    ownGrant: nothing,
    identity: nothing,
    clientAuthorities: nothing,
    dryRun: nothing,
    ...said,
  };
}

/** By name without dashes; as a source shows them that shows every flag, where nothing else is said. */
export function flagsOf(
  values: Readonly<Record<string, readonly string[]>>,
  coverage: FlagCoverage = 'effective',
): { readonly read: ServerFlags } {
  return {
    read: {
      source: 'a test',
      confidence: 'high',
      coverage,
      values: new Map(Object.entries(values)),
      hidden: new Set(),
    },
  };
}

/** The metrics of an API server that has one series of each of these names. */
export function metricsOf(...names: readonly string[]): ServerReadings['metrics'] {
  return { read: { uptimeSeconds: 1, isWhole: true, series: new Map(names.map((name) => [name, [{}]])) } };
}
