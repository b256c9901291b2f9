/**
 * The facts about an API server that rules ask for: what each is about, and the values that it can have. People name them
 * in attestations, so the names are part of the contract.
 */

/** What one request without credentials was answered. */
export interface AnonymousAnswer {
  readonly path: string;
  /** The HTTP status; 401 and 403 are refusals, 200 is access. */
  readonly status: number;
  /** Whether the refusal names the anonymous user: then anonymous requests are authenticated, and RBAC refused. */
  readonly namesAnonymousUser: boolean;
}

/** What is asked without credentials, to know what everybody may see. */
export const anonymousPaths = [
  '/livez',
  '/version',
  '/api',
  '/api/v1/namespaces?limit=1',
  '/api/v1/namespaces/kube-public/configmaps/cluster-info',
  '/metrics',
] as const;

export type FactType = 'boolean' | 'integer' | 'answers' | { readonly oneOf: readonly string[] };

export interface FactDeclaration {
  readonly type: FactType;
  /** What a value says, for people: `whether …`, or what is counted. */
  readonly about: string;
}

const facts = {
  anonymousRequests: { type: 'answers', about: 'what requests without credentials are answered' },
  unknownUserAllowed: { type: 'boolean', about: 'whether a user that nobody knows is allowed everything' },
  /** That which it emulates where it emulates one. */
  minorVersion: { type: 'integer', about: 'the minor version that it serves' },
} as const satisfies Readonly<Record<string, FactDeclaration>>;

export type FactName = keyof typeof facts;

/** What each fact about the API server is, by name. */
export type FactValues = { readonly [Name in FactName]: ValueOf<(typeof facts)[Name]['type']> };

type ValueOf<T extends FactType> = T extends 'boolean'
  ? boolean
  : T extends 'integer'
    ? number
    : T extends 'answers'
      ? readonly AnonymousAnswer[]
      : T extends { readonly oneOf: readonly (infer Value)[] }
        ? Value
        : never;

export const factDeclarations: { readonly [Name in FactName]: FactDeclaration } = facts;

export const factNames = Object.keys(facts) as readonly FactName[];
