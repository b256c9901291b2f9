/**
 * Cuts one input into documents as kubectl does (`YAMLOrJSONDecoder` of k8s.io/apimachinery): a stream that starts with
 * `{` is JSON values one after another; anything else, and what follows the first value that is no JSON, is YAML
 * documents between lines that start with `---`. Unlike kubectl, it goes on after a document that does not parse.
 */
import { skipWhiteSpace, JsonSyntaxError, parseJsonDocument } from './json-document.ts';
import type { TextPosition } from './field-lines-builder.ts';
import type { KeyTable } from './key-table.ts';
import type { FieldLines } from './field-lines.ts';
import { DocumentRefused } from './input-problem.ts';
import { parseYamlDocument } from './yaml-document.ts';

export interface StreamDocument {
  /** Null where there was nothing but comments. */
  readonly value: unknown;
  readonly lines: FieldLines;
  /** Where it stands in the input as UTF-8, without a byte order mark; a `---` before YAML may belong to it. */
  readonly range: ByteRange;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A document, or why the input is not to be trusted at a place; both may come from the same document. */
export type StreamEvent = StreamDocument | DocumentRefused;

/**
 * @param bytes UTF-8, or UTF-16 with a byte order mark; what is no UTF-8 reads as U+FFFD, as in kubectl
 */
export function* readDocuments(bytes: Buffer, keys: KeyTable): Generator<StreamEvent> {
  const utf8 = toUtf8(bytes);
  if (isJson(utf8)) yield* readJsonDocuments(utf8, keys);
  else yield* readYamlDocuments(utf8, { offset: 0, line: 1 }, keys);
}

function* readJsonDocuments(utf8: Buffer, keys: KeyTable): Generator<StreamEvent> {
  const text = utf8.toString('utf8');
  let at: TextPosition = { offset: 0, line: 1 };
  let count = 0;
  /** The bytes before `at`. */
  let bytes = 0;
  while (skipWhiteSpace(text, at.offset) < text.length) {
    try {
      const { value, lines, end, refused } = parseJsonDocument(text, at, keys);
      count += 1;
      const start = bytes;
      bytes += Buffer.byteLength(text.slice(at.offset, end.offset));
      at = end;
      yield refused ?? { value, lines, range: { start, end: bytes } };
    } catch (error) {
      if (!(error instanceof DocumentRefused)) throw error;
      // After one value at most, kubectl takes the rest for YAML; later it gives up, and we look for the next value.
      if (error instanceof JsonSyntaxError && count <= 1) {
        const rest = skipToYaml(text, at);
        const offset = bytes + Buffer.byteLength(text.slice(at.offset, rest.offset));
        yield* readYamlDocuments(Buffer.from(text.slice(rest.offset), 'utf8'), { offset, line: rest.line }, keys);
        return;
      }
      yield error;
      const next = nextObject(text, skipWhiteSpace(text, at.offset), at);
      bytes += Buffer.byteLength(text.slice(at.offset, next.offset));
      at = next;
    }
  }
}

/** The white space that kubectl eats before it changes from JSON to YAML: up to the end of the line at most. */
function skipToYaml(text: string, at: TextPosition): TextPosition {
  let offset = at.offset;
  while (/^\s/.test(text.charAt(offset))) {
    offset += 1;
    if (text.charCodeAt(offset - 1) === lineFeed) return { offset, line: at.line + 1 };
  }
  return { offset, line: at.line };
}

/** The next line that starts a JSON object. */
function nextObject(text: string, start: number, at: TextPosition): TextPosition {
  const found = text.indexOf('\n{', start);
  const offset = found === -1 ? text.length : found + 1;
  let line = at.line;
  for (let index = at.offset; index < offset; index += 1) if (text.charCodeAt(index) === lineFeed) line += 1;
  return { offset, line };
}

/** Of one YAML document: js-yaml's events take up to twenty times its size in memory. */
export const maxYamlDocumentBytes = 64 * 1024 * 1024;

/** @param at where `utf8` starts in the input, in bytes */
function* readYamlDocuments(utf8: Buffer, at: TextPosition, keys: KeyTable): Generator<StreamEvent> {
  let start = 0;
  let { line } = at;
  for (const separator of separatorLines(utf8)) {
    const trailing = utf8.toString('utf8', separator.start + 3, separator.end).trim();
    const isProper = trailing === '' || trailing.startsWith('#');
    // A separator with nothing before it belongs to the document that it starts.
    if (isProper && separator.start === start) continue;
    yield* readYamlDocument(utf8.subarray(start, separator.start), { offset: at.offset + start, line }, keys);
    line += countLines(utf8, start, separator.start);
    if (!isProper) {
      yield new DocumentRefused(line, `only a comment may follow "---" on its line, found ${quoteShort(trailing)}`);
    }
    start = separator.end;
    line += 1;
  }
  yield* readYamlDocument(utf8.subarray(start), { offset: at.offset + start, line }, keys);
}

/** The lines that start with `---`, whatever follows, each with its line break. */
function* separatorLines(utf8: Buffer): Generator<ByteRange> {
  let start = utf8.subarray(0, 3).equals(separator) ? 0 : nextSeparator(utf8, 0);
  while (start !== -1) {
    const lineBreak = utf8.indexOf(lineFeed, start);
    const end = lineBreak === -1 ? utf8.length : lineBreak + 1;
    yield { start, end };
    if (end === utf8.length) return;
    start = nextSeparator(utf8, end - 1);
  }
}

/** @returns the offset of a line that starts with `---`; its line break is at or after `from`. -1 if there is none */
function nextSeparator(utf8: Buffer, from: number): number {
  const found = utf8.indexOf('\n---', from, 'latin1');
  return found === -1 ? -1 : found + 1;
}

function* readYamlDocument(utf8: Buffer, { offset, line }: TextPosition, keys: KeyTable): Generator<StreamEvent> {
  if (utf8.length > maxYamlDocumentBytes) {
    const reason = `a YAML document larger than ${maxYamlDocumentBytes / 1024 ** 2} MiB; split it, or give it as JSON`;
    yield new DocumentRefused(line, reason);
    return;
  }
  try {
    const text = utf8.toString('utf8');
    const { value, lines, unreadLine } = parseYamlDocument(text.replaceAll('\r\n', '\n'), line, keys);
    yield { value, lines, range: { start: offset, end: offset + utf8.length } };
    if (unreadLine !== undefined) {
      yield new DocumentRefused(unreadLine, 'kubectl does not read on after "..."; put "---" on a line before it');
    }
  } catch (error) {
    if (!(error instanceof DocumentRefused)) throw error;
    yield error;
  }
}

function countLines(utf8: Buffer, start: number, end: number): number {
  let count = 0;
  for (let index = start; index < end; index += 1) if (utf8[index] === lineFeed) count += 1;
  return count;
}

/** As kubectl looks at the first 4096 bytes only. */
function isJson(utf8: Buffer): boolean {
  return /^\s*\{/.test(utf8.toString('utf8', 0, 4096));
}

function toUtf8(bytes: Buffer): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(new TextDecoder('utf-16le').decode(bytes));
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(new TextDecoder('utf-16be').decode(bytes));
  return bytes;
}

function quoteShort(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

const separator = Buffer.from('---');
const lineFeed = 0x0a;
