/** What two lists of rules both grant. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { findOverlap } from './rule-overlap.ts';

type Rules = readonly PolicyRule[];

const known = new WeakMap<Rules, WeakMap<Rules, Rules>>();

/** The same list for the same lists, so that others may remember what they made of it. */
export function meetRules(some: Rules, others: Rules): Rules {
  let byOthers = known.get(some);
  if (byOthers === undefined) known.set(some, (byOthers = new WeakMap<Rules, Rules>()));
  let met = byOthers.get(others);
  if (met === undefined) {
    met = some.flatMap((a) => others.flatMap((b) => findOverlap(a, b) ?? []));
    byOthers.set(others, met);
  }
  return met;
}
