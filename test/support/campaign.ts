/** What campaigns have in common: counts and seeds from the command line, and a line of progress every five seconds. */

const intervalMs = 5000;

/** @throws {RangeError} for what is no count: a campaign that asks nothing must not end as one that found nothing */
export function readCount(option: string, text: string, least = 1): number {
  const count = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(count) || count < least) {
    throw new RangeError(`--${option} wants a whole number from ${least} on, not "${text}"`);
  }
  return count;
}

/** @param text empty for any seed */
export function readSeed(text: string): number {
  return text === '' ? Date.now() % 1_000_000_007 : readCount('seed', text, 0);
}

export interface CampaignState {
  readonly done: number;
  /** As `0 disagree`. */
  readonly found: string;
}

/** On stderr. @returns how to end it, which gives the seconds that it took */
export function showProgress(what: string, total: number, read: () => CampaignState): { readonly stop: () => number } {
  const started = performance.now();
  const secondsSoFar = (): number => (performance.now() - started) / 1000;
  const report = (): void => {
    const { done, found } = read();
    const rate = Math.round(done / secondsSoFar());
    const left = Math.round((total - done) / Math.max(1, rate));
    process.stderr.write(`campaign: ${what}: ${done} of ${total}, ${rate} per s, ${left} s left, ${found}\n`);
  };
  const timer = setInterval(report, intervalMs);
  return {
    stop() {
      clearInterval(timer);
      report();
      return secondsSoFar();
    },
  };
}

/** From the first up to but not including the second. */
export function numbersFrom(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, offset) => from + offset);
}
