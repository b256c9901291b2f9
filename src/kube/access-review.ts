/** Puts a question to the API server's authorizers. */
import type { AccessReviewAnswer, AccessReviewSpec } from '../evidence/unknown-user.ts';
import { ApiClient } from './api-client.ts';
import { hasStatusCode } from './request-error.ts';
import type { Resource } from './resource-path.ts';
import type { Transport } from './transport.ts';

const reviews: Resource = { group: 'authorization.k8s.io', version: 'v1', plural: 'subjectaccessreviews' };

/** @throws {RequestError} where no answer came; a caller who may not ask is told so */
export async function reviewAccess(transport: Transport, spec: AccessReviewSpec): Promise<AccessReviewAnswer> {
  const question = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
  try {
    const answer = await new ApiClient(transport).review(reviews, undefined, question);
    const { status } = answer as { readonly status?: { readonly allowed?: boolean } };
    return { outcome: 'answered', allowed: status?.allowed === true };
  } catch (error) {
    if (hasStatusCode(error, 403)) return { outcome: 'forbidden' };
    throw error;
  }
}
