/**
 * `make campaign-enforcement`: the differential test of enforcement with as many pods as asked for, in equal parts on every
 * version that the control plane emulates. What is said is printed on stdout, what is done on stderr.
 */
import { parseArgs } from 'node:util';

import { numbersFrom, readCount, readSeed, showProgress } from '../support/campaign.ts';
import { startControlPlane } from '../support/control-plane.ts';
import { exitOnSignals } from '../support/run-process.ts';
import {
  compareEnforcement,
  printDifference,
  printEnforcementTally,
  shrinkDifference,
  startEnforcementTally,
} from './pod-differential.ts';
import { PodOracle } from './pod-oracle.ts';

const batch = 1000;
/** Of one cause there may be thousands: some are made small, and those that come out alike are one. */
const mostShrunk = 20;
const mostInvalid = 0.03;

exitOnSignals();
const { pods, seed, minors } = readOptions(process.argv.slice(2));
process.stderr.write(`campaign: SEED=${seed}\n`);
const failures: string[] = [];
for (const [place, minor] of minors.entries()) {
  const indexes = numbersFrom(share(place), share(place + 1));
  if (indexes.length > 0) await runOn(minor, indexes);
}
process.stdout.write(failures.length > 0 ? `\nFAILED: ${failures.join(', ')}\n` : '\nno difference\n');
process.exitCode = failures.length > 0 ? 1 : 0;

async function runOn(minor: number, indexes: readonly number[]): Promise<void> {
  const controlPlane = await startControlPlane({
    emulatedVersion: `1.${minor}`,
    controllerManager: false,
    auditLog: false,
  });
  try {
    const run = { oracle: await PodOracle.open(controlPlane), minor: controlPlane.minor, seed };
    const what = `API server ${controlPlane.version} as 1.${controlPlane.minor}`;
    const tally = startEnforcementTally();
    const progress = showProgress(what, indexes.length, () => ({
      done: tally.judged + tally.invalid,
      found: `${tally.differing.length} differ, ${tally.invalid} invalid`,
    }));
    for (let start = 0; start < indexes.length; start += batch) {
      await compareEnforcement(run, indexes.slice(start, start + batch), tally);
    }
    process.stdout.write(printEnforcementTally(what, tally, progress.stop()));
    if (tally.differing.length === 0 && tally.invalid <= indexes.length * mostInvalid) return;
    failures.push(what);
    const shown = new Set<string>();
    for (const index of tally.differing.slice(0, mostShrunk)) {
      const difference = await shrinkDifference(run, index);
      const text = difference === undefined ? 'no difference when asked again\n' : printDifference(difference);
      if (!shown.has(text)) process.stdout.write(`\nnumber ${index}:\n${text}`);
      shown.add(text);
    }
  } finally {
    await controlPlane.stop();
  }
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pods: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '' },
      minors: { type: 'string', default: '34,35,36,37' },
    },
  });
  const emulated = process.env['CONTROL_PLANE_EMULATED_VERSION']?.replace(/^1\./, '') ?? '';
  return {
    pods: readCount('pods', values.pods),
    seed: readSeed(values.seed),
    minors: (emulated === '' ? values.minors : emulated).split(',').map(Number),
  };
}

/** Where the part of a version begins. */
function share(place: number): number {
  return Math.floor((pods * place) / minors.length);
}
