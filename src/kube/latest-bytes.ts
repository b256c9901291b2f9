import type { Span } from './protobuf-envelope.ts';
import { isSame } from './same-bytes.ts';

/** What is longer takes longer to compare than to read: nothing is held of it. */
const mostRemembered = 2 * 1024;

/** Bytes that mostly are the same as the last time: then what was made of them is, too. */
export class LatestBytes<T> {
  #bytes: Buffer = Buffer.alloc(0);
  #length = -1;
  #made: T | undefined;

  /** @returns undefined where they are others than those that were remembered last */
  recall(bytes: Buffer, { start, end }: Span): T | undefined {
    const length = this.#length;
    return end - start === length && isSame(bytes, start, this.#bytes, 0, length) ? this.#made : undefined;
  }

  remember(bytes: Buffer, { start, end }: Span, made: T): T {
    const length = end - start;
    if (length > mostRemembered) {
      this.#length = -1;
      return made;
    }
    if (this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow(2 * length);
    bytes.copy(this.#bytes, 0, start, end);
    this.#length = length;
    this.#made = made;
    return made;
  }
}
