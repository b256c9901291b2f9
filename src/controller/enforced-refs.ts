/** The objects that an admission policy may be: itself, and what may bind it. */
import type { KnownPolicy } from '../enforcement/plan/known-policy.ts';
import type { EnforcedRef } from '../enforcement/plan/stored-object.ts';

export function bindingOf({ kind }: KnownPolicy): (name: string) => EnforcedRef {
  return (name) => ({ kind: `${kind}Binding`, name });
}

export function refsOf(unit: KnownPolicy): readonly EnforcedRef[] {
  return [unit, ...unit.bindings.map(bindingOf(unit))];
}
