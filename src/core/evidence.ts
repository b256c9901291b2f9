/**
 * What is known about the API server's configuration: facts with their source and how sure it is. Collectors
 * (`src/evidence`) observe; rules read.
 */
import { isDeepStrictEqual } from 'node:util';

import type { FactName, FactValues } from '../api/v1alpha1/facts.ts';

export { factNames } from '../api/v1alpha1/facts.ts';
export type { AnonymousAnswer, FactName, FactValues } from '../api/v1alpha1/facts.ts';

/** `attested` is what nobody observed, and somebody vouches for. */
export type Confidence = 'high' | 'medium' | 'low' | 'attested';

export interface Fact<Value> {
  readonly value: Value;
  /** Who says so: `anonymous probe`, `SubjectAccessReview`. */
  readonly source: string;
  readonly confidence: Confidence;
  /** How it was observed, for people: `GET /version without credentials answered 200`. */
  readonly detail: string;
  /**
   * When its source was read, RFC 3339; absent where nobody read any, as of what is attested. Nothing is judged by it: what
   * is observed again and again is the same fact.
   */
  readonly observedAt?: string;
  /** What less certain sources say otherwise, for people; absent where none does. */
  readonly contradicted?: readonly string[];
  /** Of what is attested, and of nothing else. */
  readonly attestation?: FactAttestation;
}

export interface FactAttestation {
  /** `attested by platform team in ClusterHardeningPolicy "base" until 2027-01-31T00:00:00Z` */
  readonly said: string;
  /** What it is based on. */
  readonly evidence: string;
  /** Why nobody could observe it. */
  readonly insteadOf: string;
}

/** Why a fact is not known that a right would make known, as programs read it. */
export const PERMISSION_DENIED = 'PermissionDenied';

/** A fact that nobody could observe, and what would make it known. */
export interface Unobserved {
  readonly unobserved: string;
  /**
   * Rights of which each may make it known, as `get on the URL /flagz`: sources are off for want of them. Absent where it is
   * not for want of one.
   */
  readonly permissions?: readonly string[];
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

/** Whether both know the same of the same API servers, whenever it was observed. */
export function isSameEvidence(one: readonly ServerEvidence[], other: readonly ServerEvidence[]): boolean {
  return isDeepStrictEqual(one.map(withoutTimes), other.map(withoutTimes));
}

function withoutTimes({ instance, evidence }: ServerEvidence): object {
  return { instance, facts: Object.entries(evidence).map(([name, fact]) => [name, withoutTime(fact)]) };
}

/** Whether a fact is known as it was, whenever it was observed. */
export function isSameFact(one: AnyFact | undefined, other: AnyFact | undefined): boolean {
  return isDeepStrictEqual(one && withoutTime(one), other && withoutTime(other));
}

type AnyFact = Fact<unknown> | Unobserved;

function withoutTime(fact: AnyFact): object {
  if (!isObserved(fact)) return fact;
  const { observedAt, ...known } = fact;
  return known;
}

/** Why a fact is not known. */
export function reasonUnobserved(fact: Unobserved | undefined): string {
  return fact?.unobserved ?? 'nobody asked for it';
}

/** By whom and on what ground, and why nobody observed it. */
export function describeAttested({ said, evidence, insteadOf }: FactAttestation): string {
  return `${said} (${evidence}); not observed: ${insteadOf}`;
}
