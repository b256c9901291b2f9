/** Puts a question to the API server's authorizers. */
import type { AccessReviewAnswer, AccessReviewSpec } from '../evidence/unknown-user.ts';
import { readStatus } from './object-source.ts';
import { StatusError } from './request-error.ts';
import type { Transport } from './transport.ts';

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/** @throws {RequestError} where no answer came; a caller who may not ask is told so */
export async function reviewAccess(transport: Transport, spec: AccessReviewSpec): Promise<AccessReviewAnswer> {
  const response = await transport.request({
    method: 'POST',
    path: PATH,
    accept: 'application/json',
    contentType: 'application/json',
    body: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec }),
  });
  if (response.status === 403) return { outcome: 'forbidden' };
  if (response.status >= 300) throw new StatusError(`POST ${PATH}`, readStatus(response));
  const { status } = JSON.parse(response.body.toString('utf8')) as { readonly status?: { readonly allowed?: boolean } };
  return { outcome: 'answered', allowed: status?.allowed === true };
}
