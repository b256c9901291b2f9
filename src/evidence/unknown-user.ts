/**
 * Asks the API server's own authorizers whether a user that nobody knows may do something nobody should: only one that
 * allows everything says yes.
 *
 * Two SubjectAccessReviews a round; needs `create subjectaccessreviews.authorization.k8s.io`.
 */
import type { Evidence } from '../core/evidence.ts';

export interface AccessReviewSpec {
  readonly user: string;
  readonly resourceAttributes?: {
    readonly namespace: string;
    readonly verb: string;
    readonly resource: string;
  };
  readonly nonResourceAttributes?: { readonly path: string; readonly verb: string };
}
export type AccessReviewAnswer =
  { readonly outcome: 'answered'; readonly allowed: boolean } | { readonly outcome: 'forbidden' };
export type AccessReview = (spec: AccessReviewSpec) => Promise<AccessReviewAnswer>;

/** @param nonce random, so that no binding can name the user */
export async function collectUnknownUserAllowed(
  review: AccessReview,
  nonce: string,
): Promise<Evidence['unknownUserAllowed']> {
  const user = `merlon-probe-${nonce}`;
  const specs: readonly AccessReviewSpec[] = [
    { user, resourceAttributes: { namespace: 'kube-system', verb: 'delete', resource: 'secrets' } },
    { user, nonResourceAttributes: { path: `/merlon-probe-${nonce}`, verb: 'get' } },
  ];
  try {
    const answers = await Promise.all(specs.map(review));
    if (answers.some(({ outcome }) => outcome === 'forbidden')) {
      return { unobserved: 'asking needs the permission to create subjectaccessreviews.authorization.k8s.io' };
    }
    const value = answers.some((answer) => answer.outcome === 'answered' && answer.allowed);
    return {
      value,
      source: 'SubjectAccessReview',
      confidence: 'high',
      detail: value
        ? 'a user that nobody knows may delete Secrets in kube-system or read any URL'
        : 'a user that nobody knows is refused',
    };
  } catch (error) {
    return {
      unobserved: `SubjectAccessReview was not answered: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
