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
  readonly object: object;
  readonly selection: readonly SelectedRule[];
  readonly expected: Expected;
  readonly reads: RecordedReads;
}

/** Policies come and go, and namespaces have their own; beyond so many choices of rules everything is forgotten once. */
const mostSelections = 1024;

export class SubjectMemory {
  #verdicts = new WeakMap<object, SubjectVerdicts>();
  /** Of the cluster's subjects, by their list, in the order in which they were judged last. */
  readonly #trails = new Map<string, (SubjectVerdicts | undefined)[]>();
  #selections: (readonly SelectedRule[])[] = [];
  readonly #expected = new Map<string, Expected>();

  /** The same list for the same rules with the same parameters and severities. */
  canonical(selection: readonly SelectedRule[]): readonly SelectedRule[] {
    const known = this.#selections.find((one) => isSame(one, selection));
    if (known !== undefined) return known;
    if (this.#selections.length === mostSelections) {
      this.#selections = [];
      this.#verdicts = new WeakMap();
      this.#trails.clear();
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

  /** @param list of the cluster's subjects; of others the order is not kept, because their namespace may go unnoticed */
  walk(list: string | undefined): Walk {
    if (list === undefined) return new Walk(this.#verdicts, []);
    const trail = this.#trails.get(list) ?? [];
    this.#trails.set(list, trail);
    return new Walk(this.#verdicts, trail);
  }
}

/** One pass over subjects: most are where they were the last time, and seeing that costs less than to look them up. */
export class Walk {
  readonly #verdicts: WeakMap<object, SubjectVerdicts>;
  readonly #trail: (SubjectVerdicts | undefined)[];
  #at = 0;

  constructor(verdicts: WeakMap<object, SubjectVerdicts>, trail: (SubjectVerdicts | undefined)[]) {
    this.#verdicts = verdicts;
    this.#trail = trail;
  }

  /**
   * @param object the next one
   * @param selection as `canonical` gives it
   * @returns undefined where it is to be judged again, and remembered
   */
  recall(object: object, selection: readonly SelectedRule[], expected: Expected): SubjectVerdicts | undefined {
    const here = this.#trail[this.#at];
    const known = here?.object === object ? here : this.#verdicts.get(object);
    if (known?.selection !== selection || known.expected !== expected || !known.reads.isCurrent()) return undefined;
    this.#trail[this.#at] = known;
    this.#at += 1;
    return known;
  }

  remember(verdicts: SubjectVerdicts): void {
    this.#verdicts.set(verdicts.object, verdicts);
    this.#trail[this.#at] = verdicts;
    this.#at += 1;
  }

  /** There are no more. */
  end(): void {
    this.#trail.length = this.#at;
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
