/**
 * Reads one HTTP/1.1 answer from the bytes of its connection, as they arrive. A watch of ten thousand pods comes in more
 * than thirty thousand pieces: here a piece costs a comparison or two, and no object. So whatever needs a function of its own is in a
 * method of its own, which is seldom called: where there is such a function, its surroundings are made at each call.
 *
 * Source: RFC 9112, sections 4 to 8.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** Given the bytes between `start` and `end`, which are there only until it returns. */
export type TakeBytes = (bytes: Buffer, start: number, end: number) => unknown;

export interface AnswerHead {
  readonly status: number;
  /** By names in lower case. What came several times is joined by commas, but for what has one value: of that the first counts. */
  readonly headers: IncomingHttpHeaders;
}

/** What came is no HTTP/1.1 answer. */
export class AnswerProblem extends Error {
  override readonly name = 'AnswerProblem';
}

/** Far above what an API server sends. */
const maxHeadBytes = 64 * 1024;
/** Of a chunk's size and its extensions, or of one line of a trailer. */
const maxLineBytes = 4 * 1024;

const carriageReturn = 0x0d;
const lineFeed = 0x0a;
const beginning = 'HTTP/1.';
const endOfHead = '\r\n\r\n';

/** Where in the answer the next byte belongs. */
type Place = 'head' | 'size' | 'data' | 'end of data' | 'trailer' | 'counted' | 'until closed' | 'complete';

export class HttpAnswer {
  readonly #onHead: (head: AnswerHead) => void;
  readonly #take: TakeBytes;
  #place: Place = 'head';
  /** The beginning of a head, or of a line, whose rest has not come yet. */
  #begun = '';
  /** Bytes of the body, or of this chunk of it, that have not come yet. */
  #left = 0;

  /**
   * @param onHead called once
   * @param take called with each piece of the body, in order
   */
  constructor(onHead: (head: AnswerHead) => void, take: TakeBytes) {
    this.#onHead = onHead;
    this.#take = take;
  }

  get isComplete(): boolean {
    return this.#place === 'complete';
  }

  /** @throws {AnswerProblem} and whatever `take` throws; it is then of no more use */
  push(bytes: Buffer, length: number): void {
    for (let at = 0; at < length && this.#place !== 'complete';) at = this.#readOn(bytes, at, length);
  }

  /** The connection is at its end. @throws {AnswerProblem} if the answer is not */
  end(): void {
    if (this.#place === 'until closed') this.#place = 'complete';
    if (this.#place !== 'complete') throw new AnswerProblem('the answer was cut off');
  }

  /** @returns up to where it read: at least one byte further */
  #readOn(bytes: Buffer, start: number, length: number): number {
    switch (this.#place) {
      case 'head':
        return this.#readHead(bytes, start, length);
      case 'size':
        return this.#readSize(bytes, start, length);
      case 'data':
      case 'counted':
      case 'until closed':
        return this.#readBody(bytes, start, length);
      case 'end of data':
        return this.#readEndOfData(bytes, start, length);
      case 'trailer':
        return this.#readTrailer(bytes, start, length);
      case 'complete':
        return length;
    }
  }

  #readBody(bytes: Buffer, start: number, length: number): number {
    const end = Math.min(length, start + this.#left);
    this.#left -= end - start;
    if (this.#left === 0) this.#place = this.#place === 'data' ? 'end of data' : 'complete';
    this.#take(bytes, start, end);
    return end;
  }

  #readHead(bytes: Buffer, start: number, length: number): number {
    const before = this.#begun.length;
    this.#begun += bytes.toString('latin1', start, length);
    // Whatever else answers at that address must not be waited for.
    if (!beginning.startsWith(this.#begun.slice(0, beginning.length))) {
      throw new AnswerProblem(`it begins with ${showFirstLine(this.#begun)}`);
    }
    const headEnd = this.#begun.indexOf(endOfHead, Math.max(0, before - endOfHead.length));
    if (headEnd > maxHeadBytes || (headEnd === -1 && this.#begun.length > maxHeadBytes)) {
      throw new AnswerProblem(`its head is longer than ${maxHeadBytes} bytes`);
    }
    if (/[^\r]\n/.test(this.#begun.slice(Math.max(0, before - 1), headEnd === -1 ? undefined : headEnd))) {
      throw new AnswerProblem('a line of its head ends without a carriage return');
    }
    if (headEnd === -1) return length;
    const head = this.#begun.slice(0, headEnd);
    this.#begun = '';
    this.#startBody(parseHead(head));
    return start + headEnd + endOfHead.length - before;
  }

  #startBody(head: AnswerHead): void {
    const { status, headers } = head;
    // Another one follows.
    if (status < 200) return;
    const length = headers['content-length'];
    const encoding = headers['transfer-encoding']?.toLowerCase();
    if (status === 204 || status === 304) this.#place = 'complete';
    else if (encoding !== undefined) {
      if (encoding !== 'chunked') throw new AnswerProblem(`its transfer-encoding is ${JSON.stringify(encoding)}`);
      if (length !== undefined) throw new AnswerProblem('it has a content-length and is chunked');
      this.#place = 'size';
    } else if (length !== undefined) {
      this.#left = parseSize(length, /^\d{1,15}$/, 10);
      this.#place = this.#left === 0 ? 'complete' : 'counted';
    } else {
      this.#left = Infinity;
      this.#place = 'until closed';
    }
    this.#onHead(head);
  }

  #readSize(bytes: Buffer, start: number, length: number): number {
    // As a rule all of it is there, and nothing but the size.
    let size = 0;
    let at = start;
    for (; at < length; at += 1) {
      const digit = hexDigits[bytes[at] ?? 0] ?? -1;
      if (digit < 0) break;
      size = size * 16 + digit;
    }
    const isWhole = at > start && at - start <= maxSizeDigits && isLineEnd(bytes, at, length);
    if (isWhole && this.#begun === '') {
      this.#startChunk(size);
      return at + 2;
    }
    return this.#readSizeLine(bytes, start, length);
  }

  #readSizeLine(bytes: Buffer, start: number, length: number): number {
    return this.#readLine(bytes, start, length, (line) => {
      const [text = ''] = line.split(';', 1);
      this.#startChunk(parseSize(text.trimEnd(), /^0*[\da-f]{1,12}$/i, 16));
    });
  }

  #startChunk(size: number): void {
    this.#left = size;
    this.#place = size === 0 ? 'trailer' : 'data';
  }

  #readEndOfData(bytes: Buffer, start: number, length: number): number {
    if (this.#begun === '' && isLineEnd(bytes, start, length)) {
      this.#place = 'size';
      return start + 2;
    }
    return this.#readSplitEndOfData(bytes, start, length);
  }

  #readSplitEndOfData(bytes: Buffer, start: number, length: number): number {
    return this.#readLine(bytes, start, length, (line) => {
      if (line !== '') throw new AnswerProblem('a chunk is longer than it says');
      this.#place = 'size';
    });
  }

  #readTrailer(bytes: Buffer, start: number, length: number): number {
    return this.#readLine(bytes, start, length, (line) => {
      if (line === '') this.#place = 'complete';
    });
  }

  /** @returns up to where it read; `take` is given the line once its end is there, without that */
  #readLine(bytes: Buffer, start: number, length: number, take: (line: string) => void): number {
    const at = bytes.indexOf(lineFeed, start);
    const isThere = at !== -1 && at < length;
    const end = isThere ? at + 1 : length;
    if (this.#begun.length + end - start > maxLineBytes) {
      throw new AnswerProblem(`a line between its chunks is longer than ${maxLineBytes} bytes`);
    }
    this.#begun += bytes.toString('latin1', start, end);
    if (!isThere) return length;
    const line = this.#begun;
    this.#begun = '';
    if (line.charCodeAt(line.length - 2) !== carriageReturn) {
      throw new AnswerProblem('a line between its chunks ends without a carriage return');
    }
    take(line.slice(0, -2));
    return end;
  }
}

function isLineEnd(bytes: Buffer, at: number, length: number): boolean {
  return at + 1 < length && bytes[at] === carriageReturn && bytes[at + 1] === lineFeed;
}

/** What each byte says as a hexadecimal digit; -1 where it says nothing. */
const hexDigits = Int8Array.from({ length: 256 }, (_, byte) =>
  /[\da-f]/i.test(String.fromCharCode(byte)) ? Number.parseInt(String.fromCharCode(byte), 16) : -1,
);
const maxSizeDigits = 12;

/** @throws {AnswerProblem} */
function parseHead(text: string): AnswerHead {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/.exec(statusLine)?.[1];
  // What comes after 101 is another protocol.
  if (status === undefined || status < '100' || status === '101') {
    throw new AnswerProblem(`it begins with ${showFirstLine(statusLine)}`);
  }
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = headerLine.exec(line) ?? [];
    if (name === undefined) throw new AnswerProblem('its head has a line that is no header');
    const key = name.toLowerCase();
    const before = headers.get(key);
    if (before === undefined) headers.set(key, value);
    else if (!singleHeaders.has(key)) headers.set(key, `${before}, ${value}`);
  }
  return { status: Number(status), headers: Object.fromEntries(headers) };
}

/** As Node's own client has it, of those that are looked at. */
const singleHeaders: ReadonlySet<string> = new Set(['content-type', 'retry-after']);

function showFirstLine(text: string): string {
  const [line = ''] = text.split('\r\n', 1);
  return JSON.stringify(line.slice(0, 80));
}

const headerLine = /^([!#$%&'*+.^_`|~\da-zA-Z-]+):[ \t]*(.*?)[ \t]*$/;

function parseSize(text: string, pattern: RegExp, radix: number): number {
  if (!pattern.test(text))
    throw new AnswerProblem(`it says of a length that it is ${JSON.stringify(text.slice(0, 80))}`);
  return Number.parseInt(text, radix);
}
