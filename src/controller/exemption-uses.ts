/** What exemptions came to when each scope was judged last, so that their statuses need no judging of their own. */
import { isDeepStrictEqual } from 'node:util';

import type { Exemption } from '../core/exemption.ts';
import type { ExemptionUse } from '../core/exemption-matcher.ts';
import { addTallies, NOTHING_MATCHED, tallyOf } from '../core/exemption-status.ts';
import type { ExemptionTally } from '../core/exemption-status.ts';
import type { ExemptionTerms } from '../core/exemption-terms.ts';
import type { PostureScope } from './posture-store.ts';

interface ScopeUses {
  readonly tallies: ReadonlyMap<Exemption, ExemptionTally>;
  readonly terms: ExemptionTerms;
}

export class ExemptionUses {
  readonly #byScope = new Map<PostureScope, ScopeUses>();
  readonly #byExemption = new Map<Exemption, Map<PostureScope, ExemptionTally>>();
  readonly #termsInUse = new Map<ExemptionTerms, number>();

  /**
   * A scope was judged.
   * @returns the exemptions to which something else came than before, and whether what policy says of them differs
   */
  note(
    scope: PostureScope,
    uses: ReadonlyMap<Exemption, ExemptionUse>,
    terms: ExemptionTerms,
  ): { readonly changed: readonly Exemption[]; readonly areTermsNew: boolean } {
    const before = this.#byScope.get(scope);
    if (before?.terms === terms && before.tallies.size === 0 && uses.size === 0) return NOTHING_NEW;
    const tallies = new Map([...uses].map(([exemption, use]) => [exemption, tallyOf(use)]));
    const changed = [...new Set([...tallies.keys(), ...(before?.tallies.keys() ?? [])])].filter(
      (exemption) => !isDeepStrictEqual(tallies.get(exemption), before?.tallies.get(exemption)),
    );
    for (const exemption of changed) this.#set(exemption, scope, tallies.get(exemption));
    this.#byScope.set(scope, { tallies, terms });
    this.#countTerms(before?.terms, -1);
    this.#countTerms(terms, 1);
    return { changed, areTermsNew: before?.terms !== terms };
  }

  /** A scope is gone. @returns the exemptions to which something came there */
  forgetScope(scope: PostureScope): readonly Exemption[] {
    const before = this.#byScope.get(scope);
    if (before === undefined) return [];
    this.#byScope.delete(scope);
    this.#countTerms(before.terms, -1);
    for (const exemption of before.tallies.keys()) this.#set(exemption, scope, undefined);
    return [...before.tallies.keys()];
  }

  #set(exemption: Exemption, scope: PostureScope, tally: ExemptionTally | undefined): void {
    const known = this.#byExemption.get(exemption) ?? new Map<PostureScope, ExemptionTally>();
    if (tally === undefined) known.delete(scope);
    else known.set(scope, tally);
    if (known.size === 0) this.#byExemption.delete(exemption);
    else this.#byExemption.set(exemption, known);
  }

  #countTerms(terms: ExemptionTerms | undefined, difference: number): void {
    if (terms === undefined) return;
    const count = (this.#termsInUse.get(terms) ?? 0) + difference;
    if (count === 0) this.#termsInUse.delete(terms);
    else this.#termsInUse.set(terms, count);
  }

  tallyOf(exemption: Exemption): ExemptionTally {
    const known = this.#byExemption.get(exemption);
    return known === undefined ? NOTHING_MATCHED : addTallies([...known.values()]);
  }

  /** What policy says in that scope, or anywhere: each different answer once. */
  termsOf(scope: PostureScope | 'anywhere'): readonly ExemptionTerms[] {
    if (scope === 'anywhere') return [...this.#termsInUse.keys()];
    const terms = this.#byScope.get(scope)?.terms;
    return terms === undefined ? [] : [terms];
  }
}

const NOTHING_NEW = { changed: [], areTermsNew: false } as const;
