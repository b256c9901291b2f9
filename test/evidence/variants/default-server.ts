/** What is seen of an API server that is started with no more than it needs. */
import { UNKNOWN } from './variant.ts';
import type { SeenFacts, TriedFacts } from './variant.ts';

/** What pods that were tried tell of it alone. */
export const defaultTrials: TriedFacts = {
  alwaysPullImages: false,
  podSecurity: true,
  serviceAccountAdmission: true,
  validatingAdmissionPolicy: true,
};

/** Where nothing could be tried. */
export const noTrials: TriedFacts = {
  alwaysPullImages: UNKNOWN,
  podSecurity: UNKNOWN,
  serviceAccountAdmission: UNKNOWN,
  validatingAdmissionPolicy: UNKNOWN,
};

export const defaultFacts: SeenFacts = {
  minorVersion: 37,
  binaryMinor: 37,
  versionSupport: 'mended',
  anonymousRequests:
    '/livez 200, /version 200, /api 403, /api/v1/namespaces 403, /api/v1/namespaces/kube-public/configmaps/cluster-info 403, /metrics 403',
  anonymousAuthentication: 'on',
  serviceAccountAuthentication: true,
  certificateAuthentication: true,
  tokenIssuerAuthentication: false,
  tokenWebhookAuthentication: false,
  staticTokenFile: false,
  basicAuthenticationFile: false,
  anyFrontProxyName: false,
  sharedFrontProxyAuthority: false,
  serviceAccountLookup: true,
  extendedTokens: true,
  serviceAccountKeyFile: true,

  unknownUserAllowed: false,
  alwaysAllowAuthorizer: false,
  rbacAuthorizer: true,
  nodeAuthorizer: true,
  webhookAuthorizer: false,
  webhookAuthorizerFailsOpen: false,
  abacAuthorizer: false,

  alwaysAdmit: false,
  alwaysPullImages: false,
  denyEscalatingExec: false,
  denyServiceExternalIPs: false,
  eventRateLimit: false,
  mutatingAdmissionPolicy: true,
  namespaceLifecycle: true,
  nodeRestriction: false,
  podSecurity: true,
  podSecurityPolicy: false,
  serviceAccountAdmission: true,
  validatingAdmissionPolicy: true,
  validatingWebhooks: true,
  admissionConfigurationFile: false,
  legacyAdmissionControl: false,

  auditing: false,
  auditLogMaxAge: 366,
  auditLogMaxBackups: 100,
  auditLogMaxSize: 100,
  secretsEncrypted: false,

  acceptsOldTls: false,
  acceptsWeakCiphers: true,
  servingCertificate: 'valid',
  servingCertificateFile: true,
  kubeletClientCertificate: false,
  kubeletAuthority: false,
  etcdClientCertificate: false,
  etcdAuthority: false,

  profiling: true,
  requestTimeout: 60,
  insecurePort: false,

  authenticationConfiguration: 'none',
  authorizationConfiguration: 'none',
  encryptionConfiguration: 'none',
};
