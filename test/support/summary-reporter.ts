/**
 * Mocha's `spec` reporter that also says which files took longest, and writes what came out to the file named by
 * MERLON_TEST_SUMMARY, for run-suites.
 */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { MochaOptions, Runner, Suite, Test } from 'mocha';
import { FileTimes } from './file-times.ts';
import type { Tally } from './test-tally.ts';

export default class SummaryReporter extends Mocha.reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const tally = { passed: 0, failed: 0, skipped: [] as string[], failures: [] as string[] };
    const times = new FileTimes(() => performance.now());
    runner.on('suite', (suite: Suite) => {
      if (isOfFile(suite)) times.begin(suite.file);
    });
    runner.on('suite end', (suite: Suite) => {
      if (isOfFile(suite)) times.end(suite.file);
    });
    runner.on('pass', () => (tally.passed += 1));
    runner.on('fail', (test: Test, error: unknown) => {
      tally.failed += 1;
      tally.failures.push(`${test.fullTitle()}: ${firstLine(error)}`);
    });
    runner.on('pending', (test: Test) => tally.skipped.push(test.fullTitle()));
    runner.on('end', () => {
      for (const line of times.slowest(process.cwd())) process.stdout.write(`${line}\n`);
      const file = process.env['MERLON_TEST_SUMMARY'];
      if (file !== undefined) writeFileSync(file, JSON.stringify(tally satisfies Tally));
    });
  }
}

/** A file's own `describe`, with its hooks; what stands inside of it is part of that. */
function isOfFile(suite: Suite): suite is Suite & { file: string } {
  return suite.parent?.root === true && suite.file !== undefined;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
