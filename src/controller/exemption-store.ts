/** The exemptions of both kinds as they stand in the cluster, and the table of those that are understood. */
import { isDeepStrictEqual } from 'node:util';

import { judgeExemption } from '../core/exemption.ts';
import type { AnyExemption, Exemption, JudgedExemption } from '../core/exemption.ts';
import { ExemptionTable } from '../core/exemption-table.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Named } from './store.ts';

export type ExemptionKey = `exemption/${string}` | `own-exemption/${string}`;

/** @param object its namespace, where it has one, tells the kind */
export function exemptionKey({ metadata: { namespace, name } }: Named): ExemptionKey {
  return namespace === undefined ? `exemption/${name}` : `own-exemption/${namespace}/${name}`;
}

export interface ExemptionChange {
  readonly key: ExemptionKey;
  /** What was in force and is not any more, and what is now; both undefined where only the status changed. */
  readonly before: Exemption | undefined;
  readonly after: Exemption | undefined;
}

export class ExemptionStore {
  readonly table = new ExemptionTable();
  readonly #rules: readonly AnyRule[];
  readonly #onChange: (change: ExemptionChange) => void;
  readonly #states = new Map<ExemptionKey, JudgedExemption>();

  constructor(rules: readonly AnyRule[], onChange: (change: ExemptionChange) => void) {
    this.#rules = rules;
    this.#onChange = onChange;
  }

  upsert(object: AnyExemption): void {
    const key = exemptionKey(object);
    const known = this.#states.get(key);
    if (known !== undefined && isSameVersion(known.object, object)) {
      // Only its status, or somebody's labels: what is made of a version is known by the version's identity.
      this.#states.set(key, { ...known, object });
      this.#onChange({ key, before: undefined, after: undefined });
      return;
    }
    const judged = judgeExemption(object, this.#rules);
    this.#states.set(key, judged);
    if (judged.exemption !== undefined) this.table.set(judged.exemption);
    else if (known?.exemption !== undefined) this.table.delete(known.exemption);
    this.#onChange({ key, before: known?.exemption, after: judged.exemption });
  }

  remove(object: Named): void {
    const key = exemptionKey(object);
    const known = this.#states.get(key);
    if (known === undefined) return;
    this.#states.delete(key);
    if (known.exemption !== undefined) this.table.delete(known.exemption);
    this.#onChange({ key, before: known.exemption, after: undefined });
  }

  get(key: ExemptionKey): JudgedExemption | undefined {
    return this.#states.get(key);
  }

  keys(): Iterable<ExemptionKey> {
    return this.#states.keys();
  }
}

/** A re-created one is another: its age is, too. */
function isSameVersion(a: AnyExemption, b: AnyExemption): boolean {
  return a.metadata.uid === b.metadata.uid && isDeepStrictEqual(a.spec, b.spec);
}
