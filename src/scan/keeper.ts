/**
 * What a scan of many files holds until its end, as small as it can be: projected objects that share no memory with the
 * documents they were read from, equal texts once, lists without room to grow.
 */
import type { Finding } from '../core/finding.ts';
import { MalformedField } from '../core/shape.ts';
import { NumberStore } from './entry-list.ts';
import { ownText } from './own-text.ts';

export class Keeper {
  /** For the lines of fields. */
  readonly numbers = new NumberStore();
  readonly #texts = new Map<string, string>();

  /**
   * @param projected changed in place; a field of a wrong type goes on throwing when it is read
   * @returns the same value, in memory of its own
   */
  keep<T>(projected: T): T {
    return this.#keep(projected) as T;
  }

  /** A finding of files, in which nothing runs; of many findings most say the same as another. */
  keepFinding({ pods: _pods, ...finding }: Finding): Finding {
    return {
      ...finding,
      message: this.#keepText(finding.message),
      violations: finding.violations.map(({ path, observed, message }) => ({
        path: this.#keepText(path),
        ...(observed === undefined ? {} : { observed: this.#keepText(observed) }),
        message: this.#keepText(message),
      })),
    };
  }

  #keep(value: unknown): unknown {
    if (typeof value === 'string') return this.#keepText(value);
    if (typeof value !== 'object' || value === null) return value;
    const isWhole = this.#keepFields(value as Record<string, unknown>);
    return Array.isArray(value) && isWhole ? value.slice() : value;
  }

  /** @returns whether every field can be read */
  #keepFields(target: Record<string, unknown>): boolean {
    let isWhole = true;
    for (const key of Object.keys(target)) {
      try {
        // Also where it is equal: the text may lie elsewhere now.
        target[key] = this.#keep(target[key]);
      } catch (error) {
        if (!(error instanceof MalformedField)) throw error;
        isWhole = false;
      }
    }
    return isWhole;
  }

  #keepText(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const own = ownText(text);
    this.#texts.set(own, own);
    return own;
  }
}
