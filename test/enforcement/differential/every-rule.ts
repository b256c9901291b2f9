/** All rules, with the parameters that they have by themselves. */
import { resolveParams } from '../../../src/core/params.ts';
import type { SelectedRule } from '../../../src/core/policy.ts';
import { rules } from '../../../src/rules/index.ts';

export const everyRule: readonly SelectedRule[] = rules.map((rule) => ({ rule, params: resolveParams(rule) }));
