/**
 * TLS sessions with one API server, by one trust and one identity: connections that are begun together wait for the first of
 * them and resume its session. Dozens of watches begin at once, and each handshake with certificates takes a millisecond or two of
 * both sides. A session is resumed for a minute only, and none is kept of a connection that resumed one, so that no connection goes
 * by a certificate that was looked at earlier than that.
 */
import type { TLSSocket } from 'node:tls';

import type { Clock } from '../core/clock.ts';

const MAX_AGE_MS = 60_000;
/** As long is the first connection waited for, and then the others begin as it did. */
const MAX_WAIT_MS = 250;

export class TlsSessions {
  readonly #clock: Clock;
  #first: Promise<undefined> | undefined;
  #endWait: (() => void) | undefined;
  #latest: { readonly session: Buffer; readonly at: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when a connection may be begun, which `follow` is to be told of: at once, but for those that come right after the first. */
  async turn(): Promise<void> {
    if (this.#first !== undefined) {
      await this.#first;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => {
      timer.cancel();
      resolve(undefined);
    };
    const timer = this.#clock.setTimeout(end, MAX_WAIT_MS);
    this.#first = promise;
    this.#endWait = end;
  }

  /** What a connection that is begun now may resume; undefined where it has to show certificates. */
  get resumable(): Buffer | undefined {
    const isFresh = this.#latest !== undefined && this.#clock.now() - this.#latest.at < MAX_AGE_MS;
    return isFresh ? this.#latest?.session : undefined;
  }

  /** Keeps what the server gives for the next one. */
  follow(socket: TLSSocket): void {
    // Node tells of it where the server has shown to be the one, and not before: who resumes a session asks for no name any more.
    socket.on('session', (session: Buffer) => {
      if (!socket.isSessionReused()) this.#latest = { session, at: this.#clock.now() };
      this.#endWait?.();
    });
    socket.once('close', () => this.#endWait?.());
  }
}
