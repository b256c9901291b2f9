/**
 * How many questions a second `merlon can-i --batch` answers over files: the whole process, from its start, with reading
 * roles, bindings and questions and with writing the answers. No answer is remembered.
 */
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repository } from '../e2e/installation.ts';
import { say } from './progress.ts';
import { generateQuestions, generateRbac, largeRbac } from './rbac-population.ts';
import type { RbacSize } from './rbac-population.ts';
import { followResourceUse } from './resource-use.ts';
import { median, roundTo } from './statistics.ts';

export interface QuestionSpeed {
  readonly questionsPerS: number;
  /** A second of CPU: what it would be on a machine that does nothing else. */
  readonly questionsPerCpuS: number;
  readonly peakRssMB: number;
  /** Of all answers the part that is yes. */
  readonly allowed: number;
}

/** @param program by default the bundle */
export async function measureQuestions(
  runs: number,
  seed: number,
  size: RbacSize = largeRbac,
  program = join(repository, 'dist/cli/merlon.mjs'),
): Promise<QuestionSpeed> {
  const folder = await mkdtemp(join(tmpdir(), 'merlon-bench-'));
  try {
    const [rbac, questions, answers] = ['rbac.json', 'questions.jsonl', 'answers.jsonl'].map((name) =>
      join(folder, name),
    );
    if (rbac === undefined || questions === undefined || answers === undefined) throw new Error('three names');
    await writeFile(rbac, generateRbac(size, seed));
    writeLines(questions, generateQuestions(size, seed));
    const costs = [];
    for (let run = 0; run < runs; run += 1) {
      costs.push(await runBatch(program, ['can-i', '--batch', questions, '-f', rbac, '--whole-cluster'], answers));
    }
    const seconds = median(costs.map((cost) => cost.seconds));
    const lines = (await readFile(answers, 'utf8')).trimEnd().split('\n');
    if (lines.length !== size.questions) throw new Error(`${lines.length} answers to ${size.questions} questions`);
    const allowed = lines.filter((line) => line.startsWith('{"allowed":true')).length;
    const speed = {
      questionsPerS: Math.round(size.questions / seconds),
      questionsPerCpuS: Math.round(size.questions / median(costs.map((cost) => cost.cpuS))),
      peakRssMB: Math.round(median(costs.map((cost) => cost.peakRssMB))),
      allowed: roundTo(2, allowed / size.questions),
    };
    say(`can-i --batch: ${speed.questionsPerS} questions/s, ${speed.peakRssMB} MB`);
    return speed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runBatch(
  program: string,
  args: readonly string[],
  answers: string,
): Promise<{ readonly seconds: number; readonly cpuS: number; readonly peakRssMB: number }> {
  const out = openSync(answers, 'w');
  try {
    const startedAtMs = performance.now();
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', out, 'inherit'] });
    const finish = followResourceUse(child.pid ?? 0);
    const [code] = (await once(child, 'exit')) as [number | null];
    const seconds = (performance.now() - startedAtMs) / 1000;
    const { cpuS, peakRssMB } = finish();
    if (code !== 0) throw new Error(`merlon can-i --batch exited with ${code}`);
    return { seconds, cpuS, peakRssMB };
  } finally {
    closeSync(out);
  }
}

function writeLines(path: string, lines: Iterable<string>): void {
  const out = openSync(path, 'w');
  try {
    let chunk = '';
    for (const line of lines) {
      chunk += line;
      if (chunk.length < 1024 * 1024) continue;
      writeSync(out, chunk);
      chunk = '';
    }
    writeSync(out, chunk);
  } finally {
    closeSync(out);
  }
}
