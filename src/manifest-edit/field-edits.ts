/** From a patch to the smallest edits of a text that make it. Whether they do is proven by reading the text again. */
import { isJsonObject } from '../scan/manifest.ts';
import type { FieldStep } from '../scan/field-path.ts';
import { indexByName, isMergedByName, keptItems } from '../remediation/merged-object.ts';
import { isList, printScalar } from '../remediation/patch-text.ts';
import type { Json } from '../remediation/planned-repair.ts';
import { removeItems } from './list-edits.ts';
import { columnAt, EditRefused, lineEndAt } from './text-edit.ts';
import type { TextEdit } from './text-edit.ts';
import {
  findEntry,
  flowStyleOf,
  isMap,
  printBlockEntry,
  printFlow,
  printFlowEntry,
  printInPlaceOf,
} from './text-style.ts';
import type { TextMap, TextNode, TextStub, TextTree } from './text-tree.ts';

/** What an edit is made in. */
export interface EditedText {
  readonly text: string;
  readonly tree: TextTree;
  /** The spaces of one level. */
  readonly step: number;
  readonly isJson: boolean;
}

/**
 * @param steps the way to the object in the document
 * @param value what the document holds, as it was read
 * @throws {EditRefused | PatchMisfit} where the text cannot be edited without changing something else
 */
export function editObject(
  edited: EditedText,
  steps: readonly FieldStep[],
  value: unknown,
  patch: { readonly [key: string]: Json },
): readonly TextEdit[] {
  let node = edited.tree.root;
  let at = value;
  for (const step of steps) {
    assertOwn(node, edited);
    const next = typeof step === 'number' ? itemOf(node, step) : node.type === 'map' && findEntry(node, step)?.value;
    if (next === undefined || next === false) throw new EditRefused(`it is not written where it stands ("<<")`);
    node = next;
    at = Array.isArray(at) ? (at as readonly unknown[])[step as number] : isJsonObject(at) ? at[step] : undefined;
  }
  return editNode(edited, node, at, patch, { key: '', column: 0, isInFlow: false });
}

/** What surrounds a value. */
interface Surroundings {
  readonly key: string;
  /** Of the key. */
  readonly column: number;
  readonly isInFlow: boolean;
}

function editNode(
  edited: EditedText,
  node: TextNode,
  value: unknown,
  patch: Json,
  around: Surroundings,
): readonly TextEdit[] {
  if (isList(patch)) return editList(edited, node, value, patch, around);
  return isMap(patch) ? editMap(edited, node, value, patch, around) : [replaceScalar(edited, node, patch)];
}

function editMap(
  edited: EditedText,
  node: TextNode,
  value: unknown,
  patch: { readonly [key: string]: Json },
  around: Surroundings,
): readonly TextEdit[] {
  assertOwn(node, edited);
  if (node.type !== 'map') return [writeMap(edited, node, patch, around)];
  const present = isJsonObject(value) ? value : {};
  const added: [string, Json][] = [];
  const edits: TextEdit[] = [];
  for (const [key, inner] of Object.entries(patch)) {
    const entry = findEntry(node, key);
    const ofKey: Surroundings = {
      key,
      column: columnAt(edited.text, entry?.keyStart ?? node.start),
      isInFlow: node.isFlow,
    };
    if (entry !== undefined) {
      edits.push(...editNode(edited, entry.value, present[key], inner, ofKey));
    } else {
      const isMerged = Object.hasOwn(present, key) && typeof inner === 'object' && inner !== null;
      if (isMerged) throw new EditRefused(`"${key}" comes from what "<<" names, where others may use it`);
      added.push([key, inner]);
    }
  }
  if (added.length === 0) return edits;
  return [...edits, ...(node.isFlow ? addToFlow(edited, node, added) : [addToBlock(edited, node, added)])];
}

/** Behind everything that the map holds, on lines of their own. */
function addToBlock({ text, step }: EditedText, { start, end }: TextMap, added: readonly [string, Json][]): TextEdit {
  const indent = ' '.repeat(columnAt(text, start));
  const lines = added.map(([key, value]) => printBlockEntry(key, value, indent, step)).join('\n');
  // A block of text ends behind its line break.
  if (text[end - 1] === '\n') return { start: end, end, text: `${lines}\n` };
  const at = lineEndAt(text, end);
  return { start: at, end: at, text: `\n${lines}` };
}

function addToFlow({ text, isJson }: EditedText, node: TextMap, added: readonly [string, Json][]): TextEdit[] {
  const style = flowStyleOf(text, node, isJson);
  const last = node.entries.at(-1);
  if (last === undefined) {
    return [{ start: node.start, end: node.end, text: printFlow(Object.fromEntries(added), style) }];
  }
  const printed = added.map(([key, value]) => printFlowEntry(key, value, style));
  const { end } = last.value;
  if (style.lines === undefined) {
    const comma = style.isCompact ? ',' : ', ';
    return [{ start: end, end, text: printed.map((entry) => comma + entry).join('') }];
  }
  const { indent } = style.lines;
  const lineEnd = lineEndAt(text, end);
  const rest = text.slice(end, lineEnd);
  const hasComma = /^\s*,/.test(rest);
  if (!/^\s*,?\s*(#.*)?$/.test(rest) || lineEnd >= node.end) {
    return [{ start: end, end, text: printed.map((entry) => `,\n${indent}${entry}`).join('') }];
  }
  // A comment stays with the entry that it stands beside.
  const lines = printed.map((entry) => `\n${indent}${entry}`).join(',') + (hasComma ? ',' : '');
  const comma = hasComma ? [] : [{ start: end, end, text: ',' }];
  return [...comma, { start: lineEnd, end: lineEnd, text: lines }];
}

/** Where no map is written yet. */
function writeMap(
  { text, step, isJson }: EditedText,
  node: Exclude<TextNode, TextMap>,
  patch: { readonly [key: string]: Json },
  { key, column, isInFlow }: Surroundings,
): TextEdit {
  const style = { isQuoted: isJson, isSpaced: true, isCompact: false };
  if (node.type === 'scalar' && /^(~|null|Null|NULL)$/.test(text.slice(node.start, node.end))) {
    return { start: node.start, end: node.end, text: printFlow(patch, style) };
  }
  if (node.type !== 'nothing' || key === '') throw new EditRefused(`"${key}" is no map`);
  if (isInFlow) return { start: node.start, end: node.end, text: ` ${printFlow(patch, style)}` };
  const indent = ' '.repeat(column + step);
  const lines = Object.entries(patch).map(([name, value]) => printBlockEntry(name, value, indent, step));
  const at = lineEndAt(text, node.start);
  return { start: at, end: at, text: lines.map((line) => `\n${line}`).join('') };
}

function editList(
  edited: EditedText,
  node: TextNode,
  value: unknown,
  patch: readonly Json[],
  { key }: Surroundings,
): readonly TextEdit[] {
  assertOwn(node, edited);
  const items: readonly unknown[] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (node.type !== 'list') throw new EditRefused(`"${key}" is no list`);
  if (!isMergedByName(key)) {
    const kept = keptItems(items, patch);
    if (kept === undefined) throw new EditRefused(`the items of "${key}" would have to be written anew`);
    return removeItems(edited, node, kept);
  }
  return patch.flatMap((entry) => {
    const index = indexByName(items, entry, key);
    const item = itemOf(node, index);
    if (item === undefined || !isMap(entry)) throw new EditRefused(`item ${index} of "${key}" is not found`);
    const { name: _name, ...fields } = entry;
    return editNode(edited, item, items[index], fields, { key: '', column: 0, isInFlow: node.isFlow });
  });
}

function replaceScalar(edited: EditedText, node: TextNode, value: string | number | boolean | null): TextEdit {
  const { text, isJson } = edited;
  // What refers to something else is replaced, and that stays as it is.
  if (node.type === 'alias') return { start: node.start, end: node.end, text: printScalar(value) };
  assertOwn(node, edited);
  if (node.type === 'nothing') return writeNothing(text, node, value);
  if (node.type !== 'scalar') throw new EditRefused('a map or a list stands where a value belongs');
  const printed = printInPlaceOf(node, value, isJson);
  // With its tag, which says what the old value was.
  const start = node.tagStart ?? node.start;
  // Empty lines behind a block of text are no part of what is replaced.
  const end = node.style === 'block' ? node.start + text.slice(node.start, node.end).trimEnd().length : node.end;
  return { start, end, text: printed };
}

function writeNothing(text: string, { start, tagStart }: TextStub, value: string | number | boolean | null): TextEdit {
  const space = /\s/.test(text.charAt((tagStart ?? start) - 1)) ? '' : ' ';
  return { start: tagStart ?? start, end: start, text: `${space}${printScalar(value)}` };
}

function itemOf(node: TextNode, index: number): TextNode | undefined {
  return node.type === 'list' ? node.items[index]?.value : undefined;
}

/** @throws {EditRefused} where something else would change with it */
function assertOwn({ type, anchor }: TextNode, { tree }: EditedText): void {
  if (type === 'alias') throw new EditRefused(`it is written elsewhere ("*${anchor ?? ''}"), where others may use it`);
  if (anchor !== undefined && tree.aliased.has(anchor)) {
    throw new EditRefused(`others use what is written here ("&${anchor}"), and would change with it`);
  }
}
