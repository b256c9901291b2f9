/** What would have been read of an API server if some of its sources had told nothing. */
import type { ServerReadings } from '../../../src/evidence/reading.ts';

const missing = { missing: 'taken away by the test' };

type Without = (readings: ServerReadings) => ServerReadings;

/** Each takes one source away. */
const withoutOne: readonly Without[] = [
  (readings) => ({ ...readings, anonymousAnswers: missing }),
  (readings) => ({ ...readings, flags: readings.flags.map(() => missing) }),
  (readings) => ({ ...readings, metrics: missing }),
  (readings) => ({ ...readings, version: missing }),
  (readings) => ({ ...readings, tls: missing }),
  (readings) => ({ ...readings, unknownUser: missing, unknownNode: missing, ownGrant: missing }),
  (readings) => ({ ...readings, identity: missing }),
  (readings) => ({ ...readings, clientAuthorities: missing }),
  (readings) => ({ ...readings, dryRun: missing }),
];

/** With every subset of the sources, all of them and none among these. */
export function* withFewerSources(readings: ServerReadings): Generator<ServerReadings> {
  for (let subset = 0; subset < 2 ** withoutOne.length; subset += 1) {
    yield withoutOne.reduce((left, without, index) => ((subset >> index) % 2 === 1 ? without(left) : left), readings);
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
