/** API servers that speak otherwise to those who ask them, and older ones. */
import type { Variant } from './variant.ts';
import { UNKNOWN } from './variant.ts';

export const connectionVariants: readonly Variant[] = [
  {
    name: '--profiling=false',
    start: { apiServerFlags: { profiling: 'false' } },
    facts: { profiling: false },
  },
  {
    name: 'weak cipher suites that its certificate cannot be used with',
    start: {
      apiServerFlags: {
        'tls-cipher-suites': 'TLS_RSA_WITH_AES_128_CBC_SHA,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      },
    },
    // It shows the certificate that it has made for itself.
    facts: {},
    sources: { acceptsWeakCiphers: 'TLS handshake' },
  },
  {
    name: 'strong cipher suites only',
    start: {
      apiServerFlags: {
        'tls-cipher-suites': 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      },
    },
    facts: { acceptsWeakCiphers: false },
  },
  {
    name: '--tls-min-version=VersionTLS11',
    start: { apiServerFlags: { 'tls-min-version': 'VersionTLS11' } },
    facts: { acceptsOldTls: true },
    sources: { acceptsOldTls: 'TLS handshake' },
  },
  {
    name: '--tls-min-version=VersionTLS13',
    start: { apiServerFlags: { 'tls-min-version': 'VersionTLS13' } },
    asksFor: UNKNOWN,
    facts: { acceptsWeakCiphers: false },
  },
  {
    name: 'a certificate that it made itself, without --tls-cert-file and --tls-private-key-file',
    start: { makesOwnCertificate: true },
    facts: { servingCertificateFile: false },
    sources: { servingCertificateFile: 'TLS handshake' },
  },
  {
    name: 'a certificate that ends soon',
    start: { certificateDays: 20 },
    facts: { servingCertificate: 'endsSoon' },
  },
  {
    name: 'certificates towards kubelets and etcd, long requests, tokens neither looked up nor extended',
    start: {
      apiServerFlags: {
        'kubelet-client-certificate': '{dir}/server.crt',
        'kubelet-client-key': '{dir}/server.key',
        'kubelet-certificate-authority': '{dir}/ca.crt',
        // Of no use: etcd is spoken to over http.
        'etcd-certfile': '{dir}/server.crt',
        'etcd-keyfile': '{dir}/server.key',
        'etcd-cafile': '{dir}/ca.crt',
        'request-timeout': '5m',
        'service-account-lookup': 'false',
        'service-account-extend-token-expiration': 'false',
      },
    },
    facts: {
      kubeletClientCertificate: true,
      kubeletAuthority: true,
      requestTimeout: 300,
      serviceAccountLookup: false,
      extendedTokens: false,
    },
  },
];

/** An API server that behaves like a version that does not show its flags as JSON. */
const withoutFlags = {
  abacAuthorizer: UNKNOWN,
  admissionConfigurationFile: UNKNOWN,
  alwaysAdmit: UNKNOWN,
  auditLogMaxAge: UNKNOWN,
  auditLogMaxBackups: UNKNOWN,
  auditLogMaxSize: UNKNOWN,
  auditing: UNKNOWN,
  authenticationConfiguration: UNKNOWN,
  authorizationConfiguration: UNKNOWN,
  denyServiceExternalIPs: UNKNOWN,
  encryptionConfiguration: UNKNOWN,
  etcdAuthority: UNKNOWN,
  etcdClientCertificate: UNKNOWN,
  eventRateLimit: UNKNOWN,
  extendedTokens: UNKNOWN,
  kubeletAuthority: UNKNOWN,
  kubeletClientCertificate: UNKNOWN,
  legacyAdmissionControl: UNKNOWN,
  // Metrics show that it is asked, which it is without its feature, too.
  mutatingAdmissionPolicy: UNKNOWN,
  nodeRestriction: UNKNOWN,
  profiling: UNKNOWN,
  requestTimeout: UNKNOWN,
  secretsEncrypted: UNKNOWN,
  serviceAccountKeyFile: UNKNOWN,
  serviceAccountLookup: UNKNOWN,
  servingCertificateFile: UNKNOWN,
  staticTokenFile: UNKNOWN,
  tokenIssuerAuthentication: UNKNOWN,
  tokenWebhookAuthentication: UNKNOWN,
  webhookAuthorizer: UNKNOWN,
  webhookAuthorizerFailsOpen: UNKNOWN,
} as const;

/** Those that the binary can behave like besides its own. */
export const versionVariants: readonly Variant[] = [
  {
    name: 'Kubernetes 1.34',
    start: { emulatedVersion: '1.34' },
    facts: { minorVersion: 34, ...withoutFlags },
  },
  {
    name: 'Kubernetes 1.35',
    start: { emulatedVersion: '1.35' },
    facts: { minorVersion: 35, ...withoutFlags },
  },
  {
    name: 'Kubernetes 1.35 with AlwaysPullImages',
    start: { emulatedVersion: '1.35', apiServerFlags: { 'enable-admission-plugins': 'AlwaysPullImages' } },
    facts: { minorVersion: 35, ...withoutFlags, alwaysPullImages: true },
    sources: { alwaysPullImages: 'dry run' },
    trials: { alwaysPullImages: true },
  },
  { name: 'Kubernetes 1.36', start: { emulatedVersion: '1.36' }, facts: { minorVersion: 36 } },
];
