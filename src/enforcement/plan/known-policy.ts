/** Policies that can be planned, by name: for who removes what is not wanted any more, and for the roles that name them. */
import { allModes } from './namespace-modes.ts';
import { nameBinding } from './planned-policy.ts';
import type { EnforcementMode, PlannedPolicy } from './planned-policy.ts';

/** A policy, and what it may be bound by. */
export interface KnownPolicy {
  readonly kind: PlannedPolicy['kind'];
  readonly name: string;
  readonly bindings: readonly string[];
}

export function knowValidating(name: string, modes: readonly EnforcementMode[] = allModes): KnownPolicy {
  return { kind: 'ValidatingAdmissionPolicy', name, bindings: modes.map((mode) => nameBinding(name, mode)) };
}

/** It has no modes. */
export function knowMutating(name: string): KnownPolicy {
  return { kind: 'MutatingAdmissionPolicy', name, bindings: [nameBinding(name, 'on')] };
}
