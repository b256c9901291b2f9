/**
 * TLS sessions with one API server, by one trust and one identity: connections that are begun while the first of them all is being
 * made wait for it and resume its session. Dozens of watches begin at once, and certificates are by far the most of a handshake, for both
 * sides. A session is resumed for a minute, and none is kept of a connection that resumed one, so that no connection goes by a
 * certificate that was looked at earlier than that.
 */
import type { TLSSocket } from 'node:tls';

import type { Clock } from '../core/clock.ts';

const MAX_AGE_MS = 60_000;
/** As long is the first connection waited for: for less than a far server takes, where waiting costs more than it saves. */
const MAX_WAIT_MS = 60;

export class TlsSessions {
  readonly #clock: Clock;
  #first: Promise<void> | undefined;
  #endWait: (() => void) | undefined;
  #latest: { readonly session: Buffer; readonly at: number } | undefined;
  /** The server has failed to resume one: it may fail at each. */
  #isRefused = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Asked before each connection.
   * @returns what to wait for; undefined for the first, which is to be begun and followed at once
   */
  waitForFirst(): Promise<void> | undefined {
    if (this.#first !== undefined) return this.#first;
    this.#first = new Promise((resolve) => {
      const timer = this.#clock.setTimeout(resolve, MAX_WAIT_MS);
      this.#endWait = () => {
        timer.cancel();
        resolve();
      };
    });
    return undefined;
  }

  /** What a connection that is begun now may resume; undefined where it has to show certificates. */
  get resumable(): Buffer | undefined {
    if (this.#latest === undefined || this.#isRefused) return undefined;
    return this.#clock.now() - this.#latest.at < MAX_AGE_MS ? this.#latest.session : undefined;
  }

  /** Keeps what the server gives for the next one. @param socket just begun */
  follow(socket: TLSSocket): void {
    const at = this.#clock.now();
    // Node tells of it where the server has shown to be the one, and not before: who resumes a session asks for no name any more.
    socket.on('session', (session: Buffer) => {
      if (!socket.isSessionReused()) this.#latest = { session, at };
      this.#endWait?.();
    });
    socket.once('close', () => this.#endWait?.());
  }

  /** No more of them: a handshake that should have resumed one came to nothing. */
  refuse(): void {
    this.#isRefused = true;
    this.#latest = undefined;
  }
}
