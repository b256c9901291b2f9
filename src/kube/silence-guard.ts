/** Ends a request on which nothing has arrived for too long: a half-open connection shows in no other way. */
import type { Clock, Timer } from '../core/clock.ts';
import { ConnectionError } from './request-error.ts';

/** The connection is silent for so long that it must be dead. */
export class ConnectionSilent extends ConnectionError {
  override readonly name = 'ConnectionSilent';
}

export class SilenceGuard {
  /** Aborts with the caller's signal, or when it has been silent for too long. */
  readonly signal: AbortSignal;
  readonly #request: string;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  /** Undefined where nobody waits any more. */
  #timer: Timer | undefined;
  #limitMs: number;
  #silent: ConnectionSilent | undefined;

  /** @param request what is guarded, for the message */
  constructor(request: string, clock: Clock, limitMs: number, signal: AbortSignal) {
    this.#request = request;
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
    this.#start();
  }

  /** Something arrived. */
  touch(): void {
    this.#timer?.refresh();
  }

  /** From now on another silence is too long. */
  limit(limitMs: number): void {
    if (limitMs === this.#limitMs || this.#timer === undefined) return;
    this.#limitMs = limitMs;
    this.#timer.cancel();
    this.#start();
  }

  /** What the guard did: the error to report in place of the abortion. */
  get silent(): ConnectionSilent | undefined {
    return this.#silent;
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #start(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.#silent = new ConnectionSilent(this.#request, `nothing arrived for ${this.#limitMs / 1000} s`);
      this.#controller.abort(this.#silent);
    }, this.#limitMs);
  }
}
