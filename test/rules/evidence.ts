/** Evidence about the API server, for rows that depend on what it answers to everybody. */
import type { Evidence } from '../../src/core/evidence.ts';

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
