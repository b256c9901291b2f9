/**
 * Who asks for what: all that an authorizer sees of a request.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/authorization/authorizer (`Attributes`), pkg/authentication/serviceaccount and
 * pkg/authentication/group.
 */

export interface Requester {
  readonly user: string;
  /** All of them: those that follow from others are not added, see `serviceAccount`. */
  readonly groups: readonly string[];
}

export interface ResourceRequest {
  /** Of the API, not of HTTP: `list`, `deletecollection`. */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Plural: `pods`. */
  readonly resource: string;
  /** Empty for none. */
  readonly subresource: string;
  /** Empty where the request names none: a top-level create, a list without a selector of one name. */
  readonly name: string;
  /** Empty for what has none, and for all of them. */
  readonly namespace: string;
}

/** For a URL that is no resource, such as `/healthz`. */
export interface NonResourceRequest {
  /** Of HTTP, in lower case. */
  readonly verb: string;
  readonly path: string;
}

export type AccessRequest = ResourceRequest | NonResourceRequest;

export const MASTERS = 'system:masters';
export const AUTHENTICATED = 'system:authenticated';

const SERVICE_ACCOUNT_PREFIX = 'system:serviceaccount:';
export const SERVICE_ACCOUNTS = 'system:serviceaccounts';

export const ANONYMOUS_USER = 'system:anonymous';
export const UNAUTHENTICATED = 'system:unauthenticated';

export function serviceAccountName(namespace: string, name: string): string {
  return `${SERVICE_ACCOUNT_PREFIX}${namespace}:${name}`;
}

/** With the groups that the API server gives it. */
export function serviceAccount(namespace: string, name: string): Requester {
  return {
    user: serviceAccountName(namespace, name),
    groups: [SERVICE_ACCOUNTS, `${SERVICE_ACCOUNTS}:${namespace}`, AUTHENTICATED],
  };
}
