/** Mocha's `spec` reporter that also writes what came out to the file named by MERLON_TEST_SUMMARY, for run-suites. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { MochaOptions, Runner, Test } from 'mocha';
import type { Tally } from './test-tally.ts';

export default class SummaryReporter extends Mocha.reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const tally = { passed: 0, failed: 0, skipped: [] as string[], failures: [] as string[] };
    runner.on('pass', () => (tally.passed += 1));
    runner.on('fail', (test: Test, error: unknown) => {
      tally.failed += 1;
      tally.failures.push(`${test.fullTitle()}: ${firstLine(error)}`);
    });
    runner.on('pending', (test: Test) => tally.skipped.push(test.fullTitle()));
    runner.on('end', () => {
      const file = process.env['MERLON_TEST_SUMMARY'];
      if (file !== undefined) writeFileSync(file, JSON.stringify(tally satisfies Tally));
    });
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
