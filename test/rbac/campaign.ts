/**
 * `make campaign-rbac`: the differential test of the RBAC authorizer with as many requests as asked for, in worlds of
 * some thousand requests each, and a tenth as many writes. Results are printed on stdout, progress on stderr.
 */
import { parseArgs } from 'node:util';
import { startControlPlane } from '../support/control-plane.ts';
import { numbersFrom, readCount, readSeed, showProgress } from '../support/campaign.ts';
import { exitOnSignals } from '../support/run-process.ts';
import { RbacArena, startTally } from './differential.ts';
import type { RbacTally } from './differential.ts';

const perWorld = 5000;
const mostShown = 10;
const mostInvalid = 0.02;

exitOnSignals();
const { values } = parseArgs({
  options: { requests: { type: 'string', default: '200000' }, seed: { type: 'string', default: '' } },
});
const total = readCount('requests', values.requests);
const seed = readSeed(values.seed);
process.stderr.write(`campaign: SEED=${seed}\n`);
const controlPlane = await startControlPlane({ controllerManager: false, auditLog: false });
const requests = startTally();
const writes = startTally();
/** Of the first world with a disagreement, the part that it takes. */
let smallest: object | string | undefined;
const progress = showProgress('requests', total, () => ({
  done: requests.asked,
  found: `${requests.disagreements.length + writes.disagreements.length} disagree`,
}));
try {
  for (let world = 0; world * perWorld < total; world += 1) {
    const arena = await RbacArena.open(controlPlane, seed, world);
    const inWorld = Math.min(perWorld, total - world * perWorld);
    await arena.compareRequests(numbersFrom(0, inWorld), requests);
    await arena.compareWrites(numbersFrom(0, Math.ceil(inWorld / 10)), writes);
    const first = requests.disagreements[0]?.request;
    if (first === undefined || smallest !== undefined) await arena.close();
    else smallest = (await arena.shrink(first)) ?? 'none when asked again';
  }
} finally {
  await controlPlane.stop();
}
const seconds = progress.stop();
process.stdout.write(`API server ${controlPlane.version}, SEED=${seed}, ${seconds.toFixed(0)} s\n`);
process.stdout.write(printTally('requests', requests) + printTally('writes', writes));
const disagreements = [...requests.disagreements, ...writes.disagreements];
for (const { what, server, merlon } of disagreements.slice(0, mostShown)) {
  process.stdout.write(`\n${what}\nKubernetes: ${server}\nMerlon:     ${merlon}\n`);
}
if (smallest !== undefined) process.stdout.write(`\nthe first one needs: ${JSON.stringify(smallest, undefined, 1)}\n`);
const failures = [
  ...(disagreements.length > 0 ? [`${disagreements.length} disagree`] : []),
  ...(writes.invalid > mostInvalid * (writes.asked + writes.invalid) ? ['too many writes are none'] : []),
];
process.stdout.write(failures.length > 0 ? `\nFAILED: ${failures.join(', ')}\n` : '\nno disagreement\n');
process.exitCode = failures.length > 0 ? 1 : 0;

function printTally(what: string, { asked, allowed, dangling, invalid, disagreements: found }: RbacTally): string {
  const kinds = `allowed ${allowed}, refused beside a role that does not exist ${dangling}`;
  return `  ${asked} ${what}, ${found.length} disagreements; ${kinds}; not taken by the API server ${invalid}\n`;
}
