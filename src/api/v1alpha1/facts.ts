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

/** `hash` is `none` where there is no file, and `sha256:` with 64 hexadecimal digits of what one says. */
export type FactType = 'boolean' | 'integer' | 'answers' | 'hash' | { readonly oneOf: readonly string[] };

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
  binaryMinor: { type: 'integer', about: 'the minor version of its program, whichever one it emulates' },
  versionSupport: {
    type: { oneOf: ['mended', 'endsSoon', 'ended'] },
    about: 'whether Kubernetes mends its minor version for at least 60 days more',
  },

  anonymousAuthentication: {
    type: { oneOf: ['off', 'conditional', 'on'] },
    about: 'whether requests without credentials are taken as those of system:anonymous, everywhere or at some paths',
  },
  serviceAccountAuthentication: { type: 'boolean', about: 'whether tokens of service accounts are accepted' },
  certificateAuthentication: { type: 'boolean', about: 'whether client certificates of users are accepted' },
  tokenIssuerAuthentication: {
    type: 'boolean',
    about: 'whether tokens of an external issuer (OIDC, JWT) are accepted',
  },
  tokenWebhookAuthentication: { type: 'boolean', about: 'whether a webhook is asked who a token belongs to' },
  staticTokenFile: { type: 'boolean', about: 'whether tokens from a static file are accepted' },
  basicAuthenticationFile: { type: 'boolean', about: 'whether passwords from a static file are accepted' },
  anyFrontProxyName: {
    type: 'boolean',
    about: 'whether every certificate of the front proxy authority may name any user',
  },
  sharedFrontProxyAuthority: {
    type: 'boolean',
    about: 'whether the authority of the front proxy also signs client certificates of users',
  },
  serviceAccountLookup: { type: 'boolean', about: 'whether tokens of deleted service accounts are refused' },
  extendedTokens: { type: 'boolean', about: 'whether tokens of pods are made valid for a year' },
  serviceAccountKeyFile: { type: 'boolean', about: 'whether tokens of service accounts have a key of their own' },

  alwaysAllowAuthorizer: { type: 'boolean', about: 'whether the authorizer AlwaysAllow is on' },
  rbacAuthorizer: { type: 'boolean', about: 'whether the authorizer RBAC is on' },
  nodeAuthorizer: { type: 'boolean', about: 'whether the authorizer Node is on' },
  webhookAuthorizer: { type: 'boolean', about: 'whether an authorization webhook is asked' },
  webhookAuthorizerFailsOpen: {
    type: 'boolean',
    about: 'whether requests go on where the authorization webhook fails',
  },
  abacAuthorizer: { type: 'boolean', about: 'whether the authorizer ABAC is on' },

  alwaysAdmit: { type: 'boolean', about: 'whether the admission plugin AlwaysAdmit is on' },
  alwaysPullImages: { type: 'boolean', about: 'whether the admission plugin AlwaysPullImages is on' },
  denyEscalatingExec: {
    type: 'boolean',
    about: 'whether the admission plugin DenyEscalatingExec or DenyExecOnPrivileged is on',
  },
  denyServiceExternalIPs: { type: 'boolean', about: 'whether the admission plugin DenyServiceExternalIPs is on' },
  eventRateLimit: { type: 'boolean', about: 'whether the admission plugin EventRateLimit is on' },
  mutatingAdmissionPolicy: { type: 'boolean', about: 'whether the admission plugin MutatingAdmissionPolicy is on' },
  namespaceLifecycle: { type: 'boolean', about: 'whether the admission plugin NamespaceLifecycle is on' },
  nodeRestriction: { type: 'boolean', about: 'whether the admission plugin NodeRestriction is on' },
  podSecurity: { type: 'boolean', about: 'whether the admission plugin PodSecurity is on' },
  podSecurityPolicy: { type: 'boolean', about: 'whether the admission plugin PodSecurityPolicy is on' },
  serviceAccountAdmission: { type: 'boolean', about: 'whether the admission plugin ServiceAccount is on' },
  validatingAdmissionPolicy: { type: 'boolean', about: 'whether the admission plugin ValidatingAdmissionPolicy is on' },
  validatingWebhooks: { type: 'boolean', about: 'whether the admission plugin ValidatingAdmissionWebhook is on' },
  admissionConfigurationFile: { type: 'boolean', about: 'whether a file configures admission plugins' },
  legacyAdmissionControl: { type: 'boolean', about: 'whether --admission-control replaces the default plugins' },

  auditing: { type: 'boolean', about: 'whether requests are audited: a policy and a backend are there' },
  /** 0 where the log is not in a file that Kubernetes rotates. */
  auditLogMaxAge: { type: 'integer', about: 'days that audit logs are kept; 0 is without an end' },
  auditLogMaxBackups: { type: 'integer', about: 'how many audit logs are kept; 0 is without an end' },
  auditLogMaxSize: { type: 'integer', about: 'megabytes of an audit log before it is rotated; 0 is never' },
  secretsEncrypted: { type: 'boolean', about: 'whether Secrets are encrypted before they are stored' },

  acceptsOldTls: { type: 'boolean', about: 'whether TLS older than 1.2 is accepted' },
  acceptsWeakCiphers: { type: 'boolean', about: 'whether cipher suites without forward secrecy or AEAD are accepted' },
  servingCertificate: {
    type: { oneOf: ['valid', 'endsSoon', 'expired'] },
    about: 'whether its certificate holds for at least 30 days more',
  },
  servingCertificateFile: {
    type: 'boolean',
    about: 'whether it was given a certificate, in place of one it made itself',
  },
  kubeletClientCertificate: { type: 'boolean', about: 'whether it shows kubelets a certificate' },
  kubeletAuthority: { type: 'boolean', about: 'whether it verifies the certificates of kubelets' },
  etcdClientCertificate: { type: 'boolean', about: 'whether it shows etcd a certificate' },
  etcdAuthority: { type: 'boolean', about: 'whether it verifies the certificate of etcd' },

  profiling: { type: 'boolean', about: 'whether /debug/pprof is served' },
  requestTimeout: { type: 'integer', about: 'seconds after which a request is ended' },
  authenticationConfiguration: {
    type: 'hash',
    about: 'the hash of the file of --authentication-config; none where there is none',
  },
  authorizationConfiguration: {
    type: 'hash',
    about: 'the hash of the file of --authorization-config; none where there is none',
  },
  encryptionConfiguration: {
    type: 'hash',
    about: 'the hash of the file of --encryption-provider-config; none where there is none',
  },

  insecurePort: { type: 'boolean', about: 'whether requests without TLS and without authorization are served' },
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
      : T extends 'hash'
        ? string
        : T extends { readonly oneOf: readonly (infer Value)[] }
          ? Value
          : never;

export const factDeclarations: { readonly [Name in FactName]: FactDeclaration } = facts;

export const factNames = Object.keys(facts) as readonly FactName[];
