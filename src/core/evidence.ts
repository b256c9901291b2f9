/**
 * What is known about the API server's configuration: facts with their source and how sure it is. Collectors
 * (`src/evidence`) observe; rules read.
 */
import type { FactName, FactValues } from './facts.ts';

export type { AnonymousAnswer, FactName, FactValues } from './facts.ts';
export { factNames } from './facts.ts';

export type Confidence = 'high' | 'medium' | 'low';

export interface Fact<Value> {
  readonly value: Value;
  /** Who says so: `anonymous probe`, `SubjectAccessReview`. */
  readonly source: string;
  readonly confidence: Confidence;
  /** How it was observed, for people: `GET /version without credentials answered 200`. */
  readonly detail: string;
  /** What less certain sources say otherwise, for people; absent where none does. */
  readonly contradicted?: readonly string[];
}

/** A fact that nobody could observe, and what would make it known. */
export interface Unobserved {
  readonly unobserved: string;
}

/** What is not there was not even asked for: as unknown as what nobody could observe. */
export type Evidence = { readonly [Name in FactName]?: Fact<FactValues[Name]> | Unobserved };

/** What is known of one of the API servers that a cluster has. */
export interface ServerEvidence {
  /** As `10.0.0.5:6443`. */
  readonly instance: string;
  readonly evidence: Evidence;
}

export function isObserved<F extends object>(fact: F | Unobserved | undefined): fact is F {
  return fact !== undefined && !('unobserved' in fact);
}

/** Why a fact is not known. */
export function reasonUnobserved(fact: Unobserved | undefined): string {
  return fact?.unobserved ?? 'nobody asked for it';
}
