/**
 * When what the API server refused is tried again: seldom by itself, at once when somebody's rights have changed. The API
 * server's authorizers learn of that no sooner than Merlon does, so the first tries may still come too early.
 */
const RETRY_MS = 60 * 60_000;
const SOON_MS = 1_000;
/** For that long after a change of rights a refusal may be about the rights before. */
const SETTLING_MS = 10_000;

export class RetryTimes {
  /** By the address of the record. */
  readonly #times = new Map<string, { readonly namespace: string; readonly atMs: number }>();
  readonly #nowMs: () => number;
  #changedAtMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs milliseconds since 1970 */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @returns when it is tried again */
  failed(namespace: string, address: string): number {
    const nowMs = this.#nowMs();
    const atMs = nowMs + (nowMs - this.#changedAtMs < SETTLING_MS ? SOON_MS : RETRY_MS);
    this.#times.set(address, { namespace, atMs });
    return atMs;
  }

  /** What has not failed since the start is tried, whatever its record says. */
  notBeforeMs(address: string): number {
    return this.#times.get(address)?.atMs ?? 0;
  }

  /** Rights in a namespace, or everywhere (empty), are other ones now. @returns what had failed there, to be tried at once */
  permit(namespace: string): readonly { readonly namespace: string; readonly address: string }[] {
    this.#changedAtMs = this.#nowMs();
    const permitted = [...this.#times]
      .map(([address, failed]) => ({ address, namespace: failed.namespace }))
      .filter((failed) => namespace === '' || failed.namespace === namespace);
    for (const { address } of permitted) this.#times.delete(address);
    return permitted;
  }

  forget(namespace: string): void {
    for (const [address, failed] of this.#times) if (failed.namespace === namespace) this.#times.delete(address);
  }
}
