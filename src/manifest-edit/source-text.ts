/**
 * A document as js-yaml reads it, which is not always as it is written: line breaks are `\n` alone there, and some lines
 * are indented deeper (`scan/yaml-syntax.ts`). Both have the same lines, so that edits of one are edits of the other.
 */
import { parseYamlSyntax } from '../scan/yaml-syntax.ts';
import type { YamlSyntax } from '../scan/yaml-syntax.ts';
import { applyEdits } from './text-edit.ts';
import type { TextEdit } from './text-edit.ts';

export interface SourceText extends YamlSyntax {
  /** As it is written, with the edits of the text that was read. */
  edit(edits: readonly TextEdit[]): string;
}

/** @throws {DocumentRefused} if it is no YAML, of which JSON is a part */
export function readSourceText(written: string): SourceText {
  const unified = written.replaceAll('\r\n', '\n');
  const { text, events } = parseYamlSyntax(unified, 1);
  return {
    text,
    events,
    edit(edits) {
      const toWritten = mapOffsets(text, written);
      const lineBreak = /\r?\n/.exec(written)?.[0] ?? '\n';
      return applyEdits(
        written,
        edits.map(({ start, end, text: inserted }) => ({
          start: toWritten(start),
          end: toWritten(end),
          text: inserted.replaceAll('\n', lineBreak),
        })),
      );
    },
  };
}

/** @returns where an offset of the text that was read stands in the one that is written */
function mapOffsets(text: string, written: string): (offset: number) => number {
  if (text === written) return (offset) => offset;
  const lines = lineStarts(text);
  const writtenLines = lineStarts(written);
  return (offset) => {
    const line = findLine(lines, offset);
    const start = writtenLines[line] ?? written.length;
    const length = lengthOfLine(written, start);
    const deeper = lengthOfLine(text, lines[line] ?? 0) - length;
    return start + Math.max(0, Math.min(length, offset - (lines[line] ?? 0) - deeper));
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The last line that starts at the offset or before it. */
function findLine(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Without its line break. */
function lengthOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  if (end === -1) return text.length - start;
  return (text[end - 1] === '\r' ? end - 1 : end) - start;
}
