/** What is typed behind an option, as the commands and the operator take it. */
import { InvalidArgumentError } from 'commander';

import { endpointForm, parseEndpoint } from '../evidence/endpoint.ts';

/** For an option that may be given more than once. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** @throws {InvalidArgumentError} */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new InvalidArgumentError('it must be a whole number above 0.');
  return count;
}

/** A timer cannot wait for much longer than three of them. */
const WEEK_SECONDS = 604_800;

/** @throws {InvalidArgumentError} */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0 || seconds > WEEK_SECONDS)
    throw new InvalidArgumentError(`it must be a number of seconds above 0, up to ${WEEK_SECONDS} (a week).`);
  return seconds;
}

/** Of API servers, each once; for an option that may be given more than once. @throws {InvalidArgumentError} */
export function collectEndpoint(text: string, earlier: readonly string[]): readonly string[] {
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined) throw new InvalidArgumentError(endpointForm);
  return [...new Set([...earlier, endpoint])];
}

/** For the help: what `parseExpiry` understands. */
export const expiryForms = 'a while (30d, 12h, 4w), a date or time (2027-01-31, 2027-01-31T18:00:00Z), or never';
