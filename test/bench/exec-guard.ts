/**
 * How long an exec takes under the exec guard, as "merlon enforce" prints it: the more pods are in the namespace, the more of
 * them the API server looks at, unless a label spares them. The same before it is applied, and into a pod that it lets
 * people into.
 */
import { startControlPlane } from '../support/control-plane.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import {
  applyYaml,
  connect,
  createDebugger,
  createPod,
  escalating,
  LET_IN,
  REFUSED,
  removeGuards,
  waitForAnswer,
} from '../enforcement/guarded-cluster.ts';
import { printGuards, usual } from '../enforcement/printed-guards.ts';
import { EXEC_LABEL } from '../../src/api/v1alpha1/group.ts';
import { planExecLabel } from '../../src/enforcement/plan/exec-label.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import { forEachConcurrently } from './concurrently.ts';
import { say } from './progress.ts';
import { median, roundTo } from './statistics.ts';

export interface ExecGuardCost {
  readonly tries: number;
  /** Without a guard, in a namespace of 3,000 pods. */
  readonly unguardedMedianMs: number;
  /** By how many pods are in the namespace. */
  readonly guarded: readonly GuardedCost[];
  /** The same, where it goes by the label of pods. */
  readonly guardedByLabel: readonly GuardedCost[];
  readonly kubernetes: string;
}

interface GuardedCost {
  readonly pods: number;
  readonly refusedMedianMs: number;
  readonly letInMedianMs: number;
}

const tries = 20;
const sizes = [10, 300, 3000] as const;
const writesAtATime = 8;

export async function measureExecGuard(): Promise<ExecGuardCost> {
  say('starting a control plane');
  const controlPlane = await startControlPlane({ controllerManager: false });
  try {
    const somebody = await createDebugger(controlPlane, 'ada');
    await setLabels(controlPlane);
    for (const size of sizes) await fill(controlPlane, size);
    const unguardedMedianMs = await timeExec(somebody, `${nameOf(3000)}/privileged`, LET_IN);
    const guarded = await timeUnder(controlPlane, somebody, printGuards());
    const guardedByLabel = await timeUnder(controlPlane, somebody, printGuards({ byLabel: true }));
    return { tries, unguardedMedianMs, guarded, guardedByLabel, kubernetes: controlPlane.version };
  } finally {
    await controlPlane.stop();
  }
}

/** Until new pods have them: they change nothing as long as no guard goes by them. */
async function setLabels(controlPlane: ControlPlane): Promise<void> {
  await applyYaml(controlPlane, [...printEnforcement(planExecLabel(usual))].join(''));
  await controlPlane.client.createNamespace('labels');
  const pods = controlPlane.client.resource('v1', 'pods', 'labels');
  let count = 0;
  await waitForAnswer(async () => {
    const name = `trial-${(count += 1)}`;
    await createPod(controlPlane, `labels/${name}`);
    return String(bodyOf(name, await pods.get(name)).metadata.labels?.[EXEC_LABEL]);
  }, /^open$/);
}

async function timeUnder(controlPlane: ControlPlane, somebody: ApiClient, guards: string): Promise<GuardedCost[]> {
  const privileged = `${nameOf(10)}/privileged`;
  await applyYaml(controlPlane, guards);
  await waitForAnswer(() => connect(somebody, privileged), REFUSED);
  const costs: GuardedCost[] = [];
  for (const pods of sizes) {
    const refusedMedianMs = await timeExec(somebody, `${nameOf(pods)}/privileged`, REFUSED);
    const letInMedianMs = await timeExec(somebody, `${nameOf(pods)}/plain-1`, LET_IN);
    costs.push({ pods, refusedMedianMs, letInMedianMs });
  }
  await removeGuards(controlPlane);
  await waitForAnswer(() => connect(somebody, privileged), LET_IN);
  return costs;
}

const nameOf = (pods: number): string => `pods-${pods}`;

/** One of them is privileged. */
async function fill(controlPlane: ControlPlane, pods: number): Promise<void> {
  say(`creating ${pods} pods`);
  await controlPlane.client.createNamespace(nameOf(pods), { 'merlon.dev/enforce': 'deny' });
  await createPod(controlPlane, `${nameOf(pods)}/privileged`, escalating['privileged']);
  const names = Array.from({ length: pods - 1 }, (_, index) => `plain-${index + 1}`);
  await forEachConcurrently(names, writesAtATime, (name) => createPod(controlPlane, `${nameOf(pods)}/${name}`));
}

/** @throws {Error} where the answer is another one */
async function timeExec(client: ApiClient, pod: string, expected: RegExp): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const startedAtMs = performance.now();
    const answer = await connect(client, pod);
    times.push(performance.now() - startedAtMs);
    if (!expected.test(answer)) throw new Error(`bench: exec into ${pod} was answered: ${answer}`);
  }
  return roundTo(1, median(times));
}
