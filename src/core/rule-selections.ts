/** From settings to the rules in force. Equal parameters are one object, by which verdicts are remembered. */
import type { PolicyLayer } from './policy-layer.ts';
import type { Said } from './said.ts';
import { resolveParams } from './params.ts';
import type { Params } from './params.ts';
import type { SelectedRule } from './policy.ts';
import type { AnyRule } from './rule.ts';

/** Policies come and go; beyond so many different parameters they are forgotten once. */
const mostParams = 4096;

export class RuleSelections {
  readonly #catalogue: readonly AnyRule[];
  readonly #params = new Map<string, Params>();

  constructor(catalogue: readonly AnyRule[]) {
    this.#catalogue = catalogue;
  }

  /** In the order of the catalogue. */
  select({ states, severities, params }: PolicyLayer): readonly SelectedRule[] {
    return this.#catalogue
      .filter((rule) => states.get(rule)?.value === true)
      .map((rule): SelectedRule => {
        const selected = { rule, params: this.#resolve(rule, params.get(rule)) };
        const severity = severities.get(rule);
        return severity?.source === undefined ? selected : { ...selected, severity: severity.value };
      });
  }

  #resolve(rule: AnyRule, said: ReadonlyMap<string, Said<unknown>> | undefined): Params {
    const set = [...(said ?? [])].filter(([, { source }]) => source !== undefined);
    if (set.length === 0) return resolveParams(rule);
    const values = Object.fromEntries(set.map(([name, { value }]) => [name, value] as const).toSorted(byName));
    const key = JSON.stringify([rule.id, values]);
    const known = this.#params.get(key) ?? values;
    if (this.#params.size === mostParams) this.#params.clear();
    this.#params.set(key, known);
    return resolveParams(rule, known);
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
