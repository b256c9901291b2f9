/**
 * Cuts a byte stream into the pieces that hold one event each. A piece is handed on as a part of a buffer that may
 * also hold others, and must not be kept.
 */
import { ProtocolError } from './protocol-error.ts';

export type FrameReader = (bytes: Buffer, start: number, end: number) => void;

export interface FrameSplitter {
  /** @throws {ProtocolError} and whatever `read` throws; the splitter is then of no more use */
  push(chunk: Buffer, read: FrameReader): void;
  /** The stream is at its end. @throws {ProtocolError} if that is within a piece */
  end(): void;
}

/** Far above any object that etcd takes, and small enough to buffer. */
const maxFrameBytes = 64 * 1024 * 1024;
const lengthBytes = 4;

/** Pieces that a 4-byte big-endian length precedes. */
export class LengthFrames implements FrameSplitter {
  readonly #pending = new PendingBytes();
  /** How many bytes must be there before it makes sense to look. */
  #needed = lengthBytes;

  push(chunk: Buffer, read: FrameReader): void {
    if (this.#pending.length + chunk.length < this.#needed) {
      this.#pending.add(chunk);
      return;
    }
    const bytes = this.#pending.takeWith(chunk);
    let position = 0;
    this.#needed = lengthBytes;
    while (bytes.length - position >= lengthBytes) {
      const length = bytes.readUInt32BE(position);
      if (length > maxFrameBytes) throw new ProtocolError(`a watch event of ${length} bytes`);
      const start = position + lengthBytes;
      if (start + length > bytes.length) {
        this.#needed = lengthBytes + length;
        break;
      }
      read(bytes, start, start + length);
      position = start + length;
    }
    this.#pending.add(bytes.subarray(position));
  }

  end(): void {
    if (this.#pending.length > 0) throw new ProtocolError('the stream ended within a watch event');
  }
}

/** Pieces that a line feed ends. */
export class LineFrames implements FrameSplitter {
  readonly #pending = new PendingBytes();

  push(chunk: Buffer, read: FrameReader): void {
    if (!chunk.includes(lineFeed)) {
      this.#pending.add(chunk);
      if (this.#pending.length > maxFrameBytes) throw new ProtocolError(`a line of over ${maxFrameBytes} bytes`);
      return;
    }
    const bytes = this.#pending.takeWith(chunk);
    let position = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, position)) {
      if (end > position) read(bytes, position, end);
      position = end + 1;
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
    this.#chunks.push(chunk);
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
