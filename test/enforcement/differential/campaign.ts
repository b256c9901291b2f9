/**
 * `make campaign-enforcement`: the differential test of enforcement with as many objects as asked for, in equal parts on every
 * version that the control plane emulates. What is said is printed on stdout, what is done on stderr.
 */
import { parseArgs } from 'node:util';

import { numbersFrom, readCount, readSeed, showProgress } from '../../support/campaign.ts';
import { startControlPlane } from '../../support/control-plane.ts';
import { exitOnSignals } from '../../support/run-process.ts';
import { compareEnforcement, printComparisonTally, shrinkDifference, startComparisonTally } from './comparison.ts';
import { comparedFamilies, countOf, openFamilies } from './families.ts';
import type { OpenedFamily } from './families.ts';

/** Of one cause there may be thousands: some are made small, and those that come out alike are one. */
const mostShrunk = 20;
const mostInvalid = 0.03;

exitOnSignals();
const { objects, seed, minors, only } = readOptions(process.argv.slice(2));
process.stderr.write(`campaign: SEED=${seed}\n`);
const failures: string[] = [];
for (const [place, minor] of minors.entries()) {
  if (share(place + 1) > share(place)) await runOn(minor, share(place), share(place + 1));
}
process.stdout.write(failures.length > 0 ? `\nFAILED: ${failures.join(', ')}\n` : '\nno difference\n');
process.exitCode = failures.length > 0 ? 1 : 0;

/** Every family of the version has the same numbers, so that each of them meets each object that it can. */
async function runOn(minor: number, from: number, to: number): Promise<void> {
  const controlPlane = await startControlPlane({
    emulatedVersion: `1.${minor}`,
    controllerManager: false,
    auditLog: false,
  });
  try {
    const opened = (await openFamilies(controlPlane)).filter(({ family }) => only === '' || family.name === only);
    const among = opened.map(({ family }) => family);
    const unserved = comparedFamilies.filter((family) => family.oldestMinor > controlPlane.minor);
    const server = `API server ${controlPlane.version} as 1.${controlPlane.minor}`;
    for (const { name } of only === '' ? unserved : []) process.stdout.write(`${server}, ${name}: not served there\n`);
    for (const one of opened) {
      await compareFamily(
        one,
        numbersFrom(from, from + countOf(one.family, among, to - from)),
        `${server}, ${one.family.name}`,
      );
    }
  } finally {
    await controlPlane.stop();
  }
}

async function compareFamily(
  { family, generate, minor }: OpenedFamily,
  indexes: readonly number[],
  what: string,
): Promise<void> {
  const tally = startComparisonTally();
  const progress = showProgress(what, indexes.length, () => ({
    done: tally.judged + tally.invalid,
    found: `${tally.differing.length} differ, ${tally.invalid} invalid`,
  }));
  await compareEnforcement(generate, seed, indexes, tally);
  process.stdout.write(printComparisonTally(what, tally, progress.stop()));
  const unmet = family.aims(minor).filter((aim) => !tally.counts.has(aim));
  if (unmet.length > 0) process.stdout.write(`  never met: ${unmet.join(', ')}\n`);
  if (tally.differing.length === 0 && tally.invalid <= indexes.length * mostInvalid) return;
  failures.push(what);
  const shown = new Set<string>();
  for (const index of tally.differing.slice(0, mostShrunk)) {
    const text = (await shrinkDifference(generate(seed, index))) ?? 'no difference when asked again\n';
    if (!shown.has(text)) process.stdout.write(`\nnumber ${index}: ${text}`);
    shown.add(text);
  }
}

function readOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      objects: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '' },
      minors: { type: 'string', default: '34,35,36,37' },
      only: { type: 'string', default: '' },
    },
  });
  const emulated = process.env['CONTROL_PLANE_EMULATED_VERSION']?.replace(/^1\./, '') ?? '';
  return {
    objects: readCount('objects', values.objects),
    seed: readSeed(values.seed),
    only: readFamily(values.only),
    minors: (emulated === '' ? values.minors : emulated).split(',').map(Number),
  };
}

/** @param name empty for all of them */
function readFamily(name: string): string {
  const names = comparedFamilies.map((family) => family.name);
  if (name === '' || names.includes(name)) return name;
  throw new RangeError(`--only wants one of ${names.join(', ')}, not "${name}"`);
}

/** Where the part of a version begins. */
function share(place: number): number {
  return Math.floor((objects * place) / minors.length);
}
