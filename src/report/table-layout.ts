/** Lays out a table for a terminal, as kubectl does: columns as wide as their widest cell, three spaces between them. */
import { printable } from './terminal.ts';
import type { Colour, Painter } from './terminal.ts';

export interface Column {
  readonly title: string;
  /** Numbers read better on the right; left if left out. */
  readonly align?: 'left' | 'right';
}

/** A cell's text may come from anywhere: it is escaped here. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

const gap = '   ';

/**
 * @param rows a cell for each column, missing ones are empty; gone through twice, so that not all are held at once
 * @returns the lines, titles first, without line breaks and without spaces at their ends
 */
export function* layoutTable(
  columns: readonly Column[],
  rows: Iterable<readonly Cell[]>,
  paint: Painter,
): Generator<string> {
  const titles = columns.map(({ title }) => escapeCell(title));
  const escape = (row: readonly Cell[]) => columns.map((_, index) => escapeCell(row[index] ?? ''));
  const widths = titles.map(({ text }) => displayWidth(text));
  for (const row of rows) {
    for (const [index, { text }] of escape(row).entries()) {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(text));
    }
  }
  const layout = (row: readonly EscapedCell[]) =>
    row
      .map((cell, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - displayWidth(cell.text));
        const text = cell.colour === undefined ? cell.text : paint(cell.colour, cell.text);
        return columns[index]?.align === 'right' ? padding + text : text + padding;
      })
      .join(gap)
      .trimEnd();
  yield layout(titles);
  for (const row of rows) yield layout(escape(row));
}

interface EscapedCell {
  readonly text: string;
  readonly colour: Colour | undefined;
}

function escapeCell(cell: Cell): EscapedCell {
  return typeof cell === 'string'
    ? { text: printable(cell), colour: undefined }
    : { text: printable(cell.text), colour: cell.colour };
}

/**
 * @param safeText without control characters and colours
 * @returns how many columns of a terminal it takes
 */
export function displayWidth(safeText: string): number {
  if (isAscii(safeText)) return safeText.length;
  let width = 0;
  for (const character of safeText) width += characterWidth(character);
  return width;
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

function characterWidth(character: string): number {
  if (/^\p{M}$/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** The large blocks of Unicode's East_Asian_Width W and F (UAX #11), and what is shown as an emoji by itself. */
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;
