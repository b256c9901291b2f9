/**
 * What `merlon scan` costs on a large repository and on one file, beside kube-score on the same files in the same run, by
 * turns. Both write JSON to a file; what is measured is what is shipped, the bundle.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generateManifests, largeInput, writeManifests } from '../cli/large-input.ts';
import { repository } from '../e2e/installation.ts';
import type { Cost } from './cold-sync.ts';
import { findKubeScore, KUBE_SCORE_VERSION } from './kube-score.ts';
import { say } from './progress.ts';
import { followResourceUse } from './resource-use.ts';
import { median, roundTo } from './statistics.ts';

export interface ScanCost {
  readonly manifests: number;
  readonly merlon: ProgramCost;
  /** Absent where it could not be installed. */
  readonly kubeScore?: ProgramCost;
}

export interface ProgramCost extends Cost {
  /** From start to end on one file with one Deployment. */
  readonly startMs: number;
}

interface Program {
  readonly name: string;
  readonly command: (paths: readonly string[]) => readonly [string, ...string[]];
}

const timeoutMs = 180_000;
/** Of the one file: it is short, and the machine disturbs it. */
const startRuns = 9;

/** @param runs of each program on the large repository */
export async function measureScan(runs: number, seed: number): Promise<ScanCost> {
  const folder = await mkdtemp(join(tmpdir(), 'merlon-bench-'));
  try {
    const [large, small] = [join(folder, 'large'), join(folder, 'small')];
    await writeManifests(large, generateManifests(largeInput, seed));
    await writeManifests(small, generateManifests({ deployments: 1, pods: 0, namespaces: 1 }, seed));
    const merlon: Program = {
      name: 'merlon scan',
      command: (paths) => [process.execPath, join(repository, 'dist/cli/merlon.mjs'), 'scan', '-o', 'json', ...paths],
    };
    const path = await findKubeScore();
    const kubeScore: Program | undefined =
      path === undefined
        ? undefined
        : {
            name: `kube-score ${KUBE_SCORE_VERSION}`,
            command: (paths) => [path, 'score', '--output-format', 'json', ...paths.flatMap(listFiles)],
          };
    const programs = kubeScore === undefined ? [merlon] : [merlon, kubeScore];
    const measured = await measurePrograms(programs, { large, small, output: join(folder, 'output.json') }, runs);
    const [ours, theirs] = programs.map((program) => summarize(measured.get(program)));
    if (ours === undefined) throw new Error('nothing was measured');
    const manifests = largeInput.deployments + largeInput.pods;
    return theirs === undefined ? { manifests, merlon: ours } : { manifests, merlon: ours, kubeScore: theirs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Input {
  readonly large: string;
  readonly small: string;
  readonly output: string;
}
interface Measured {
  readonly large: Cost[];
  readonly startMs: number[];
}

async function measurePrograms(
  programs: readonly Program[],
  { large, small, output }: Input,
  runs: number,
): Promise<ReadonlyMap<Program, Measured>> {
  const measured = new Map(programs.map((program): [Program, Measured] => [program, { large: [], startMs: [] }]));
  for (let run = 1; run <= runs; run += 1) {
    for (const [program, { large: costs }] of measured) {
      const cost = await runOnce(program.command([large]), output);
      costs.push(cost);
      const { wallS, cpuS, peakRssMB } = cost;
      say(
        `${program.name}, run ${run}: ${wallS.toFixed(2)} s, ${cpuS.toFixed(2)} CPU-s, peak ${peakRssMB.toFixed(0)} MB`,
      );
    }
  }
  for (let run = 1; run <= startRuns; run += 1) {
    for (const [program, { startMs }] of measured) {
      startMs.push((await runOnce(program.command([small]), output)).wallS * 1000);
    }
  }
  return measured;
}

function summarize(measured: Measured | undefined): ProgramCost {
  const { large, startMs } = measured ?? { large: [], startMs: [] };
  return {
    wallS: roundTo(3, median(large.map(({ wallS }) => wallS))),
    cpuS: roundTo(2, median(large.map(({ cpuS }) => cpuS))),
    peakRssMB: roundTo(1, median(large.map(({ peakRssMB }) => peakRssMB))),
    startMs: roundTo(1, median(startMs)),
  };
}

/** @throws {Error} unless it ends by itself with 0 or, for what it found, 1 */
async function runOnce([program, ...args]: readonly [string, ...string[]], output: string): Promise<Cost> {
  const file = openSync(output, 'w');
  const startedAtMs = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', file, 'ignore'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const readUse = followResourceUse(child.pid ?? 0);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    const wallS = (performance.now() - startedAtMs) / 1000;
    if (code !== 0 && code !== 1) throw new Error(`${program} ended with ${String(code)}`);
    return { wallS, ...readUse() };
  } finally {
    readUse();
    process.off('exit', killWithUs);
    closeSync(file);
  }
}

/** kube-score takes files only. */
function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
