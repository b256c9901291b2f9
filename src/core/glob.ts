/**
 * Patterns as people write them: `*` stands for any characters, also none, and everything else for itself. Matched in
 * time linear in pattern and text, whatever is written: no regular expression of anybody else's is ever run.
 */

/** Longest pattern, in UTF-16 code units: as long as a name in Kubernetes may be. */
export const MAX_GLOB_LENGTH = 253;

export type Glob = (text: string) => boolean;

/** A part between two stars, and for each of its prefixes how much of it is also its end (Knuth, Morris, Pratt). */
interface Part {
  readonly text: string;
  readonly borders: Uint8Array;
}

/**
 * Made once of each pattern that is asked often.
 * @throws {RangeError} where the pattern is longer than `MAX_GLOB_LENGTH`: schemas refuse it before
 */
export function compileGlob(pattern: string): Glob {
  if (pattern.length > MAX_GLOB_LENGTH) throw new RangeError(`a pattern has at most ${MAX_GLOB_LENGTH} characters`);
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return (text) => text === pattern;
  const between = others.filter((text) => text !== '').map((text): Part => ({ text, borders: bordersOf(text) }));
  return (text) => {
    // What it starts with and what it ends with must not share characters.
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let from = first.length;
    for (const part of between) {
      // The first place is the best one: it leaves the most for the parts that follow.
      from = findEnd(part, text, from, end);
      if (from === -1) return false;
    }
    return true;
  };
}

/** Whether the pattern can mean more than one text. */
export function isPattern(text: string): boolean {
  return text.includes('*');
}

function bordersOf(text: string): Uint8Array {
  const borders = new Uint8Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (length > 0 && text[at] !== text[length]) length = borders[length - 1] ?? 0;
    if (text[at] === text[length]) length += 1;
    borders[at] = length;
  }
  return borders;
}

/** @returns where the first occurrence between `from` and `end` ends; -1 where there is none */
function findEnd({ text: part, borders }: Part, text: string, from: number, end: number): number {
  let length = 0;
  for (let at = from; at < end; at += 1) {
    while (length > 0 && text[at] !== part[length]) length = borders[length - 1] ?? 0;
    if (text[at] === part[length]) length += 1;
    if (length === part.length) return at + 1;
  }
  return -1;
}
