/** One step of `make test`: a target of the Makefile, or a run of mocha. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from './run-process.ts';
import type { ProcessOptions, ProcessResult } from './run-process.ts';
import { tallyMocha } from './test-tally.ts';
import type { Tally } from './test-tally.ts';

export interface Step {
  readonly name: string;
  readonly timeoutMinutes: number;
  readonly run: (context: StepContext) => Promise<Tally>;
  /** Other people's control planes may lack something: then it is said what was not run. */
  readonly maySkip?: boolean;
}

export interface StepContext {
  readonly timeoutMs: number;
  /** `inherit` shows what the step's programs print as it comes, `collect` hands it to `say`. */
  readonly output: 'inherit' | 'collect';
  readonly say: (text: string) => void;
}

const lingerMs = 30_000;
const mocha = 'node_modules/mocha/bin/mocha.js';

/** A target counts as one test. */
export function makeTarget(target: string): Step['run'] {
  return async (context) => {
    const args = ['--no-print-directory', '--silent', target];
    const { code, timedOut } = await runAloud('make', args, context);
    if (timedOut) context.say(`${target} was killed: it took longer than ${context.timeoutMs / 60_000} min`);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
  };
}

/** @param env besides what this process has */
export function mochaSuite(args: readonly string[], env: Readonly<Record<string, string>> = {}): Step['run'] {
  return async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'merlon-summary-'));
    const summaryFile = join(folder, 'summary.json');
    const reporter = join(import.meta.dirname, 'summary-reporter.ts');
    const lingering = killWhenLingering(summaryFile);
    const words = [mocha, '--forbid-only', '--reporter', reporter, ...args];
    const { code, timedOut } = await runAloud(process.execPath, words, context, {
      signal: lingering.signal,
      env: { ...process.env, ...env, MERLON_TEST_SUMMARY: summaryFile },
    });
    lingering.stop();
    const summary = readSummary(summaryFile);
    rmSync(folder, { recursive: true });
    if (timedOut) context.say(`mocha was killed: it had not ended after ${context.timeoutMs / 60_000} min`);
    if (lingering.signal.aborted) context.say('mocha was killed: a test left something open that kept it from ending');
    if (summary === undefined) context.say('mocha did not get to its end; see above');
    return tallyMocha(summary, code === 0);
  };
}

async function runAloud(
  command: string,
  args: readonly string[],
  { timeoutMs, output, say }: StepContext,
  options: Pick<ProcessOptions, 'env' | 'signal'> = {},
): Promise<ProcessResult> {
  const result = await runProcess(command, args, { ...options, timeoutMs, output });
  const text = `${result.stdout}${result.stderr}`.trimEnd();
  if (text !== '') say(text);
  return result;
}

/** Aborts when mocha is still there half a minute after its summary. */
function killWhenLingering(summaryFile: string): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const timer = setInterval(() => {
    const summary = statSync(summaryFile, { throwIfNoEntry: false });
    if (summary !== undefined && Date.now() - summary.mtimeMs > lingerMs) controller.abort();
  }, 1000);
  return {
    signal: controller.signal,
    stop: () => {
      clearInterval(timer);
    },
  };
}

function readSummary(file: string): Tally | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Tally;
  } catch {
    return undefined;
  }
}
