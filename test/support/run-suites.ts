/**
 * `make test`: runs every step to its end, whatever the others came to, and closes with one line: `N passed, N failed`.
 * Arguments name the steps to run; without any all are run.
 */
import { selectSource } from '../control-plane/assets.ts';
import { useCompileCache } from './compile-cache.ts';
import { exitOnSignals } from './run-process.ts';
import { makeTarget, mochaSuite } from './step.ts';
import type { Step } from './step.ts';
import { runLanes } from './step-lanes.ts';
import type { StepResult } from './step-lanes.ts';
import { addTallies, closingLine, forbidSkips } from './test-tally.ts';
import type { Tally } from './test-tally.ts';

const integrationTests = 'test/**/*.integration.test.ts';
const operatorTests = 'test/e2e/operator-*.integration.test.ts';

const commandTests = 'test/cli/*.test.ts';

const unit: Step = {
  name: 'unit',
  timeoutMinutes: 15,
  run: mochaSuite(['test/**/*.test.ts', '--ignore', integrationTests, '--ignore', commandTests]),
};
// Most of them start the command line again and again.
const commands: Step = {
  name: 'commands',
  timeoutMinutes: 15,
  run: mochaSuite([commandTests, '--ignore', integrationTests]),
};
const generateCheck: Step = { name: 'generate-check', timeoutMinutes: 5, run: makeTarget('generate-check') };
const lint: Step = { name: 'lint', timeoutMinutes: 10, run: makeTarget('lint') };
const typecheck: Step = { name: 'typecheck', timeoutMinutes: 10, run: makeTarget('typecheck') };
// The first time there is a control plane to build, which shows its own progress.
const controlPlane: Step = { name: 'control-plane', timeoutMinutes: 60, run: makeTarget('control-plane') };
// Two runs of mocha, each with a shared control plane of its own: files of one never meet those of the other.
const integration: Step = {
  name: 'integration',
  timeoutMinutes: 45,
  run: mochaSuite([integrationTests, '--ignore', operatorTests], { MERLON_TEST_PORTS: '20000-25999' }),
  maySkip: true,
};
const operator: Step = {
  name: 'operator',
  timeoutMinutes: 45,
  run: mochaSuite([operatorTests], { MERLON_TEST_PORTS: '26000-31999' }),
  maySkip: true,
};

/** One stage after the other; the lanes of a stage side by side, as most steps keep one core busy. */
const stages: readonly (readonly (readonly Step[])[])[] = [
  [[unit], [lint], [generateCheck, typecheck, commands]],
  [[controlPlane]],
  // Somebody's cluster cannot be started twice.
  selectSource(process.env) === 'existing-cluster' ? [[integration, operator]] : [[integration], [operator]],
];

exitOnSignals();
useCompileCache();
const wanted = process.argv.slice(2);
const steps = stages.flat(2);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  say(`unknown step ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
process.exitCode = await runStages();

async function runStages(): Promise<number> {
  const results: StepResult[] = [];
  for (const stage of stages) {
    const lanes = stage.map((lane) => lane.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
    const selected = lanes.filter((lane) => lane.length > 0);
    results.push(...(await runLanes(selected, say, judgeSkips)));
  }
  const failed = results.filter(({ tally }) => tally.failed > 0);
  const total = addTallies(results.map(({ tally }) => tally));
  if (failed.length > 0) say(`\nfailed: ${failed.map(({ step }) => step.name).join(', ')}`);
  // Once more at the end: who reads only that (a log that was cut) learns which ones.
  for (const failure of total.failures ?? []) say(`  ${failure}`);
  process.stdout.write(`\n${closingLine(total)}\n`);
  return total.failed === 0 ? 0 : 1;
}

function judgeSkips({ maySkip = false }: Step, tally: Tally, tell: (text: string) => void): Tally {
  if (tally.skipped.length === 0) return tally;
  const isAllowed = maySkip && selectSource(process.env) !== 'build';
  tell(`\nskipped${isAllowed ? '' : ', which is not allowed here'}:`);
  for (const name of tally.skipped) tell(`  ${name}`);
  return isAllowed ? tally : forbidSkips(tally);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
