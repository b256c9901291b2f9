/**
 * Cuts a byte stream into the pieces that hold one event each. A piece is handed on as a part of a buffer that may
 * also hold others, and must not be kept.
 */
import { ProtocolError } from './protocol-error.ts';

export type FrameReader = (bytes: Buffer, start: number, end: number) => void;

export interface FrameSplitter {
  /** @throws {ProtocolError} and whatever `read` throws; the splitter is then of no more use */
  push(bytes: Buffer, start: number, end: number, read: FrameReader): void;
  /** The stream is at its end. @throws {ProtocolError} if that is within a piece */
  end(): void;
}

/** Far above any object that etcd takes, and small enough to buffer. */
const maxFrameBytes = 64 * 1024 * 1024;
const lengthBytes = 4;

/** Pieces that a 4-byte big-endian length precedes. */
export class LengthFrames implements FrameSplitter {
  readonly #pending = new GrowingBytes();

  push(bytes: Buffer, start: number, end: number, read: FrameReader): void {
    // Of what is not complete yet no more is gathered than is missing: the rest is read where it is.
    let position = this.#pending.length === 0 ? start : this.#complete(bytes, start, end, read);
    while (end - position >= lengthBytes) {
      const next = position + lengthBytes + readLength(bytes, position);
      if (next > end) break;
      read(bytes, position + lengthBytes, next);
      position = next;
    }
    this.#pending.add(bytes, position, end);
  }

  /** @returns up to where the bytes were needed for the piece that had begun before them */
  #complete(bytes: Buffer, start: number, limit: number, read: FrameReader): number {
    const pending = this.#pending;
    let position = start + pending.fill(lengthBytes, bytes, start, limit);
    if (pending.length < lengthBytes) return position;
    const end = lengthBytes + readLength(pending.bytes, 0);
    position += pending.fill(end, bytes, position, limit);
    if (pending.length < end) return position;
    read(pending.bytes, lengthBytes, end);
    pending.clear();
    return position;
  }

  end(): void {
    if (this.#pending.length > 0) throw new ProtocolError('the stream ended within a watch event');
  }
}

function readLength(bytes: Buffer, position: number): number {
  // Not by Node's own: for what may be more than 2^31 it makes objects of numbers.
  const length =
    ((bytes[position] ?? 0) * 0x100 + (bytes[position + 1] ?? 0)) * 0x1_0000 +
    (bytes[position + 2] ?? 0) * 0x100 +
    (bytes[position + 3] ?? 0);
  if (length > maxFrameBytes) throw new ProtocolError(`a watch event of ${length} bytes`);
  return length;
}

/** One piece after the other in the same memory: each event comes in several chunks, and there are thousands of them. */
class GrowingBytes {
  bytes: Buffer = Buffer.alloc(0);
  length = 0;

  /** Adds what is missing to that length, or as much as there is. @returns how many were added */
  fill(upTo: number, from: Buffer, start: number, end: number): number {
    const missing = upTo - this.length;
    return missing > 0 ? this.add(from, start, Math.min(start + missing, end)) : 0;
  }

  /** @returns how many were added */
  add(from: Buffer, start: number, end: number): number {
    const added = end - start;
    if (added === 0) return 0;
    const length = this.length + added;
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * length, smallestMemory));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    from.copy(this.bytes, this.length, start, end);
    this.length = length;
    return added;
  }

  clear(): void {
    this.length = 0;
    if (this.bytes.length > largestKept) this.bytes = Buffer.alloc(0);
  }
}

const smallestMemory = 4 * 1024;
/** Of a rare large object nothing is held. */
const largestKept = 256 * 1024;

/** Pieces that a line feed ends. */
export class LineFrames implements FrameSplitter {
  readonly #pending = new PendingBytes();

  push(pushed: Buffer, start: number, end: number, read: FrameReader): void {
    const chunk = pushed.subarray(start, end);
    if (!chunk.includes(lineFeed)) {
      this.#pending.add(chunk);
      if (this.#pending.length > maxFrameBytes) throw new ProtocolError(`a line of over ${maxFrameBytes} bytes`);
      return;
    }
    const bytes = this.#pending.takeWith(chunk);
    let position = 0;
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, position)) {
      if (at > position) read(bytes, position, at);
      position = at + 1;
    }
    this.#pending.add(bytes.subarray(position));
  }

  end(): void {
    if (this.#pending.length > 0) throw new ProtocolError('the stream ended within a line');
  }
}

const lineFeed = 0x0a;

/** What has arrived of a piece that is not complete yet. */
export class PendingBytes {
  #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(Buffer.from(chunk));
    this.#length += chunk.length;
  }

  takeWith(chunk: Buffer): Buffer {
    if (this.#length === 0) return chunk;
    const bytes = Buffer.concat([...this.#chunks, chunk], this.#length + chunk.length);
    this.#chunks = [];
    this.#length = 0;
    return bytes;
  }
}
