/**
 * Turns what happens to a reflector's connection into its state. A watch that is opened again at once is no news; one
 * that stays broken makes what is known stale.
 */
import type { Clock, Timer } from '../core/clock.ts';
import type { ReflectorPhase, ReflectorState } from './reflector-state.ts';

export class ConnectionTracker {
  readonly #clock: Clock;
  readonly #staleAfterMs: number;
  readonly #onState: (state: ReflectorState) => void;
  #state: ReflectorState;
  #lost: { readonly sinceMs: number; readonly timer: Timer } | undefined;
  #lastMessage = '';

  constructor(clock: Clock, staleAfterMs: number, onState: (state: ReflectorState) => void) {
    this.#clock = clock;
    this.#staleAfterMs = staleAfterMs;
    this.#onState = onState;
    this.#state = { phase: 'initial', sinceMs: clock.wallTimeMs(), message: '' };
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** The first attempt begins. */
  started(): void {
    this.#set('syncing', '');
  }

  /** Everything is known and changes arrive. */
  connected(): void {
    this.#found();
    if (this.#state.phase !== 'synced') this.#set('synced', '');
  }

  /** Changes may be missed from now on. */
  lost(message: string): void {
    this.#lastMessage = message;
    if (this.#state.phase !== 'synced' || this.#lost !== undefined) return;
    const sinceMs = this.#clock.wallTimeMs();
    const timer = this.#clock.setTimeout(() => {
      this.#lost = undefined;
      this.#set('stale', this.#lastMessage, sinceMs);
    }, this.#staleAfterMs);
    this.#lost = { sinceMs, timer };
  }

  /** An attempt failed, and the next may succeed. */
  failed(message: string): void {
    this.lost(message);
    if (['initial', 'syncing', 'unreachable'].includes(this.#state.phase)) this.#set('unreachable', message);
  }

  /** The API server says no. */
  refused(phase: 'forbidden' | 'absent', message: string): void {
    this.#found();
    this.#set(phase, message);
  }

  end(): void {
    this.#found();
  }

  #found(): void {
    this.#lost?.timer.cancel();
    this.#lost = undefined;
  }

  #set(phase: ReflectorPhase, message: string, sinceMs?: number): void {
    const before = this.#state;
    if (before.phase === phase && before.message === message) return;
    // Another message is news, but no other beginning.
    const since = sinceMs ?? (before.phase === phase ? before.sinceMs : this.#clock.wallTimeMs());
    this.#state = { phase, sinceMs: since, message };
    this.#onState(this.#state);
  }
}
