/** What is typed behind an option, as the commands take it. */
import { InvalidArgumentError } from 'commander';

/** For an option that may be given more than once. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** @throws {InvalidArgumentError} */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('it must be a whole number above 0.');
  return count;
}

/** @throws {InvalidArgumentError} */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new InvalidArgumentError('it must be a number of seconds above 0.');
  return seconds;
}

/** For the help: what `parseExpiry` understands. */
export const expiryForms = 'a while (30d, 12h, 4w), a date or time (2027-01-31, 2027-01-31T18:00:00Z), or never';
