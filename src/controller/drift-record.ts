/**
 * How often an object was put right lately. Somebody who tries something out is put right; two who disagree must not write in
 * turns for ever, and whoever reads the posture must know.
 */

/** As often it is put right within the time below; after that it is contested. */
const MAX_REPAIRS = 2;
const WITHIN_MS = 60 * 60_000;

export class DriftRecord {
  /** When, by object. */
  readonly #repairs = new Map<string, readonly number[]>();

  /** @returns until when it is left alone, in milliseconds as `nowMs`; undefined where it may be put right */
  contestedUntilMs(object: string, nowMs: number): number | undefined {
    const recent = (this.#repairs.get(object) ?? []).filter((atMs) => nowMs - atMs < WITHIN_MS);
    const [first] = recent;
    return first === undefined || recent.length < MAX_REPAIRS ? undefined : first + WITHIN_MS;
  }

  repaired(object: string, nowMs: number): void {
    this.#repairs.set(object, [...(this.#repairs.get(object) ?? []), nowMs].slice(-MAX_REPAIRS));
  }

  /** Something else is wanted of it now. */
  forget(object: string): void {
    this.#repairs.delete(object);
  }
}
