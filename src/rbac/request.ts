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
/** Of everybody with a bootstrap token; others that tokens name begin with it and a colon. */
export const BOOTSTRAPPERS = 'system:bootstrappers';

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

/** @returns undefined for a user that is no service account, however much its name looks like one */
export function splitServiceAccountName(
  user: string,
): { readonly namespace: string; readonly name: string } | undefined {
  if (!user.startsWith(SERVICE_ACCOUNT_PREFIX)) return undefined;
  const [namespace = '', name = '', ...more] = user.slice(SERVICE_ACCOUNT_PREFIX.length).split(':');
  const isValid = more.length === 0 && label.test(namespace) && namespace.length <= 63 && isSubdomain(name);
  return isValid ? { namespace, name } : undefined;
}

/** Of DNS, RFC 1123. */
const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

function isSubdomain(name: string): boolean {
  return name.length <= 253 && name.split('.').every((part) => label.test(part));
}

export const NODES = 'system:nodes';
const NODE_PREFIX = 'system:node:';

/** Whether the Node authorizer has a say. */
export function isNode({ user, groups }: Requester): boolean {
  return user.startsWith(NODE_PREFIX) && groups.includes(NODES);
}

export function isNodeName(user: string): boolean {
  return user.startsWith(NODE_PREFIX) && isSubdomain(user.slice(NODE_PREFIX.length));
}

/**
 * Who the API server takes somebody for who is named with `--as` and `--as-group`. Groups that are given are all of them,
 * but for the one that every user has.
 *
 * A node comes with its group, as its own credentials say it. Those who impersonate one get the group from Kubernetes 1.36
 * on, and only where they may impersonate nodes as such and were not known to impersonate in the older way.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation/mode.go.
 */
export function impersonated(user: string, groups: readonly string[]): Requester {
  const own = groups.length > 0 ? groups : groupsByName(user);
  if (user === ANONYMOUS_USER) return { user, groups: withGroup(own, UNAUTHENTICATED) };
  return { user, groups: own.includes(UNAUTHENTICATED) ? own : withGroup(own, AUTHENTICATED) };
}

function groupsByName(user: string): readonly string[] {
  const account = splitServiceAccountName(user);
  if (account !== undefined) return [SERVICE_ACCOUNTS, `${SERVICE_ACCOUNTS}:${account.namespace}`];
  return isNodeName(user) ? [NODES] : [];
}

function withGroup(groups: readonly string[], group: string): readonly string[] {
  return groups.includes(group) ? groups : [...groups, group];
}
