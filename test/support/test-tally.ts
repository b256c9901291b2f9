/** How many tests of a run passed, failed and were skipped, and the line that says so. */

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Full names. */
  readonly skipped: readonly string[];
  /** Full names, each with the first line of what went wrong. Fewer than `failed` where a step is no run of mocha. */
  readonly failures?: readonly string[];
}

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    skipped: tallies.flatMap(({ skipped }) => skipped),
    failures: tallies.flatMap(({ failures = [] }) => failures),
  };
}

/** Where nothing may be skipped, a test that was has failed. */
export function forbidSkips(tally: Tally): Tally {
  return { ...tally, failed: tally.failed + tally.skipped.length, skipped: [] };
}

/**
 * What a run of mocha amounts to.
 * @param summary what `summary-reporter` wrote; undefined if the run did not get that far
 * @param exitedWell whether mocha ended by itself with exit code 0
 */
export function tallyMocha(summary: Tally | undefined, exitedWell: boolean): Tally {
  if (summary === undefined) return { passed: 0, failed: 1, skipped: [] };
  // A run that failed must not look well because no single test did.
  const failed = summary.failed === 0 && !exitedWell ? 1 : summary.failed;
  return { ...summary, failed };
}

/** @returns the closing line: `12 passed, 0 failed`, with `, 3 skipped` only if there are any */
export function closingLine({ passed, failed, skipped }: Tally): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped.length === 0 ? line : `${line}, ${skipped.length} skipped`;
}
