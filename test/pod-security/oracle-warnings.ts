/** Reads what Kubernetes' API server says in `Warning` headers (RFC 7234, 5.5). */

/** An API server that has more than 4,096 characters to say cuts each warning to 256, and drops what is still too much. */
const MOST_CHARACTERS = 4096;
const CUT_LENGTH = 256;

const WARNING = /(\d{3}) (\S+) "((?:[^"\\]|\\.)*)"(?: "[^"]*")?(?:, *|$)/gsy;

/**
 * @param header as Node gives it: several are one, and what is not ASCII is read as Latin-1
 * @returns the texts, unquoted
 * @throws {Error} if it is not what RFC 7234 allows
 */
export function parseWarnings(header: string | undefined): string[] {
  if (header === undefined) return [];
  const text = Buffer.from(header, 'latin1').toString();
  const warnings: string[] = [];
  let end = 0;
  for (const match of text.matchAll(WARNING)) {
    warnings.push((match[3] ?? '').replaceAll(/\\(.)/gs, '$1'));
    end = match.index + match[0].length;
  }
  if (end !== text.length) throw new Error(`not a list of warnings from "${text.slice(end, end + 40)}" on: ${text}`);
  return warnings;
}

/** Whether the API server may have cut the warning. */
export function isMaybeCut(warning: string): boolean {
  return charactersOf(warning) === CUT_LENGTH;
}

/** Whether the API server may have dropped others than these. */
export function isMaybeIncomplete(warnings: readonly string[]): boolean {
  return warnings.reduce((sum, warning) => sum + charactersOf(warning), 0) >= MOST_CHARACTERS;
}

/** The same, where those that may be missing are cut to the length of a warning: there was no room for another one. */
export function isMaybeShort(warnings: readonly string[]): boolean {
  return warnings.reduce((sum, warning) => sum + charactersOf(warning), 0) > MOST_CHARACTERS - CUT_LENGTH;
}

/** Code points. */
function charactersOf(text: string): number {
  return Array.from(text).length;
}
