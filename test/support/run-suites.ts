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
import { bundleTestedPrograms } from './tested-programs.ts';

const integrationTests = 'test/**/*.integration.test.ts';
const operatorTests = 'test/e2e/operator-*.integration.test.ts';
// What becomes of the operator and of its repairs when things go wrong, and when it goes.
const recoveryTests = 'test/e2e/{operator-re*,uninstall}.integration.test.ts';
const enforcementTests = 'test/enforcement/**/*.integration.test.ts';

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
// Runs of mocha with a shared control plane each: files of one never meet those of the other. A file waits for about a
// third of its time, so that three at a time keep two cores busy; what each lane takes is about the same.
const integration = clusterStep('integration', '20000-23999', [
  integrationTests,
  ...[operatorTests, enforcementTests, recoveryTests].flatMap((others) => ['--ignore', others]),
]);
const enforcement = clusterStep('enforcement', '24000-27999', [enforcementTests]);
const recovery = clusterStep('recovery', '24000-27999', [recoveryTests]);
const operator = clusterStep('operator', '28000-31999', [operatorTests, '--ignore', recoveryTests]);
const clusterLanes = [[integration], [enforcement, recovery], [operator]];

/** One stage after the other; the lanes of a stage side by side, as most steps keep one core busy. */
const stages: readonly (readonly (readonly Step[])[])[] = [
  [[unit], [lint], [generateCheck, typecheck, commands]],
  [[controlPlane]],
  // Somebody's cluster cannot be started twice.
  selectSource(process.env) === 'existing-cluster' ? [clusterLanes.flat()] : clusterLanes,
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
// What does not build fails where it is looked at; whatever starts the sources is still tried.
await bundleTestedPrograms().catch((error: unknown) => {
  say(String(error));
});
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

/** @param ports that its control planes may take: the first and the last */
function clusterStep(name: string, ports: string, args: readonly string[]): Step {
  return { name, timeoutMinutes: 45, run: mochaSuite(args, { MERLON_TEST_PORTS: ports }), maySkip: true };
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
