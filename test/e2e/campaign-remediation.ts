/**
 * `make campaign-remediation`: so many namespaces are switched to apply at once, and an operator with the default budget
 * repairs them; somewhere in the middle it is killed, and another one goes on. By the audit log no minute may see more
 * patches than the budget says, and each account must be patched once; in the end every record must say Applied. The seed
 * decides how the namespaces are called, and so their order, and when the operator dies. Results are printed on stdout,
 * progress on stderr.
 */
import { parseArgs } from 'node:util';

import { API_VERSION } from '../../src/api/v1alpha1/group.ts';
import { DEFAULT_BUDGET } from '../../src/remediation/budget.ts';
import { createRandom, hexDigits, integerBetween } from '../bench/random.ts';
import { readCount, readSeed, showProgress } from '../support/campaign.ts';
import { startControlPlane } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { exitOnSignals } from '../support/run-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { install } from './installation.ts';
import {
  answeredMs,
  appliedNamespaces,
  createNamespaces,
  mostInAMinute,
  namespaceOf,
  readPatches,
  repairEverywhere,
} from './many-repairs.ts';
import { OperatorProcess, operatorProgram } from './operator-process.ts';

const { perMinute } = DEFAULT_BUDGET;

exitOnSignals();
const { values } = parseArgs({
  options: { namespaces: { type: 'string', default: '500' }, seed: { type: 'string', default: '' } },
});
const total = readCount('namespaces', values.namespaces, 2);
const seed = readSeed(values.seed);
process.stderr.write(`campaign: SEED=${seed}\n`);
const random = createRandom(seed);
const names = Array.from({ length: total }, (_, index) => `n-${hexDigits(random, 8)}-${index}`);
const killAfter = integerBetween(random, 1, total - 1);
const deadlineMs = (Math.ceil(total / perMinute) + 4) * 60_000;

const controlPlane = await startControlPlane();
const failures: string[] = [];
try {
  await install(controlPlane);
  await controlPlane.client.apply(repairEverywhere);
  await turnSwitch(controlPlane, 'off');
  await createNamespaces(controlPlane.client, names, { 'merlon.dev/remediation': 'apply' });
  const first = await startOperator(controlPlane);
  await waitUntil(() => first.records.some(({ message }) => message === 'everything is judged'), {
    what: 'the operator to have judged everything',
    timeoutMs: deadlineMs,
  });
  const from = await controlPlane.readAuditPosition();
  const switchedAtMs = await turnSwitch(controlPlane, 'apply');
  const applied = await repairAll(controlPlane, first);
  const { written } = await readPatches(controlPlane, from);
  const most = mostInAMinute(written);
  const seconds = (Math.max(switchedAtMs, ...written.map(answeredMs)) - switchedAtMs) / 1000;
  if (applied < total) failures.push(`${total - applied} are not repaired`);
  if (most > perMinute) failures.push(`${most} patches within a minute`);
  const patched = new Set(written.map(namespaceOf));
  if (patched.size !== written.length) failures.push(`${written.length - patched.size} were patched again`);
  process.stdout.write(
    `API server ${controlPlane.version}, SEED=${seed}\n` +
      `  ${total} namespaces switched to apply at once, the operator killed after ${killAfter}: ${applied} applied\n` +
      `  ${written.length} patches in ${seconds.toFixed(0)} s, at most ${most} in any minute; the budget is ${perMinute}\n`,
  );
} finally {
  await controlPlane.stop();
}
process.stdout.write(
  failures.length > 0 ? `\nFAILED: ${failures.join(', ')}\n` : '\nwithin the budget, all repaired\n',
);
process.exit(failures.length > 0 ? 1 : 0);

function startOperator(cluster: ControlPlane): Promise<OperatorProcess> {
  return OperatorProcess.start(cluster, { program: operatorProgram, deadlineMs });
}

/** Of all namespaces, by the policy of the cluster. @returns when, in milliseconds since 1970 */
async function turnSwitch({ client }: ControlPlane, mode: string): Promise<number> {
  const metadata = { name: 'switch' };
  await client.apply({
    apiVersion: API_VERSION,
    kind: 'ClusterHardeningPolicy',
    metadata,
    spec: { remediation: { mode } },
  });
  return Date.now();
}

/** @returns how many are applied when all are, or when the time is over */
async function repairAll(cluster: ControlPlane, first: OperatorProcess): Promise<number> {
  let operator = first;
  let hasDied = false;
  let applied = 0;
  const progress = showProgress('namespaces', total, () => ({
    done: applied,
    found: hasDied ? 'by the second operator' : 'by the first operator',
  }));
  try {
    await waitUntil(
      async () => {
        applied = (await appliedNamespaces(cluster.client, 'n-')).length;
        if (!hasDied && applied >= killAfter) {
          await operator.kill();
          hasDied = true;
          operator = await startOperator(cluster);
        }
        return applied === total && hasDied;
      },
      { what: 'all to be repaired', timeoutMs: deadlineMs, isCostly: true },
    );
  } catch (error) {
    failures.push(String(error));
  } finally {
    progress.stop();
    await operator.stop();
  }
  return applied;
}
