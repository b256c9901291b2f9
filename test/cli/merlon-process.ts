/** The command line as a process, with an environment in which it finds nobody's kubeconfig. */
import { join } from 'node:path';

import { compileCacheEnvironment } from '../support/compile-cache.ts';
import { runProcess } from '../support/run-process.ts';
import type { ProcessResult } from '../support/run-process.ts';
import { testedPrograms } from '../support/tested-programs.ts';

export const repository = join(import.meta.dirname, '../..');
export const merlonProgram = join(repository, testedPrograms.cli);

export interface MerlonOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export const merlonEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
};

/** @throws {Error} when it is not done after 30 s */
export async function runMerlon(args: readonly string[], options: MerlonOptions = {}): Promise<ProcessResult> {
  const { stdin, cwd, env = {} } = options;
  const result = await runProcess(process.execPath, [merlonProgram, ...args], {
    timeoutMs: 30_000,
    env: { ...merlonEnvironment, ...compileCacheEnvironment, ...env },
    ...(stdin === undefined ? {} : { stdin }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (result.timedOut) throw new Error(`merlon ${args.join(' ')}: not done within 30 s\n${result.stderr}`);
  return result;
}

/** Runs a line of a shell, in which `$MERLON` is the command. */
export async function runShell(line: string, options: MerlonOptions = {}): Promise<ProcessResult> {
  const { cwd, env = {} } = options;
  return runProcess('bash', ['-c', line], {
    timeoutMs: 30_000,
    env: { ...merlonEnvironment, ...compileCacheEnvironment, ...env, MERLON: `${process.execPath} ${merlonProgram}` },
    ...(cwd === undefined ? {} : { cwd }),
  });
}
