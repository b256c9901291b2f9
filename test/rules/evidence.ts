/** Evidence about the API server, for rows that depend on what it answers to everybody. */
import type { Evidence, FactValues } from '../../src/core/evidence.ts';

/** @param answer to whether a user that nobody knows is allowed everything */
export function everythingAllowed(answer: boolean | 'unobserved'): Evidence {
  const unobserved = { unobserved: 'nobody asked' };
  return {
    anonymousRequests: unobserved,
    minorVersion: unobserved,
    unknownUserAllowed:
      answer === 'unobserved'
        ? unobserved
        : { value: answer, source: 'SubjectAccessReview', confidence: 'high', detail: 'a user that nobody knows' },
  };
}

/** An API server of which nothing is known but these facts. */
export function apiServerWith(facts: Partial<FactValues>): Evidence {
  const seen = { source: 'a test', confidence: 'high', detail: 'as observed' } as const;
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, { value, ...seen }]));
}
