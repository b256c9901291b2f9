/** What policy says of exemptions: how long one may live, what is never exempted, what a namespace exempts by itself. */
import type { AnyRule } from './rule.ts';

export interface ExemptionTerms {
  /** From creation to expiry, in days; absent: an exemption need not end. */
  readonly maxLifetimeDays?: number;
  /** Whether nobody may exempt it. */
  isNever(rule: AnyRule): boolean;
  /** Whether a HardeningExemption of the namespace itself counts for it. */
  mayNamespaceExempt(rule: AnyRule): boolean;
  /** Whether it counts for what the API server enforces, too; of such rules alone that it may exempt at all. */
  mayNamespaceExemptEnforced(rule: AnyRule): boolean;
  /** Whether annotations of objects count. */
  readonly byAnnotation: boolean;
}

/** Where no policy says otherwise: whoever writes cluster exemptions may exempt anything, a namespace nothing. */
export const DEFAULT_EXEMPTION_TERMS: ExemptionTerms = {
  isNever: () => false,
  mayNamespaceExempt: () => false,
  mayNamespaceExemptEnforced: () => false,
  byAnnotation: false,
};
