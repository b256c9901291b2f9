/**
 * How fast Pod Security's restricted level is judged, with decoding left out: Merlon's checks beside Kubernetes' own
 * evaluator, on the same pods, one after the other. Both make the text of every refusal.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { kinds } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { evaluatePodSecurity } from '../../src/pod-security/evaluate.ts';
import { LATEST_VERSION } from '../../src/pod-security/version.ts';
import { selectAssets } from '../control-plane/assets.ts';
import { runProcess } from '../support/run-process.ts';
import { buildPods } from './population.ts';
import { say } from './progress.ts';
import { median, roundTo } from './statistics.ts';

export interface PodSecuritySpeed {
  readonly merlon: { readonly podsPerS: number };
  /** Absent where the control plane is not one of our own build. */
  readonly kubernetes?: { readonly podsPerS: number };
  /** Merlon's speed to Kubernetes'. */
  readonly ratio?: number;
}

const warmUpPasses = 10;
const countedPasses = 30;
/** Of each, by turns: whatever else the machine does hits both. */
const rounds = 3;
const timeoutMs = 120_000;

export async function measurePodSecurity(pods: number, seed: number): Promise<PodSecuritySpeed> {
  const objects = buildPods(pods, ['bench'], seed);
  const templates = objects.map((pod) => project(kinds.Pod.shape, pod));
  const folder = await mkdtemp(join(tmpdir(), 'merlon-bench-'));
  try {
    const file = join(folder, 'pods.jsonl');
    await writeFile(file, objects.map((pod) => `${JSON.stringify(pod)}\n`).join(''));
    for (let pass = 0; pass < warmUpPasses; pass += 1) judgeAll(templates);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const seconds = median(Array.from({ length: countedPasses }, () => judgeAll(templates)));
      ours.push(pods / seconds);
      const speed = await measureKubernetes(file);
      if (speed !== undefined) theirs.push(speed);
    }
    return summarize(ours, theirs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function summarize(ours: readonly number[], theirs: readonly number[]): PodSecuritySpeed {
  const merlon = { podsPerS: Math.round(median(ours)) };
  say(`pod security: ${merlon.podsPerS} pods/s`);
  if (theirs.length === 0) return { merlon };
  const kubernetes = { podsPerS: Math.round(median(theirs)) };
  return { merlon, kubernetes, ratio: roundTo(2, merlon.podsPerS / kubernetes.podsPerS) };
}

/** @returns seconds */
function judgeAll(templates: readonly Parameters<typeof evaluatePodSecurity>[2][]): number {
  const startedAtMs = performance.now();
  for (const template of templates) evaluatePodSecurity('restricted', LATEST_VERSION, template);
  return (performance.now() - startedAtMs) / 1000;
}

async function measureKubernetes(file: string): Promise<number | undefined> {
  const { source, kubeApiServer } = await selectAssets(process.env);
  if (source !== 'build' || kubeApiServer === undefined) return undefined;
  const binary = join(dirname(kubeApiServer), 'control-plane');
  const args = ['bench-pod-security', '--passes', String(countedPasses), file];
  const { code, stdout, stderr } = await runProcess(binary, args, { timeoutMs });
  if (code !== 0) throw new Error(`bench-pod-security failed: ${stderr}`);
  return (JSON.parse(stdout) as { readonly podsPerS: number }).podsPerS;
}
