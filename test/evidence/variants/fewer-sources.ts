/** What would have been read of an API server if some of its sources had told nothing. */
import { expect } from 'chai';

import type { ServerReadings } from '../../../src/evidence/server-readings.ts';
import type { Seen } from './seen.ts';
import { UNKNOWN } from './variant.ts';

const missing = { missing: 'not asked' };

type Without = (readings: ServerReadings) => ServerReadings;

/** Each takes one source away that is not about flags, and is heard together with nothing that is asked as a spare. */
const withoutOneAlone: readonly Without[] = [
  (readings) => ({ ...readings, anonymousAnswers: missing }),
  (readings) => ({ ...readings, tls: missing }),
  (readings) => ({ ...readings, clientAuthorities: missing }),
];

/** The same of those that are heard together with a spare one. */
const withoutOne: readonly Without[] = [
  (readings) => ({ ...readings, metrics: missing }),
  (readings) => ({ ...readings, version: missing }),
  (readings) => ({ ...readings, unknownUser: missing, unknownNode: missing, ownGrant: missing }),
  (readings) => ({ ...readings, identity: missing }),
  (readings) => ({ ...readings, dryRun: missing }),
];

/** What is asked only where others tell nothing: both, one, or the other is there. */
const withSpare: readonly Without[] = [
  (readings) => readings,
  (readings) => ({ ...readings, status: missing }),
  (readings) => ({ ...readings, checks: missing }),
];

/**
 * With every subset of the sources, all of them and none among these; but what is asked only where others tell nothing is
 * there beside what it is not heard together with.
 */
export function* withFewerSources(readings: ServerReadings): Generator<ServerReadings> {
  const flags = readings.flags.map((_flags, index) => withoutFlags(index));
  const withoutSpare = { ...readings, status: missing, checks: missing };
  yield* takeAway(withoutSpare, [...withoutOneAlone, ...withoutOne, ...flags]);
  for (const spare of withSpare) {
    const some = spare(readings);
    if (JSON.stringify(some) !== JSON.stringify(withoutSpare)) yield* takeAway(some, [...withoutOne, ...flags]);
  }
}

function* takeAway(readings: ServerReadings, sources: readonly Without[]): Generator<ServerReadings> {
  const known = JSON.stringify(readings);
  const all = sources.filter((without) => JSON.stringify(without(readings)) !== known);
  for (let subset = 0; subset < 2 ** all.length; subset += 1) {
    yield all.reduce((left, without, index) => ((subset >> index) % 2 === 1 ? without(left) : left), readings);
  }
}

function withoutFlags(taken: number): Without {
  return (readings) => ({ ...readings, flags: readings.flags.map((one, index) => (index === taken ? missing : one)) });
}

/** What was known may be unknown, and is nothing else. */
export function expectOnlyUnknown(fewer: Seen, all: Seen): void {
  for (const [name, value] of Object.entries(fewer)) {
    if (value !== UNKNOWN && value !== all[name]) {
      expect.fail(`${name} was ${String(all[name])} and became ${String(value)} when sources were taken away`);
    }
  }
}

/** As if nothing but what it does to pods had told about admission plugins. */
export function withTrialsAlone(readings: ServerReadings): ServerReadings {
  return { ...readings, flags: readings.flags.map(() => missing), metrics: missing };
}

/** As if it had been up for an hour and had been asked no more than it was. */
export function anHourLater(readings: ServerReadings): ServerReadings {
  const { metrics } = readings;
  return 'read' in metrics ? { ...readings, metrics: { read: { ...metrics.read, uptimeSeconds: 3600 } } } : readings;
}
