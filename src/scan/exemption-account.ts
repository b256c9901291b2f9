/** What became of exemptions in a scan: those that exempt nothing are told, with the reason that their status would give. */
import { ExemptionUses } from '../controller/exemption-uses.ts';
import type { Exemption, JudgedExemption } from '../core/exemption.ts';
import type { ExemptionUse, GivenExemptions } from '../core/exemption-matcher.ts';
import { judgeActivity, NOTHING_MATCHED } from '../core/exemption-status.ts';
import { ExemptionTable } from '../core/exemption-table.ts';
import type { ExemptionTerms } from '../core/exemption-terms.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Scope } from '../core/scope.ts';

export class ExemptionAccount {
  readonly given: GivenExemptions;
  readonly #exemptions: readonly JudgedExemption[];
  readonly #rules: readonly AnyRule[];
  readonly #uses = new ExemptionUses();

  /** @param nowMs milliseconds since 1970 */
  constructor(exemptions: readonly JudgedExemption[], rules: readonly AnyRule[], nowMs: number) {
    this.#exemptions = exemptions;
    this.#rules = rules;
    this.given = { table: tableOf(exemptions), nowMs, inputs: [] };
  }

  /** A scope was judged. */
  note(scope: Scope, uses: ReadonlyMap<Exemption, ExemptionUse>, terms: ExemptionTerms): void {
    this.#uses.note(scope === 'cluster' ? 'cluster' : `namespace/${scope.namespace}`, uses, terms);
  }

  /** In sentences. */
  idle(): readonly string[] {
    const { table, nowMs } = this.given;
    return this.#exemptions.flatMap((judged) => {
      const { object, exemption } = judged;
      const { namespace, name } = object.metadata;
      const { status, reason, message } = judgeActivity(judged, {
        tally: exemption === undefined ? NOTHING_MATCHED : this.#uses.tallyOf(exemption),
        isCounted: exemption === undefined || table.isCounted(exemption),
        terms: this.#uses.termsOf(namespace === undefined ? 'anywhere' : `namespace/${namespace}`),
        rules: this.#rules,
        nowMs,
      });
      const where = namespace === undefined ? name : `${namespace}/${name}`;
      return status === 'True' ? [] : [`${object.kind} "${where}" exempts nothing (${reason}): ${message}`];
    });
  }
}

export function tableOf(exemptions: readonly JudgedExemption[]): ExemptionTable {
  const table = new ExemptionTable();
  for (const { exemption } of exemptions) if (exemption !== undefined) table.set(exemption);
  return table;
}
