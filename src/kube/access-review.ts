/** Puts questions to the API server's authorizers, and asks it whom it takes the caller for. */
import { hasMalformedField, project } from '../core/project.ts';
import { boolean, list, message, required, string, value } from '../core/shape.ts';
import type { Infer, MessageShape } from '../core/shape.ts';
import type { AccessReviewAnswer, AccessReviewSpec } from '../evidence/server-access.ts';
import type { ReviewAnswer } from '../rbac/access-verdict.ts';
import type { AccessRequest, Requester } from '../rbac/request.ts';
import { ApiClient } from './api-client.ts';
import { ProtocolError } from './protocol-error.ts';
import { hasStatusCode } from './request-error.ts';
import type { Resource } from './resource-path.ts';
import type { Transport } from './transport.ts';

/** The caller may not ask, or the server does not know the question. */
export type Unanswered = 'forbidden' | 'not served';

const authorization = { group: 'authorization.k8s.io', version: 'v1' } as const;
const reviews: Resource = { ...authorization, plural: 'subjectaccessreviews' };
const selfReviews: Resource = { ...authorization, plural: 'selfsubjectaccessreviews' };
const ownIdentity: Resource = { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews' };

/** Field numbers: k8s.io/api v0.37.2, authorization/v1 and authentication/v1. */
const accessAnswer = message({
  status: required(
    3,
    message({ allowed: value(1, boolean), reason: value(2, string), evaluationError: value(3, string) }),
  ),
});
const identityAnswer = message({
  status: required(
    2,
    message({ userInfo: required(1, message({ username: value(1, string), groups: value(3, list(string)) })) }),
  ),
});

/** @throws {RequestError} where no answer came; a caller who may not ask is told so */
export async function reviewAccess(transport: Transport, spec: AccessReviewSpec): Promise<AccessReviewAnswer> {
  const [resource, kind] =
    spec.user === undefined
      ? ([selfReviews, 'SelfSubjectAccessReview'] as const)
      : ([reviews, 'SubjectAccessReview'] as const);
  const answer = await review(transport, resource, kind, accessAnswer, spec);
  if (answer === 'forbidden') return { outcome: 'forbidden' };
  if (answer === 'not served') throw new ProtocolError(`the API server serves no ${kind}`);
  const { allowed = false, reason = '', evaluationError = '' } = answer.status;
  return { outcome: 'answered', allowed, reason, evaluationError };
}

/** @param requester undefined for the caller, which everybody may ask. @throws {RequestError} */
export async function askAuthorizers(
  transport: Transport,
  requester: Requester | undefined,
  request: AccessRequest,
): Promise<ReviewAnswer | Unanswered> {
  const attributes =
    'path' in request ? { nonResourceAttributes: request } : { resourceAttributes: withoutEmpty(request) };
  const answer =
    requester === undefined
      ? await review(transport, selfReviews, 'SelfSubjectAccessReview', accessAnswer, attributes)
      : await review(transport, reviews, 'SubjectAccessReview', accessAnswer, { ...requester, ...attributes });
  if (typeof answer === 'string') return answer;
  const { allowed = false, reason = '', evaluationError = '' } = answer.status;
  return { allowed, reason, evaluationError };
}

/** @throws {RequestError} */
export async function readOwnIdentity(transport: Transport): Promise<Requester | Unanswered> {
  const answer = await review(transport, ownIdentity, 'SelfSubjectReview', identityAnswer, undefined);
  if (typeof answer === 'string') return answer;
  const { username = '', groups = [] } = answer.status.userInfo;
  return { user: username, groups };
}

async function review<S extends MessageShape>(
  transport: Transport,
  resource: Resource,
  kind: string,
  shape: S,
  spec: object | undefined,
): Promise<Infer<S> | Unanswered> {
  const question = {
    apiVersion: `${resource.group}/${resource.version}`,
    kind,
    ...(spec === undefined ? {} : { spec }),
  };
  try {
    const answer = project(shape, await new ApiClient(transport).review(resource, undefined, question));
    if (hasMalformedField(answer)) throw new ProtocolError(`${kind}: an answer that is none`);
    return answer;
  } catch (error) {
    if (hasStatusCode(error, 403)) return 'forbidden';
    if (hasStatusCode(error, 404)) return 'not served';
    throw error;
  }
}

function withoutEmpty(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''));
}
