/**
 * Asks the API server's own authorizers what tells which of them there are: of a user that nobody knows, of a node that is
 * none, and of something that Merlon is granted itself.
 *
 * Four reviews a round; those about others need `create subjectaccessreviews.authorization.k8s.io`.
 */
import { AUTHENTICATED } from '../rbac/request.ts';
import { isAllowedByRbac, isRead, messageOf, unusable } from './reading.ts';
import type { Reading, ReviewReading } from './reading.ts';
import type { AccessReview, AccessReviewAnswer, AccessReviewSpec } from './server-access.ts';

/**
 * In the group in which everybody is who has shown who he is: some authorizers refuse whoever is in none.
 *
 * @param nonce random, so that no binding can name the user
 */
export async function reviewUnknownUser(review: AccessReview, nonce: string): Promise<Reading<boolean>> {
  const somebody = { user: `merlon-probe-${nonce}`, groups: [AUTHENTICATED] };
  const answers = await Promise.all([
    put(review, { ...somebody, resourceAttributes: { namespace: 'kube-system', verb: 'delete', resource: 'secrets' } }),
    put(review, { ...somebody, nonResourceAttributes: { path: `/merlon-probe-${nonce}`, verb: 'get' } }),
  ]);
  const missing = answers.find((answer) => 'missing' in answer);
  if (missing !== undefined) return missing;
  const read = answers.filter(isRead).map((answer) => answer.read);
  if (read.some((answer) => answer.allowed && !isAllowedByRbac(answer))) return { read: true };
  // Who would have allowed it may be the one that did not answer. The error is another each time, and stays where it is.
  if (read.some(({ evaluationError }) => evaluationError !== '')) {
    return { missing: 'an authorizer could not decide; the log of the API server says which, and why' };
  }
  // Whoever allows everything would have allowed what is refused. Behind RBAC nobody is asked any more.
  return read.some(({ allowed }) => !allowed)
    ? { read: false }
    : {
        missing: `RBAC allows a user that nobody knows whatever he was asked about, so that no authorizer behind it was asked; take away what is granted to ${AUTHENTICATED}: rule rbac-everybody-grants names it`,
      };
}

/** The authorizer Node says why it refuses a node that has nothing to do with a Secret. */
export function reviewUnknownNode(review: AccessReview, nonce: string): Promise<Reading<ReviewReading>> {
  return put(review, {
    user: `system:node:merlon-probe-${nonce}`,
    groups: ['system:nodes'],
    resourceAttributes: { namespace: 'kube-system', verb: 'get', resource: 'secrets', name: `merlon-probe-${nonce}` },
  });
}

/** The authorizer RBAC names the binding by which it allows. */
export function reviewOwnGrant(review: AccessReview): Promise<Reading<ReviewReading>> {
  return put(review, { resourceAttributes: { verb: 'list', resource: 'pods' } });
}

type Answered = Extract<AccessReviewAnswer, { readonly outcome: 'answered' }>;

async function put(review: AccessReview, spec: AccessReviewSpec): Promise<Reading<Answered>> {
  try {
    const answer = await review(spec);
    if (answer.outcome === 'answered') return { read: answer };
    const resource = spec.user === undefined ? 'selfsubjectaccessreviews' : 'subjectaccessreviews';
    return {
      missing: `asking needs the permission to create ${resource}.authorization.k8s.io`,
      permission: `create on ${resource}.authorization.k8s.io`,
    };
  } catch (error) {
    return unusable(`an access review was not answered: ${messageOf(error)}`);
  }
}
