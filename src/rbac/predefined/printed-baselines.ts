/**
 * The form in which all baselines are shipped, as `baselines.json`: each object once, and each rule of roles once. It is a
 * seventh of the files that `make generate` prints it from.
 */
import type { PolicyRule } from '../../core/rbac-shape.ts';
import type { BaselineRole } from './baseline-objects.ts';
import type { SharedObject, SharedObjects } from './shared-objects.ts';

export interface PrintedRole extends Omit<BaselineRole, 'rules'> {
  /** Places in the list of all rules. */
  readonly rules?: readonly number[];
}

export interface PrintedBaselines extends SharedObjects<PrintedRole> {
  /** From the oldest on. */
  readonly releases: readonly { readonly minor: number; readonly release: string }[];
  readonly rules: readonly PolicyRule[];
}

export function readPrinted({ rules: all, ...printed }: Omit<PrintedBaselines, 'releases'>): SharedObjects {
  const withRules = ({ minors, gated, object }: SharedObject<PrintedRole>): SharedObject<BaselineRole> => {
    const { rules, ...role } = object;
    const own = rules === undefined ? {} : { rules: rules.flatMap((place) => all[place] ?? []) };
    return { minors, gated, object: { ...role, ...own } };
  };
  return { ...printed, ClusterRole: printed.ClusterRole.map(withRules), Role: printed.Role.map(withRules) };
}
