/** A PodSecurityPolicy as the hardening policy that judges as it validated, with all that has to be said of it. */
import { adviseLevel } from './advised-level.ts';
import type { AdvisedLevel } from './advised-level.ts';
import { buildImportNotes } from './import-notes.ts';
import type { ImportNotes } from './import-notes.ts';
import type { PodSecurityPolicy } from './pod-security-policy.ts';
import type { PolicyGaps } from './policy-gaps.ts';
import { mapToRules } from './rule-mapping.ts';
import type { MappedRule } from './rule-mapping.ts';

export interface ImportedPolicy {
  readonly name: string;
  readonly rules: readonly MappedRule[];
  /** Undefined where the policy admits no pod. */
  readonly advised: AdvisedLevel | undefined;
  readonly notes: ImportNotes;
}

/** @param name of the hardening policy */
export function importPolicy(name: string, policy: PodSecurityPolicy, gaps: PolicyGaps): ImportedPolicy {
  return { name, rules: mapToRules(policy), advised: adviseLevel(policy), notes: buildImportNotes(policy, gaps) };
}
