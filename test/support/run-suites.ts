/**
 * `make test`: runs every step to its end, whatever the others came to, and closes with one line: `N passed, N failed`.
 * Arguments name the steps to run; without any all are run, in the order below.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectSource } from '../control-plane/assets.ts';
import { exitOnSignals, runProcess } from './run-process.ts';
import { addTallies, closingLine, forbidSkips, tallyMocha } from './test-tally.ts';
import type { Tally } from './test-tally.ts';

interface Step {
  readonly name: string;
  readonly timeoutMinutes: number;
  readonly run: (timeoutMs: number) => Promise<Tally>;
}

const lingerMs = 30_000;
const mocha = 'node_modules/mocha/bin/mocha.js';
const integrationTests = 'test/**/*.integration.test.ts';

const steps: readonly Step[] = [
  { name: 'generate-check', timeoutMinutes: 5, run: makeTarget('generate-check') },
  { name: 'lint', timeoutMinutes: 10, run: makeTarget('lint') },
  { name: 'typecheck', timeoutMinutes: 10, run: makeTarget('typecheck') },
  { name: 'unit', timeoutMinutes: 15, run: mochaSuite(['test/**/*.test.ts', '--ignore', integrationTests]) },
  // The first time there is a control plane to build, which shows its own progress.
  { name: 'control-plane', timeoutMinutes: 60, run: makeTarget('control-plane') },
  { name: 'integration', timeoutMinutes: 45, run: mochaSuite([integrationTests]) },
];

exitOnSignals();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  say(`unknown step ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const selected = wanted.length === 0 ? steps : steps.filter(({ name }) => wanted.includes(name));
process.exitCode = await runSteps(selected);

async function runSteps(selection: readonly Step[]): Promise<number> {
  const tallies: Tally[] = [];
  for (const step of selection) {
    say(`\n── ${step.name} ──`);
    const started = Date.now();
    const tally = await step.run(step.timeoutMinutes * 60_000);
    tallies.push(judgeSkips(step.name, tally));
    say(`── ${step.name}: ${closingLine(tally)} (${((Date.now() - started) / 1000).toFixed(1)} s) ──`);
  }
  const failed = selection.filter((_, index) => (tallies[index]?.failed ?? 0) > 0);
  const total = addTallies(tallies);
  if (failed.length > 0) say(`\nfailed: ${failed.map(({ name }) => name).join(', ')}`);
  // Once more at the end: who reads only that (a log that was cut) learns which ones.
  for (const failure of total.failures ?? []) say(`  ${failure}`);
  process.stdout.write(`\n${closingLine(total)}\n`);
  return total.failed === 0 ? 0 : 1;
}

/** Only other people's control planes may lack something; then it is said what was not run. */
function judgeSkips(step: string, tally: Tally): Tally {
  if (tally.skipped.length === 0) return tally;
  const isAllowed = step === 'integration' && selectSource(process.env) !== 'build';
  say(`\nskipped${isAllowed ? '' : ', which is not allowed here'}:`);
  for (const name of tally.skipped) say(`  ${name}`);
  return isAllowed ? tally : forbidSkips(tally);
}

/** A target counts as one test. */
function makeTarget(target: string): Step['run'] {
  return async (timeoutMs) => {
    const args = ['--no-print-directory', '--silent', target];
    const { code, timedOut } = await runProcess('make', args, { timeoutMs, output: 'inherit' });
    if (timedOut) say(`${target} was killed: it took longer than ${timeoutMs / 60_000} min`);
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
  };
}

function mochaSuite(args: readonly string[]): Step['run'] {
  return async (timeoutMs) => {
    const folder = mkdtempSync(join(tmpdir(), 'merlon-summary-'));
    const summaryFile = join(folder, 'summary.json');
    const reporter = join(import.meta.dirname, 'summary-reporter.ts');
    const lingering = killWhenLingering(summaryFile);
    const { code, timedOut } = await runProcess(
      process.execPath,
      [mocha, '--forbid-only', '--reporter', reporter, ...args],
      {
        timeoutMs,
        output: 'inherit',
        signal: lingering.signal,
        env: { ...process.env, MERLON_TEST_SUMMARY: summaryFile },
      },
    );
    lingering.stop();
    const summary = readSummary(summaryFile);
    rmSync(folder, { recursive: true });
    if (timedOut) say(`mocha was killed: it had not ended after ${timeoutMs / 60_000} min`);
    if (lingering.signal.aborted) say('mocha was killed: a test left something open that kept it from ending');
    if (summary === undefined) say('mocha did not get to its end; see above');
    return tallyMocha(summary, code === 0);
  };
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

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
