/** The few numbers that stand for many. */

/** @throws {RangeError} if there are none */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper, lower] = [sorted[middle], sorted[Math.ceil(sorted.length / 2) - 1]];
  if (upper === undefined || lower === undefined) throw new RangeError('there is no median of nothing');
  return (upper + lower) / 2;
}

/**
 * The nearest rank: a value that occurred.
 * @param percent above 0, up to 100
 * @throws {RangeError} if there are no values
 */
export function percentile(values: readonly number[], percent: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.ceil((percent / 100) * values.length) - 1];
  if (value === undefined) throw new RangeError('there is no percentile of nothing');
  return value;
}

export function roundTo(digits: number, value: number): number {
  return Number(value.toFixed(digits));
}
