/**
 * How people name rules in policies and exemptions: by id (`pod-host-ports`), by a pattern of ids (`pod-*`), or, known
 * by its slash, by a control or a pattern of controls (`cis-1.12/5.2.*`).
 */
import { compileGlob, isPattern } from './glob.ts';
import type { AnyRule } from './rule.ts';
import { suggestRule } from './suggested-rule.ts';

type Named = Pick<AnyRule, 'id' | 'controls'>;

/** In the order of the catalogue. */
export function selectRules<R extends Named>(selector: string, catalogue: readonly R[]): readonly R[] {
  const matches = compileGlob(selector);
  return catalogue.filter(({ id, controls }) => (selector.includes('/') ? controls.some(matches) : matches(id)));
}

/** Why a selector means nothing, in words to be read after its field's name; undefined where it selects something. */
export function findSelectorProblem(selector: string, catalogue: readonly Named[]): string | undefined {
  if (selectRules(selector, catalogue).length > 0) return undefined;
  return `names "${selector}", which is no rule of this Merlon${suggestRule(selector, catalogue)}; "merlon rules" lists them`;
}

/** How narrow a selector is: what is said of one rule by its id goes before a pattern, and that before a control. */
export function precisionOf(selector: string): 0 | 1 | 2 {
  if (selector.includes('/')) return 0;
  return isPattern(selector) ? 1 : 2;
}

/** Whether it can only mean one rule. */
export function isRuleId(selector: string): boolean {
  return precisionOf(selector) === 2;
}
