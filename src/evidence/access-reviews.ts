/**
 * Asks the API server's own authorizers what tells which of them there are: of a user that nobody knows, of a node that is
 * none, and of something that Merlon is granted itself.
 *
 * Four reviews a round; those about others need `create subjectaccessreviews.authorization.k8s.io`.
 */
import { messageOf } from './reading.ts';
import type { Reading, ReviewReading } from './reading.ts';
import type { AccessReview, AccessReviewSpec } from './server-access.ts';

/** @param nonce random, so that no binding can name the user */
export async function reviewUnknownUser(review: AccessReview, nonce: string): Promise<Reading<boolean>> {
  const user = `merlon-probe-${nonce}`;
  const answers = await Promise.all([
    put(review, { user, resourceAttributes: { namespace: 'kube-system', verb: 'delete', resource: 'secrets' } }),
    put(review, { user, nonResourceAttributes: { path: `/merlon-probe-${nonce}`, verb: 'get' } }),
  ]);
  const missing = answers.find((answer) => 'missing' in answer);
  return missing ?? { read: answers.some((answer) => 'read' in answer && answer.read.allowed) };
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

async function put(review: AccessReview, spec: AccessReviewSpec): Promise<Reading<ReviewReading>> {
  try {
    const answer = await review(spec);
    if (answer.outcome === 'forbidden') {
      return { missing: 'asking needs the permission to create subjectaccessreviews.authorization.k8s.io' };
    }
    const { allowed, reason, evaluationError } = answer;
    // Who would have allowed it may be the one that did not answer. The error is another each time, and stays where it is.
    return allowed || evaluationError === ''
      ? { read: { allowed, reason } }
      : { missing: 'an authorizer could not decide; the log of the API server says which, and why' };
  } catch (error) {
    return { missing: `an access review was not answered: ${messageOf(error)}` };
  }
}
