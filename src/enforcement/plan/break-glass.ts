/** Lets the members of some groups through, whatever a policy would say to what they ask for themselves. */
import { printMembership } from './exec-guard.ts';
import type { NamedExpression } from './planned-policy.ts';

/** @returns the condition, or none where there is no such group */
export function exceptBreakGlass(groups: readonly string[]): readonly NamedExpression[] {
  return groups.length === 0 ? [] : [{ name: 'not-break-glass', expression: `!${printMembership(groups)}` }];
}
