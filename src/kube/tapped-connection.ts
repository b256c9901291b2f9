/** A connection that passes everything on, and keeps what came first. */
import { connect } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class TappedConnection extends Duplex {
  readonly #socket: Socket;
  readonly #kept: Buffer[] = [];
  #left: number;

  /** @param maxBytes how much is kept */
  constructor(to: NetConnectOpts, maxBytes: number) {
    super();
    this.#left = maxBytes;
    this.#socket = connect(to);
    this.#socket.on('data', (chunk: Buffer) => {
      if (this.#left > 0) this.#kept.push(Buffer.from(chunk.subarray(0, this.#left)));
      this.#left -= chunk.length;
      if (!this.push(chunk)) this.#socket.pause();
    });
    this.#socket.on('end', () => this.push(null));
    this.#socket.on('error', (error) => this.destroy(error));
    this.#socket.on('close', () => this.destroy());
  }

  /** What came so far, from the first byte on. */
  get received(): Buffer {
    return Buffer.concat(this.#kept);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
