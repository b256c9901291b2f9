/** Edits of a text: what stands between two offsets is replaced. */

export interface TextEdit {
  readonly start: number;
  /** Exclusive; the same as `start` where nothing is taken away. */
  readonly end: number;
  readonly text: string;
}

/** Why a text is not edited, in a sentence that goes on after a colon. */
export class EditRefused extends Error {}

/** @param edits that do not overlap, in any order; where several insert at one place they keep theirs */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text: inserted } of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at) throw new EditRefused('two changes would overlap');
    parts.push(text.slice(at, start), inserted);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** The offset of the line break that ends a line, or the end of the text. */
export function lineEndAt(text: string, offset: number): number {
  const found = text.indexOf('\n', offset);
  return found === -1 ? text.length : found;
}

export function lineStartAt(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** How far an offset stands from the start of its line. */
export function columnAt(text: string, offset: number): number {
  return offset - lineStartAt(text, offset);
}
