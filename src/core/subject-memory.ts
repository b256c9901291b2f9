/**
 * Remembers what the rules said of each object, and from what: after a change only the objects are judged again whose
 * verdict was made from what changed.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Expected } from './expectation.ts';
import type { CollectedVerdicts } from './finding-collector.ts';
import type { SelectedRule } from './policy.ts';
import type { RecordedReads } from './recorded-reads.ts';

/** What a selection of rules said of one object. */
export interface SubjectVerdicts extends CollectedVerdicts {
  readonly selection: readonly SelectedRule[];
  readonly expected: Expected;
  readonly reads: RecordedReads;
}

/** Policies come and go; beyond so many different choices of rules everything is forgotten once. */
const mostSelections = 64;

export class SubjectMemory {
  #verdicts = new WeakMap<object, SubjectVerdicts>();
  #selections: (readonly SelectedRule[])[] = [];
  readonly #expected = new Map<string, Expected>();

  /** The same list for the same rules with the same parameters and severities. */
  canonical(selection: readonly SelectedRule[]): readonly SelectedRule[] {
    const known = this.#selections.find((one) => isSame(one, selection));
    if (known !== undefined) return known;
    if (this.#selections.length === mostSelections) {
      this.#selections = [];
      this.#verdicts = new WeakMap();
    }
    this.#selections.push(selection);
    return selection;
  }

  /** The same object for equal expectations, of which each scope has its own. */
  canonicalExpected(scope: string, expected: Expected): Expected {
    const known = this.#expected.get(scope);
    if (known !== undefined && isDeepStrictEqual(known, expected)) return known;
    this.#expected.set(scope, expected);
    return expected;
  }

  /**
   * @param selection as `canonical` gives it
   * @returns undefined where the object is to be judged again
   */
  recall(object: object, selection: readonly SelectedRule[], expected: Expected): SubjectVerdicts | undefined {
    const known = this.#verdicts.get(object);
    if (known?.selection !== selection || known.expected !== expected) return undefined;
    return known.reads.isCurrent() ? known : undefined;
  }

  remember(object: object, verdicts: SubjectVerdicts): void {
    this.#verdicts.set(object, verdicts);
  }
}

function isSame(a: readonly SelectedRule[], b: readonly SelectedRule[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return one.rule === other?.rule && one.params === other.params && one.severity === other.severity;
    })
  );
}
