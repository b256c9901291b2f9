/**
 * `make campaign-rbac`: the differential test of the RBAC authorizer with as many requests as asked for, in worlds of
 * some thousand requests each, and a tenth as many writes. Results are printed on stdout, progress on stderr.
 */
import { parseArgs } from 'node:util';
import { startControlPlane } from '../support/control-plane.ts';
import { exitOnSignals } from '../support/run-process.ts';
import { RbacArena, startTally } from './differential.ts';
import type { RbacTally } from './differential.ts';

const perWorld = 5000;
const batch = 1000;
const mostShown = 10;

exitOnSignals();
const { values } = parseArgs({
  options: { requests: { type: 'string', default: '200000' }, seed: { type: 'string', default: '' } },
});
const total = Number(values.requests);
const seed = values.seed === '' ? Date.now() % 1_000_000_007 : Number(values.seed);
process.stderr.write(`campaign: SEED=${seed}\n`);
const controlPlane = await startControlPlane({ controllerManager: false, auditLog: false });
const requests = startTally();
const writes = startTally();
const started = performance.now();
/** Of the first world with a disagreement, the part that it takes. */
let smallest: object | string | undefined;
try {
  for (let world = 0; world * perWorld < total; world += 1) {
    const arena = await RbacArena.open(controlPlane, seed, world);
    const inWorld = Math.min(perWorld, total - world * perWorld);
    for (let from = 0; from < inWorld; from += batch) {
      await arena.compareRequests(numbers(from, Math.min(from + batch, inWorld)), requests);
      report();
    }
    await arena.compareWrites(numbers(0, Math.ceil(inWorld / 10)), writes);
    const first = requests.disagreements.find(({ request }) => request !== undefined)?.request;
    if (first === undefined || smallest !== undefined) await arena.close();
    else smallest = (await arena.shrink(first)) ?? 'none when asked again';
  }
} finally {
  await controlPlane.stop();
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
process.stdout.write(`API server ${controlPlane.version}, SEED=${seed}, ${seconds} s\n`);
process.stdout.write(printTally('requests', requests) + printTally('writes', writes));
const disagreements = [...requests.disagreements, ...writes.disagreements];
for (const { what, server, merlon } of disagreements.slice(0, mostShown)) {
  process.stdout.write(`\n${what}\nKubernetes: ${server}\nMerlon:     ${merlon}\n`);
}
if (smallest !== undefined) process.stdout.write(`\nthe first one needs: ${JSON.stringify(smallest, undefined, 1)}\n`);
process.stdout.write(disagreements.length > 0 ? `\nFAILED: ${disagreements.length} disagree\n` : '\nno disagreement\n');
process.exitCode = disagreements.length > 0 ? 1 : 0;

function report(): void {
  const rate = requests.asked / ((performance.now() - started) / 1000);
  const left = Math.round((total - requests.asked) / Math.max(1, rate));
  const found = requests.disagreements.length + writes.disagreements.length;
  process.stderr.write(
    `campaign: ${requests.asked} of ${total} requests, ${rate.toFixed(0)} per s, ${left} s left, ${found} disagree\n`,
  );
}

function printTally(what: string, { asked, allowed, dangling, invalid, disagreements: found }: RbacTally): string {
  const kinds = `allowed ${allowed}, refused beside a role that does not exist ${dangling}`;
  return `  ${asked} ${what}, ${found.length} disagreements; ${kinds}; not taken by the API server ${invalid}\n`;
}

function* numbers(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number += 1) yield number;
}
