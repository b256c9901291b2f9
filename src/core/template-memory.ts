/**
 * Remembers verdicts on pod templates, by rule and parameters: many pods of one template cost one evaluation, also from
 * one judgement of a namespace to the next. A template that nobody holds any more is forgotten with its verdicts.
 */
import type { Judgement } from './judgement.ts';
import type { Params } from './params.ts';
import type { Rule } from './rule.ts';

/** Each version of a policy's parameters takes slots; beyond so many everything is forgotten once. */
const MAX_SLOTS = 4096;

export class TemplateMemory {
  #byTemplate = new WeakMap<object, (Judgement | undefined)[]>();
  #slots = new WeakMap<Rule<'Workload'>, WeakMap<Params, number>>();
  #nextSlot = 0;
  #version: number | string | undefined;

  /**
   * Verdicts hold under one version of the API server.
   * @param version or why it is not known
   * @returns whether everything was forgotten, slots as well
   */
  begin(version: number | string): boolean {
    if (version === this.#version && this.#nextSlot < MAX_SLOTS) return false;
    this.#version = version;
    this.#byTemplate = new WeakMap();
    this.#slots = new WeakMap();
    this.#nextSlot = 0;
    return true;
  }

  /**
   * Where verdicts of a rule stand in what `of` gives.
   * @param params the same object for the same parameters, see `resolveParams`
   */
  slotOf(rule: Rule<'Workload'>, params: Params): number {
    const slots = this.#slots.get(rule) ?? new WeakMap<Params, number>();
    this.#slots.set(rule, slots);
    const known = slots.get(params);
    if (known !== undefined) return known;
    const slot = this.#nextSlot;
    this.#nextSlot += 1;
    slots.set(params, slot);
    return slot;
  }

  /** @param identity equal templates are the same object */
  of(identity: object): (Judgement | undefined)[] {
    const known = this.#byTemplate.get(identity);
    if (known !== undefined) return known;
    const fresh = new Array<Judgement | undefined>(this.#nextSlot).fill(undefined);
    this.#byTemplate.set(identity, fresh);
    return fresh;
  }
}
