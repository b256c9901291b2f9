/** What policies say of repair, after all of them were merged. */
import type { AnyRule } from './rule.ts';

/** From the most restrictive to the least. */
export const remediationModes = ['off', 'plan', 'apply'] as const;
export type RemediationMode = (typeof remediationModes)[number];

/** The policy that something comes from. */
export interface PolicyOrigin {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly generation: number;
}

export interface RemediationTerms {
  /** The most that cluster policies allow; absent where none says it. `off` is the kill switch. */
  readonly ceiling?: RemediationMode;
  /** Whether the allow-list has the rule. */
  mayRepair(rule: AnyRule): boolean;
  /** Whether a repair that may break a workload needs nobody's approval. */
  readonly allowInUse: boolean;
  /** Whether what the namespace's own policy asks for counts. */
  readonly namespacesMaySwitchOn: boolean;
  /** What the namespace's own policy asks for; absent where it asks for nothing. */
  readonly asked?: RemediationMode;
  readonly askedBy?: PolicyOrigin;
}

/** What policies say of one namespace, or of what is of the whole cluster. */
export interface RemediationSay {
  readonly terms: RemediationTerms;
  /** Whether one of them names the namespace itself. */
  readonly isNamed: boolean;
  /** The policies that made it. */
  readonly sources: readonly PolicyOrigin[];
}
