/** Takes items out of a list as it is written. */
import { EditRefused, lineEndAt, lineStartAt } from './text-edit.ts';
import type { TextEdit } from './text-edit.ts';
import { startsLine } from './text-style.ts';
import type { ListItem, TextList } from './text-tree.ts';

/**
 * @param kept the numbers of the items that stay
 * @throws {EditRefused} where more would go than the items
 */
export function removeItems(
  { text }: { readonly text: string },
  list: TextList,
  kept: ReadonlySet<number>,
): readonly TextEdit[] {
  const gone = list.items.filter((_item, index) => !kept.has(index));
  if (gone.length === 0) return [];
  return list.isFlow ? removeFromFlow(text, list, kept) : removeLines(text, list, gone);
}

function removeLines(text: string, list: TextList, gone: readonly ListItem[]): readonly TextEdit[] {
  const removed = gone.map(({ start, value }): TextEdit => {
    if (!startsLine(text, start)) throw new EditRefused('an item of the list does not start its line');
    const lineStart = lineStartAt(text, start);
    // A block of text ends behind its line break.
    if (text[value.end - 1] === '\n') return { start: lineStart, end: value.end, text: '' };
    const lineEnd = lineEndAt(text, value.end);
    return lineEnd < text.length
      ? { start: lineStart, end: lineEnd + 1, text: '' }
      : { start: Math.max(0, lineStart - 1), end: lineEnd, text: '' };
  });
  if (gone.length < list.items.length) return removed;
  const before = text.slice(0, list.items[0]?.start ?? 0).trimEnd();
  // Behind the colon, or behind what is said of the list; a comment there is not passed.
  if (!/(:|&[\w-]+)$/.test(before)) throw new EditRefused('a comment stands between the list and its key');
  return [{ start: before.length, end: before.length, text: ' []' }, ...removed];
}

function removeFromFlow(text: string, { items, start, end }: TextList, kept: ReadonlySet<number>): readonly TextEdit[] {
  const [first] = [...kept].sort((a, b) => a - b);
  if (first === undefined) return [whole(text, start, end, '[]')];
  const head = first === 0 ? [] : [whole(text, items[0]?.start ?? start, items[first]?.start ?? start, '')];
  const others = items.flatMap(({ value }, index): readonly TextEdit[] => {
    const before = items[index - 1];
    return index < first || kept.has(index) || before === undefined
      ? []
      : [whole(text, before.value.end, value.end, '')];
  });
  return [...head, ...others];
}

function whole(text: string, start: number, end: number, inserted: string): TextEdit {
  if (/\s#/.test(text.slice(start, end))) throw new EditRefused('a comment stands between the items of the list');
  return { start, end, text: inserted };
}
