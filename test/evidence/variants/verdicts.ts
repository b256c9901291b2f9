/**
 * What every rule says of the API servers that are set up otherwise: of the default all of it, of the others what is not as
 * there. A new rule about API servers has its verdicts here.
 */
import type { Verdicts } from './variant.ts';

export const defaultVerdicts: Verdicts = {
  'api-server-abac-authorizer': 'pass',
  'api-server-always-admit': 'pass',
  'api-server-always-allow': 'pass',
  'api-server-always-pull-images': 'fail: --enable-admission-plugins',
  'api-server-anonymous-requests': 'fail: GET /version',
  'api-server-audit-retention': 'notApplicable',
  'api-server-auditing': 'fail: --audit-policy-file',
  'api-server-authentication-methods': 'pass',
  'api-server-authorization-webhook': 'pass',
  'api-server-client-authority': 'pass',
  'api-server-etcd-connection': 'fail: --etcd-certfile, --etcd-cafile',
  'api-server-event-rate-limit': 'fail: --enable-admission-plugins',
  'api-server-exec-admission': 'fail: CONNECT pods/exec',
  'api-server-extended-tokens': 'fail: --service-account-extend-token-expiration',
  'api-server-external-identities': 'fail: --authentication-config',
  'api-server-front-proxy-authority': 'pass',
  'api-server-front-proxy-names': 'pass',
  'api-server-insecure-port': 'pass',
  'api-server-instances-differ': 'notApplicable',
  'api-server-kubelet-connection': 'fail: --kubelet-client-certificate, --kubelet-certificate-authority',
  'api-server-legacy-admission-control': 'pass',
  'api-server-namespace-lifecycle': 'pass',
  'api-server-node-authorizer': 'pass',
  'api-server-node-restriction': 'fail: --enable-admission-plugins',
  'api-server-pod-security-admission': 'fail: pod-security.kubernetes.io/enforce',
  'api-server-profiling': 'fail: --profiling',
  'api-server-rbac-authorizer': 'pass',
  'api-server-request-timeout': 'pass',
  'api-server-secrets-encryption': 'fail: --encryption-provider-config',
  'api-server-service-account-admission': 'pass',
  'api-server-service-account-key': 'pass',
  'api-server-service-account-lookup': 'pass',
  'api-server-service-external-ips': 'fail: --enable-admission-plugins',
  'api-server-serving-certificate': 'pass',
  'api-server-serving-certificate-file': 'pass',
  'api-server-sources-differ': 'pass',
  'api-server-static-credentials': 'pass',
  'api-server-supported-version': 'pass',
  'api-server-tls-ciphers': 'fail: --tls-cipher-suites',
  'api-server-tls-version': 'pass',
  // There is no node.
  'api-server-version-skew': 'notApplicable',
  'rbac-predefined-missing': 'pass',
};

/** Of a version that does not show its flags as JSON: what pods that were tried tell is known all the same. */
const withoutFlags: Verdicts = {
  'api-server-abac-authorizer': 'unknown',
  'api-server-always-admit': 'unknown',
  'api-server-audit-retention': 'unknown',
  'api-server-auditing': 'unknown',
  'api-server-authorization-webhook': 'unknown',
  'api-server-etcd-connection': 'unknown',
  'api-server-event-rate-limit': 'unknown',
  'api-server-extended-tokens': 'unknown',
  'api-server-external-identities': 'unknown',
  'api-server-kubelet-connection': 'unknown',
  'api-server-legacy-admission-control': 'unknown',
  'api-server-node-restriction': 'unknown',
  'api-server-pod-security-admission': 'unknown',
  'api-server-profiling': 'unknown',
  'api-server-request-timeout': 'unknown',
  'api-server-secrets-encryption': 'unknown',
  'api-server-service-account-key': 'unknown',
  'api-server-service-account-lookup': 'unknown',
  'api-server-service-external-ips': 'unknown',
  'api-server-serving-certificate-file': 'unknown',
  'api-server-static-credentials': 'unknown',
};

const otherVerdicts: Readonly<Record<string, Verdicts>> = {
  '--anonymous-auth=false': {
    'api-server-anonymous-requests': 'pass',
  },
  'anonymous conditions in an AuthenticationConfiguration': {
    'api-server-anonymous-requests': 'pass',
    'api-server-external-identities': 'unknown',
  },
  'a static token file': {
    'api-server-static-credentials': 'fail: --token-auth-file',
  },
  'OIDC by flags': {
    'api-server-external-identities': 'pass',
  },
  'a JWT issuer in an AuthenticationConfiguration': {
    'api-server-external-identities': 'unknown',
  },
  'no client CA, and never one': {
    'api-server-authentication-methods': 'fail: --authentication-config',
    'api-server-client-authority': 'fail: --client-ca-file',
    'api-server-static-credentials': 'fail: --token-auth-file',
  },
  'a front proxy, and no client CA': {
    'api-server-authentication-methods': 'fail: --authentication-config',
    'api-server-client-authority': 'fail: --client-ca-file',
    'api-server-front-proxy-names': 'fail: --requestheader-allowed-names',
    'api-server-static-credentials': 'fail: --token-auth-file',
  },
  'no client CA any more': {
    'api-server-authentication-methods': 'fail: --authentication-config',
    'api-server-client-authority': 'fail: --client-ca-file',
  },
  'a front proxy that may have any name': {
    'api-server-front-proxy-names': 'fail: --requestheader-allowed-names',
  },
  'a front proxy with a name, and a webhook that tells who a token belongs to': {
    'api-server-external-identities': 'pass',
  },
  '--authorization-mode=AlwaysAllow': {
    'api-server-always-allow': 'fail: --authorization-mode',
    'api-server-anonymous-requests': 'pass',
    'api-server-node-authorizer': 'fail: --authorization-mode',
    'api-server-rbac-authorizer': 'fail: --authorization-mode',
    'rbac-predefined-missing': 'fail: many places',
  },
  'no authorization flag': {
    'api-server-always-allow': 'fail: --authorization-mode',
    'api-server-anonymous-requests': 'pass',
    'api-server-node-authorizer': 'fail: --authorization-mode',
    'api-server-rbac-authorizer': 'fail: --authorization-mode',
    'rbac-predefined-missing': 'fail: many places',
  },
  'AlwaysAllow in an AuthorizationConfiguration': {
    'api-server-always-allow': 'fail: --authorization-mode',
    'api-server-anonymous-requests': 'fail: many places',
    'api-server-authorization-webhook': 'unknown',
    'api-server-node-authorizer': 'unknown',
    'api-server-rbac-authorizer': 'fail: --authorization-mode',
    'rbac-predefined-missing': 'fail: many places',
  },
  '--authorization-mode=RBAC': {
    'api-server-node-authorizer': 'fail: --authorization-mode',
  },
  '--authorization-mode=Webhook,RBAC': {
    'api-server-authorization-webhook': 'fail: --authorization-config',
    'api-server-node-authorizer': 'fail: --authorization-mode',
  },
  '--authorization-mode=Webhook,RBAC with a webhook that does not answer': {
    'api-server-always-allow': 'unknown',
    'api-server-anonymous-requests': 'unknown',
    'api-server-authorization-webhook': 'fail: --authorization-config',
    'api-server-node-authorizer': 'fail: --authorization-mode',
  },
  'a webhook that fails closed in an AuthorizationConfiguration': {
    'api-server-authorization-webhook': 'unknown',
  },
  'a webhook that fails open in an AuthorizationConfiguration': {
    'api-server-always-allow': 'unknown',
    'api-server-anonymous-requests': 'unknown',
    'api-server-authorization-webhook': 'fail: --authorization-config',
  },
  '--authorization-mode=ABAC': {
    'api-server-abac-authorizer': 'fail: --authorization-mode',
    'api-server-anonymous-requests': 'fail: --anonymous-auth',
    'api-server-node-authorizer': 'fail: --authorization-mode',
    'api-server-rbac-authorizer': 'fail: --authorization-mode',
    'rbac-predefined-missing': 'fail: many places',
  },
  '--authorization-mode=Node,ABAC that allows everything to whoever is authenticated': {
    'api-server-abac-authorizer': 'fail: --authorization-mode',
    'api-server-always-allow': 'fail: --authorization-mode',
    'api-server-anonymous-requests': 'fail: --anonymous-auth',
    'api-server-rbac-authorizer': 'fail: --authorization-mode',
    'rbac-predefined-missing': 'fail: many places',
  },
  'AlwaysPullImages on': {
    'api-server-always-pull-images': 'pass',
  },
  'PodSecurity off': {
    'api-server-pod-security-admission': 'fail: --disable-admission-plugins',
  },
  'ServiceAccount off': {
    'api-server-service-account-admission': 'fail: --disable-admission-plugins',
  },
  'NamespaceLifecycle, policies and webhooks off': {
    'api-server-namespace-lifecycle': 'fail: --disable-admission-plugins',
  },
  'NodeRestriction on': {
    'api-server-node-restriction': 'pass',
  },
  'AlwaysAdmit on': {
    'api-server-always-admit': 'fail: --enable-admission-plugins',
  },
  'EventRateLimit on': {
    'api-server-always-pull-images': 'unknown',
    'api-server-event-rate-limit': 'pass',
    'api-server-exec-admission': 'unknown',
    'api-server-pod-security-admission': 'unknown',
    'api-server-service-external-ips': 'unknown',
  },
  'DenyServiceExternalIPs on': {
    'api-server-service-external-ips': 'pass',
  },
  'the legacy --admission-control': {
    'api-server-always-pull-images': 'pass',
    'api-server-legacy-admission-control': 'fail: --admission-control',
    'api-server-pod-security-admission': 'fail: --disable-admission-plugins',
    'api-server-service-account-admission': 'fail: --disable-admission-plugins',
  },
  'a PodSecurityConfiguration with defaults and exemptions': {
    'api-server-always-pull-images': 'unknown',
    'api-server-exec-admission': 'unknown',
    'api-server-pod-security-admission': 'unknown',
    'api-server-service-external-ips': 'unknown',
  },
  'audit logs in a file, for a while': {
    'api-server-audit-retention': 'fail: --audit-log-maxage, --audit-log-maxbackup, --audit-log-maxsize',
    'api-server-auditing': 'pass',
  },
  'an audit policy that drops everything': {
    'api-server-audit-retention': 'unknown',
    'api-server-auditing': 'unknown',
  },
  'Secrets encrypted with aescbc': {
    'api-server-secrets-encryption': 'pass',
  },
  'Secrets encrypted with secretbox': {
    'api-server-secrets-encryption': 'pass',
  },
  '--profiling=false': {
    'api-server-profiling': 'pass',
  },
  'strong cipher suites only': {
    'api-server-tls-ciphers': 'pass',
  },
  '--tls-min-version=VersionTLS11': {
    'api-server-tls-version': 'fail: --tls-min-version',
  },
  '--tls-min-version=VersionTLS13': {
    'api-server-tls-ciphers': 'pass',
  },
  'a certificate that it made itself, without --tls-cert-file and --tls-private-key-file': {
    'api-server-serving-certificate-file': 'fail: --tls-cert-file',
  },
  'a certificate that ends soon': {
    'api-server-serving-certificate': 'fail: certificate',
  },
  'certificates towards kubelets and etcd, long requests, tokens neither looked up nor extended': {
    'api-server-extended-tokens': 'pass',
    'api-server-kubelet-connection': 'pass',
    'api-server-service-account-lookup': 'fail: --service-account-lookup',
  },
  'Kubernetes 1.34': withoutFlags,
  'Kubernetes 1.35': withoutFlags,
  'Kubernetes 1.35 with AlwaysPullImages': { ...withoutFlags, 'api-server-always-pull-images': 'pass' },
};

export const judgedVariants: readonly string[] = Object.keys(otherVerdicts);

/** What is not as at the default API server. @param variant its name */
export function verdictsOf(variant: string): Verdicts {
  return otherVerdicts[variant] ?? {};
}
