/**
 * How long an exec takes under the exec guard, as "merlon enforce" prints it: the more pods are in the namespace, the more of
 * them the API server looks at. The same before it is applied, and into a pod that it lets people into.
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
  waitForAnswer,
} from '../enforcement/guarded-cluster.ts';
import { printGuards } from '../enforcement/printed-guards.ts';
import type { ApiClient } from '../support/api-client.ts';
import { forEachConcurrently } from './concurrently.ts';
import { say } from './progress.ts';
import { median, roundTo } from './statistics.ts';

export interface ExecGuardCost {
  readonly tries: number;
  /** Without a guard, in a namespace of 3,000 pods. */
  readonly unguardedMedianMs: number;
  /** By how many pods are in the namespace. */
  readonly guarded: readonly {
    readonly pods: number;
    readonly refusedMedianMs: number;
    readonly letInMedianMs: number;
  }[];
  readonly kubernetes: string;
}

const tries = 20;
const sizes = [10, 300, 3000] as const;
const writesAtATime = 8;

export async function measureExecGuard(): Promise<ExecGuardCost> {
  say('starting a control plane');
  const controlPlane = await startControlPlane({ controllerManager: false });
  try {
    const somebody = await createDebugger(controlPlane, 'ada');
    for (const size of sizes) await fill(controlPlane, size);
    const unguardedMedianMs = await timeExec(somebody, `${nameOf(3000)}/privileged`, LET_IN);
    await applyYaml(controlPlane, printGuards());
    await waitForAnswer(() => connect(somebody, `${nameOf(10)}/privileged`), REFUSED);
    const guarded = [];
    for (const pods of sizes) {
      const refusedMedianMs = await timeExec(somebody, `${nameOf(pods)}/privileged`, REFUSED);
      const letInMedianMs = await timeExec(somebody, `${nameOf(pods)}/plain-1`, LET_IN);
      guarded.push({ pods, refusedMedianMs, letInMedianMs });
    }
    return { tries, unguardedMedianMs, guarded, kubernetes: controlPlane.version };
  } finally {
    await controlPlane.stop();
  }
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
