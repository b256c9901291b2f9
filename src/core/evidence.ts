/**
 * What is known about the API server's configuration: facts with their source and how sure it is. Collectors
 * (`src/evidence`) observe; rules read.
 */
export type Confidence = 'high' | 'medium' | 'low';

export interface Fact<Value> {
  readonly value: Value;
  /** Who says so: `anonymous probe`, `SubjectAccessReview`. */
  readonly source: string;
  readonly confidence: Confidence;
  /** How it was observed, for people: `GET /version without credentials answered 200`. */
  readonly detail: string;
}

/** A fact that nobody could observe, and what would make it known. */
export interface Unobserved {
  readonly unobserved: string;
}

/** What one request without credentials was answered. */
export interface AnonymousAnswer {
  readonly path: string;
  /** The HTTP status; 401 and 403 are refusals, 200 is access. */
  readonly status: number;
  /** Whether the refusal names the anonymous user: then anonymous requests are authenticated, and RBAC refused. */
  readonly namesAnonymousUser: boolean;
}

/** What each fact about the API server is, by name. */
export interface FactValues {
  readonly anonymousRequests: readonly AnonymousAnswer[];
  /** Whether a user that nobody knows is allowed everything. */
  readonly unknownUserAllowed: boolean;
  /** The minor version that it serves, that which it emulates where it emulates one. */
  readonly minorVersion: number;
}
export type FactName = keyof FactValues;
export const factNames: readonly FactName[] = ['anonymousRequests', 'unknownUserAllowed', 'minorVersion'];

export type Evidence = { readonly [Name in FactName]: Fact<FactValues[Name]> | Unobserved };

export function isObserved<F extends object>(fact: F | Unobserved): fact is F {
  return !('unobserved' in fact);
}
