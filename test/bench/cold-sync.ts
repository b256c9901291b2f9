/**
 * From the start of a process until it has read and judged everything, beside client-go's informers, which only read
 * the same kinds; and once until every posture of a new installation is written. Both are the same user, so that the
 * API server treats them alike, they are started in the same way and take turns, so that whatever else the machine does hits both, and the
 * API server collects its garbage before each.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { OPERATOR_NAME, OPERATOR_NAMESPACE } from '../../src/api/v1alpha1/group.ts';
import { apiVersionOf, kindNames, kinds } from '../../src/core/kinds.ts';
import type { OperatorProcess } from '../e2e/operator-process.ts';
import { dyingWithUs } from '../support/dying-with-us.ts';
import { waitUntil } from '../support/wait-until.ts';
import { collectServerGarbage, removePostures, startOperator, untilSettled } from './bench-cluster.ts';
import type { BenchCluster } from './bench-cluster.ts';
import { say } from './progress.ts';
import { followResourceUse, readResourceUse } from './resource-use.ts';
import type { ResourceUse } from './resource-use.ts';
import { median, roundTo } from './statistics.ts';

export interface Cost extends ResourceUse {
  readonly wallS: number;
}

export interface ColdSync {
  readonly merlon: Cost;
  readonly clientGo: Cost;
  /** How many times each was started. */
  readonly turns: number;
  /** Merlon's to client-go's, as `cpuRatio`: the median of what each turn gave, as whatever else the machine did meanwhile hit both. */
  readonly wallRatio: number;
  readonly cpuRatio: number;
  /** Of an operator that had every posture to write, too. */
  readonly firstInstallWallS: number;
}

const clientGoTimeoutMs = 300_000;
const judgeTimeoutMs = 300_000;
const settleMs = 300;
const judgedMessage = 'everything is judged';

/** @param turns of each programme; the median of each number counts */
export async function measureColdSync(cluster: BenchCluster, turns: number): Promise<ColdSync> {
  const kubeconfig = await cluster.controlPlane.kubeconfigForServiceAccount(OPERATOR_NAMESPACE, OPERATOR_NAME);
  const firstInstall = await runFirstInstall(cluster);
  const merlon: Cost[] = [];
  const clientGo: Cost[] = [];
  for (let turn = 1; turn <= turns; turn += 1) {
    const programmes = [
      async () => clientGo.push(report(`client-go, turn ${turn}`, await runClientGo(cluster, kubeconfig))),
      async () => merlon.push(report(`merlon, turn ${turn}`, await runMerlon(cluster))),
    ];
    for (const run of turn % 2 === 1 ? programmes : programmes.reverse()) {
      await collectServerGarbage(cluster);
      // What the one before has left behind is not the next one's.
      await pause(settleMs);
      await run();
    }
  }
  return { ...compareCosts(merlon, clientGo), firstInstallWallS: roundTo(3, firstInstall.wallS) };
}

/** All that client-go has informers for: APIServices are the aggregator's, and Merlon's own kinds it would read as JSON. */
const resources = kindNames
  .filter((kind) => kind !== 'APIService')
  .map((kind) => `${apiVersionOf(kinds[kind])}/${kinds[kind].plural}`);

/** @param merlon by turns, as those of client-go */
export function compareCosts(merlon: readonly Cost[], clientGo: readonly Cost[]): Omit<ColdSync, 'firstInstallWallS'> {
  const ratioOf = (of: 'wallS' | 'cpuS'): number =>
    roundTo(3, median(merlon.map((cost, turn) => cost[of] / (clientGo[turn]?.[of] ?? NaN))));
  return {
    turns: merlon.length,
    merlon: medianOf(merlon),
    clientGo: medianOf(clientGo),
    wallRatio: ratioOf('wallS'),
    cpuRatio: ratioOf('cpuS'),
  };
}

/** On a cluster without postures: until the last of them is written. */
async function runFirstInstall(cluster: BenchCluster): Promise<Cost> {
  await removePostures(cluster);
  const operator = await startOperator(cluster);
  try {
    const settledAtMs = await untilSettled(cluster, operator);
    assertAllJudged(cluster);
    return report('merlon, first install', costUntil(settledAtMs - operator.startedAtMs, operator));
  } finally {
    await operator.stop();
  }
}

/**
 * A restart: everything is read and judged anew, and found to be what stands. That nothing had to be written shows that
 * this operator came to the same verdicts as the one before.
 */
async function runMerlon(cluster: BenchCluster): Promise<Cost> {
  const operator = await startOperator(cluster);
  try {
    const judged = await operator.whileRunning(
      waitUntil(() => operator.records.find(({ message }) => message === judgedMessage), {
        what: 'everything to be judged',
        timeoutMs: judgeTimeoutMs,
      }),
    );
    if (judged['writes'] !== 0) throw new Error('the operator came to different verdicts on the same cluster');
    if (Number(judged['evaluations']) < cluster.workloads) throw new Error('the operator judged too little');
    const readMs = operator.millisecondsUntil('everything is read or refused');
    if (readMs !== undefined) say(`merlon has read everything after ${(readMs / 1000).toFixed(2)} s`);
    return costUntil(operator.millisecondsUntil(judgedMessage), operator);
  } finally {
    await operator.stop();
  }
}

function costUntil(wallMs: number | undefined, operator: OperatorProcess): Cost {
  const use = readResourceUse(operator.pid);
  if (use === undefined || wallMs === undefined) throw new Error('the operator ended while it was measured');
  return { wallS: wallMs / 1000, ...use };
}

async function runClientGo({ controlPlane }: BenchCluster, kubeconfig: string): Promise<Cost> {
  const { source, kubectl } = controlPlane.description;
  if (source !== 'build') throw new Error('the client-go programme comes with our own control plane only');
  const program = join(dirname(kubectl), 'control-plane');
  const startedAtMs = performance.now();
  const args = ['bench-informers', '--kubeconfig', kubeconfig, '--resources', resources.join(',')];
  const child = spawn(...dyingWithUs(program, args), {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: clientGoTimeoutMs,
    killSignal: 'SIGKILL',
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const readUse = followResourceUse(child.pid ?? 0);
  // It writes one line when it has synced, and ends.
  const syncedAtMs = once(child.stdout, 'data').then(() => performance.now());
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  const use = readUse();
  process.off('exit', killWithUs);
  if (child.exitCode !== 0) throw new Error(`bench-informers: ${stderr}`);
  return { wallS: ((await syncedAtMs) - startedAtMs) / 1000, ...use };
}

/** A fast answer is worth nothing when something was left out. */
function assertAllJudged({ watch, populated, workloads }: BenchCluster): void {
  const subjects = populated.map((namespace) => watch.namespaces.get(namespace)?.status?.summary?.subjects ?? 0);
  const judged = subjects.reduce((sum, count) => sum + count, 0);
  if (judged < workloads) throw new Error(`${judged} subjects were judged, and there are ${workloads} workloads alone`);
}

function medianOf(costs: readonly Cost[]): Cost {
  return {
    wallS: roundTo(3, median(costs.map(({ wallS }) => wallS))),
    cpuS: roundTo(2, median(costs.map(({ cpuS }) => cpuS))),
    peakRssMB: roundTo(1, median(costs.map(({ peakRssMB }) => peakRssMB))),
  };
}

function report(what: string, cost: Cost): Cost {
  const { wallS, cpuS, peakRssMB } = cost;
  say(`${what}: ${wallS.toFixed(2)} s, ${cpuS.toFixed(2)} CPU-s, peak ${peakRssMB.toFixed(0)} MB`);
  return cost;
}
