/** Rules about workloads, each with all that does not differ between workloads: made once, as all namespaces of a policy ask for the same. */
import { readVersion, templateContextOf } from './rule-contexts.ts';
import type { Version } from './rule-contexts.ts';
import type { RuleContext } from './rule.ts';
import type { SelectedWorkloadRule } from './rule-groups.ts';
import type { Snapshot } from './snapshot.ts';
import type { TemplateMemory } from './template-memory.ts';

export interface BoundRule {
  readonly selected: SelectedWorkloadRule;
  /** Where its verdict on a template is remembered. */
  readonly slot: number | undefined;
  /** Undefined for a rule that looks beyond the template: it gets one for each workload. */
  readonly context: RuleContext | undefined;
}

export class BoundRules {
  readonly #memory: TemplateMemory | undefined;
  #known = new WeakMap<readonly SelectedWorkloadRule[], readonly BoundRule[]>();
  #version: Version | undefined;

  constructor(memory: TemplateMemory | undefined) {
    this.#memory = memory;
  }

  /** Those that hold now: what is remembered under another version of the API server is forgotten. @param selection see `groupRules` */
  of(selection: readonly SelectedWorkloadRule[], snapshot: Snapshot): readonly BoundRule[] {
    const version = readVersion(snapshot);
    const isAnew = this.#memory?.begin(typeof version === 'number' ? version : version.message) === true;
    // Slots are those of what was forgotten.
    if (isAnew || version !== this.#version) this.#known = new WeakMap();
    this.#version = version;
    let bound = this.#known.get(selection);
    if (bound === undefined) {
      bound = selection.map((selected) => this.#bind(selected, version));
      this.#known.set(selection, bound);
    }
    return bound;
  }

  #bind(selected: SelectedWorkloadRule, version: Version): BoundRule {
    const { rule, params } = selected;
    const { reads = [], considers = [] } = rule;
    const isTemplateOnly = [...reads, ...considers].every((source) => source === 'ServerVersion');
    if (!isTemplateOnly) return { selected, slot: undefined, context: undefined };
    return { selected, slot: this.#memory?.slotOf(rule, params), context: templateContextOf(params, version) };
  }
}
