/** How new fields are written, so that they look like what stands around them. */
import { isList, printScalar } from '../remediation/patch-text.ts';
import type { Json } from '../remediation/planned-repair.ts';
import type { MapEntry, TextMap, TextNode, TextScalar, TextTree } from './text-tree.ts';
import { columnAt, lineStartAt } from './text-edit.ts';

/** The spaces of one level of the document; 2 where nothing tells. */
export function indentStepOf(text: string, { root }: TextTree): number {
  return findStep(text, root) ?? 2;
}

/** Of the first map that stands on its own lines in another. */
function findStep(text: string, node: TextNode): number | undefined {
  if (node.type !== 'map') return undefined;
  for (const { keyStart, value } of node.entries) {
    const [first] = value.type === 'map' ? value.entries : [];
    if (first !== undefined && startsLine(text, first.keyStart) && startsLine(text, keyStart)) {
      const step = columnAt(text, first.keyStart) - columnAt(text, keyStart);
      if (step > 0) return step;
    }
    const found = findStep(text, value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether nothing but white space stands before an offset on its line. */
export function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStartAt(text, offset), offset).trim() === '';
}

/** The lines of an entry in a map that is written with indentation; no line break at the end. */
export function printBlockEntry(key: string, value: Json, indent: string, step: number): string {
  const head = `${indent}${printScalar(key)}:`;
  if (!isMap(value)) return `${head} ${printFlow(value, { isQuoted: false, isSpaced: true, isCompact: false })}`;
  const deeper = `${indent}${' '.repeat(step)}`;
  return [head, ...Object.entries(value).map(([name, inner]) => printBlockEntry(name, inner, deeper, step))].join('\n');
}

/** What stands between brackets. */
export interface FlowStyle {
  /** As JSON: every key and text in quotes. */
  readonly isQuoted: boolean;
  /** `{ a: b }`, not `{a: b}`. */
  readonly isSpaced: boolean;
  /** `{"a":1,"b":2}` */
  readonly isCompact: boolean;
  /** Set where each entry has a line of its own: what stands before the entries, and what a level adds to it. */
  readonly lines?: { readonly indent: string; readonly step: string };
}

export function flowStyleOf(text: string, { start, end, entries }: TextMap, isJson: boolean): FlowStyle {
  const [first] = entries;
  const last = entries.at(-1);
  const isQuoted = isJson || entries.some((entry) => entry.isQuoted);
  const isSpaced = first === undefined || text[start + 1] === ' ';
  const isCompact = isQuoted && last !== undefined && /^:\S/.test(text.slice(last.keyEnd, end));
  const style = { isQuoted, isSpaced: isSpaced && !isCompact, isCompact };
  if (last === undefined || !startsLine(text, last.keyStart)) return style;
  const indent = text.slice(lineStartAt(text, last.keyStart), last.keyStart);
  return { ...style, lines: { indent, step: stepBetween(closingIndent(text, end), indent) } };
}

/** Before the bracket that closes. */
function closingIndent(text: string, end: number): string {
  return startsLine(text, end - 1) ? text.slice(lineStartAt(text, end - 1), end - 1) : '';
}

function stepBetween(outer: string, inner: string): string {
  return inner.length > outer.length && inner.startsWith(outer) ? inner.slice(outer.length) : '  ';
}

export function printFlowEntry(key: string, value: Json, style: FlowStyle): string {
  return `${printFlowScalar(key, style)}:${style.isCompact ? '' : ' '}${printFlow(value, style)}`;
}

export function printFlow(value: Json, style: FlowStyle): string {
  if (isList(value))
    return value.length === 0
      ? '[]'
      : `[${joinFlow(
          value.map((item) => printFlow(item, style)),
          style,
        )}]`;
  if (!isMap(value)) return printFlowScalar(value, style);
  const { lines, isSpaced } = style;
  const inner = lines === undefined ? style : { ...style, lines: { ...lines, indent: lines.indent + lines.step } };
  const entries = Object.entries(value).map(([key, one]) => printFlowEntry(key, one, inner));
  if (entries.length === 0) return '{}';
  if (inner.lines !== undefined && lines !== undefined) {
    const { indent } = inner.lines;
    return `{\n${entries.map((entry) => indent + entry).join(',\n')}\n${lines.indent}}`;
  }
  const space = isSpaced ? ' ' : '';
  return `{${space}${joinFlow(entries, style)}${space}}`;
}

function joinFlow(parts: readonly string[], { isCompact }: FlowStyle): string {
  return parts.join(isCompact ? ',' : ', ');
}

function printFlowScalar(value: string | number | boolean | null, { isQuoted }: FlowStyle): string {
  return isQuoted ? JSON.stringify(value) : printScalar(value);
}

/** A value in the quotes of the one that it replaces. */
export function printInPlaceOf(old: TextScalar, value: string | number | boolean | null, isJson: boolean): string {
  if (isJson || (typeof value === 'string' && old.style === 'double')) return JSON.stringify(value);
  if (typeof value === 'string' && old.style === 'single') return `'${value.replaceAll("'", "''")}'`;
  return printScalar(value);
}

export function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function findEntry({ entries }: TextMap, key: string): MapEntry | undefined {
  return entries.findLast((entry) => entry.key === key && !entry.isMerge);
}
