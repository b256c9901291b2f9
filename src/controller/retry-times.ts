/**
 * When what the API server refused is tried again: seldom by itself, at once when somebody's rights have changed. The API
 * server's authorizers learn of that no sooner than Merlon does, so the first tries may still come too early.
 */
import type { PostureScope } from './posture-store.ts';

const RETRY_MS = 60 * 60_000;
const SOON_MS = 1_000;
/** For that long after a change of rights a refusal may be about the rights before. */
const SETTLING_MS = 10_000;

export class RetryTimes {
  /** By the address of the record. */
  readonly #times = new Map<string, { readonly scope: PostureScope; readonly atMs: number }>();
  readonly #nowMs: () => number;
  #changedAtMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs milliseconds since 1970 */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @returns when it is tried again */
  failed(scope: PostureScope, address: string): number {
    const nowMs = this.#nowMs();
    const atMs = nowMs + (nowMs - this.#changedAtMs < SETTLING_MS ? SOON_MS : RETRY_MS);
    this.#times.set(address, { scope, atMs });
    return atMs;
  }

  /** What has not failed since the start is tried, whatever its record says. */
  notBeforeMs(address: string): number {
    return this.#times.get(address)?.atMs ?? 0;
  }

  /** Rights in a scope, or everywhere, are other ones now. @returns what had failed there, to be tried at once */
  permit(scope: PostureScope | 'everywhere'): readonly { readonly scope: PostureScope; readonly address: string }[] {
    this.#changedAtMs = this.#nowMs();
    const permitted = [...this.#times]
      .map(([address, failed]) => ({ address, scope: failed.scope }))
      .filter((failed) => scope === 'everywhere' || failed.scope === scope);
    for (const { address } of permitted) this.#times.delete(address);
    return permitted;
  }

  forget(scope: PostureScope): void {
    for (const [address, failed] of this.#times) if (failed.scope === scope) this.#times.delete(address);
  }
}
