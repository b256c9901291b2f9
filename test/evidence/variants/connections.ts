/** API servers that speak otherwise to those who ask them, and older ones. */
import type { Variant, Verdicts } from './variant.ts';
import { UNKNOWN } from './variant.ts';

export const connectionVariants: readonly Variant[] = [
  {
    name: '--profiling=false',
    start: { apiServerFlags: { profiling: 'false' } },
    facts: { profiling: false },
    verdicts: { 'api-server-profiling': 'pass' },
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
    verdicts: { 'api-server-tls-ciphers': 'pass' },
  },
  {
    name: '--tls-min-version=VersionTLS11',
    start: { apiServerFlags: { 'tls-min-version': 'VersionTLS11' } },
    facts: { acceptsOldTls: true },
    sources: { acceptsOldTls: 'TLS handshake' },
    verdicts: { 'api-server-tls-version': 'fail: --tls-min-version' },
  },
  {
    name: '--tls-min-version=VersionTLS13',
    start: { apiServerFlags: { 'tls-min-version': 'VersionTLS13' } },
    facts: { acceptsWeakCiphers: false },
    verdicts: { 'api-server-tls-ciphers': 'pass' },
  },
  {
    name: 'a certificate that ends soon',
    start: { certificateDays: 20 },
    facts: { servingCertificate: 'endsSoon' },
    verdicts: { 'api-server-serving-certificate': 'fail: certificate' },
  },
  {
    name: 'certificates towards kubelets and etcd, long requests, tokens neither looked up nor extended',
    start: {
      apiServerFlags: {
        'kubelet-client-certificate': '{dir}/server.crt',
        'kubelet-client-key': '{dir}/server.key',
        'kubelet-certificate-authority': '{dir}/ca.crt',
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
      etcdClientCertificate: true,
      etcdAuthority: true,
      requestTimeout: 300,
      serviceAccountLookup: false,
      extendedTokens: false,
    },
    verdicts: { 'api-server-etcd-connection': 'pass', 'api-server-kubelet-connection': 'pass' },
  },
];

/** An API server that behaves like a version that does not show its flags as JSON. */
const withoutFlags = {
  abacAuthorizer: UNKNOWN,
  alwaysAdmit: UNKNOWN,
  alwaysPullImages: UNKNOWN,
  auditLogMaxAge: UNKNOWN,
  auditLogMaxBackups: UNKNOWN,
  auditLogMaxSize: UNKNOWN,
  auditing: UNKNOWN,
  denyServiceExternalIPs: UNKNOWN,
  etcdAuthority: UNKNOWN,
  etcdClientCertificate: UNKNOWN,
  eventRateLimit: UNKNOWN,
  extendedTokens: UNKNOWN,
  kubeletAuthority: UNKNOWN,
  kubeletClientCertificate: UNKNOWN,
  legacyAdmissionControl: UNKNOWN,
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

const undecidedWithoutFlags: Verdicts = Object.fromEntries(
  [
    'api-server-auditing',
    'api-server-audit-retention',
    'api-server-etcd-connection',
    'api-server-kubelet-connection',
    'api-server-profiling',
    'api-server-request-timeout',
    'api-server-secrets-encryption',
    'api-server-serving-certificate-file',
  ].map((rule) => [rule, UNKNOWN]),
);

/** Those that the binary can behave like besides its own. */
export const versionVariants: readonly Variant[] = [
  {
    name: 'Kubernetes 1.34',
    start: { emulatedVersion: '1.34' },
    facts: { minorVersion: 34, ...withoutFlags },
    verdicts: { ...undecidedWithoutFlags, 'api-server-supported-version': 'fail: GET /version' },
  },
  {
    name: 'Kubernetes 1.35',
    start: { emulatedVersion: '1.35' },
    facts: { minorVersion: 35, ...withoutFlags },
    verdicts: undecidedWithoutFlags,
  },
  { name: 'Kubernetes 1.36', start: { emulatedVersion: '1.36' }, facts: { minorVersion: 36 } },
];
