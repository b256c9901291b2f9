/**
 * How fields of `spec.kubeAPIServer` in a Cluster of kOps are called, by the flag that each becomes.
 *
 * Source: kubernetes/kops pkg/apis/kops/v1alpha2/componentconfig.go, KubeAPIServerConfig. A flag that is not here has no
 * field there.
 */
export interface KopsField {
  readonly name: string;
  readonly type: 'boolean' | 'integer' | 'string' | 'list';
}

export const kopsFields: Readonly<Record<string, KopsField>> = {
  'admission-control': { name: 'admissionControl', type: 'list' },
  'admission-control-config-file': { name: 'admissionControlConfigFile', type: 'string' },
  'anonymous-auth': { name: 'anonymousAuth', type: 'boolean' },
  'audit-log-maxage': { name: 'auditLogMaxAge', type: 'integer' },
  'audit-log-maxbackup': { name: 'auditLogMaxBackups', type: 'integer' },
  'audit-log-maxsize': { name: 'auditLogMaxSize', type: 'integer' },
  'audit-log-path': { name: 'auditLogPath', type: 'string' },
  'audit-policy-file': { name: 'auditPolicyFile', type: 'string' },
  'audit-webhook-config-file': { name: 'auditWebhookConfigFile', type: 'string' },
  'authorization-mode': { name: 'authorizationMode', type: 'string' },
  'authorization-webhook-config-file': { name: 'authorizationWebhookConfigFile', type: 'string' },
  'client-ca-file': { name: 'clientCAFile', type: 'string' },
  'disable-admission-plugins': { name: 'disableAdmissionPlugins', type: 'list' },
  // Beside those that kOps names, where `enableAdmissionPlugins` stands in place of them.
  'enable-admission-plugins': { name: 'appendAdmissionPlugins', type: 'list' },
  'insecure-port': { name: 'insecurePort', type: 'integer' },
  'kubelet-certificate-authority': { name: 'kubeletCertificateAuthority', type: 'string' },
  'oidc-client-id': { name: 'oidcClientID', type: 'string' },
  'oidc-issuer-url': { name: 'oidcIssuerURL', type: 'string' },
  profiling: { name: 'enableProfiling', type: 'boolean' },
  'request-timeout': { name: 'requestTimeout', type: 'string' },
  'requestheader-allowed-names': { name: 'requestheaderAllowedNames', type: 'list' },
  'requestheader-client-ca-file': { name: 'requestheaderClientCAFile', type: 'string' },
  'service-account-key-file': { name: 'serviceAccountKeyFile', type: 'list' },
  'tls-cipher-suites': { name: 'tlsCipherSuites', type: 'list' },
  'tls-min-version': { name: 'tlsMinVersion', type: 'string' },
  'token-auth-file': { name: 'tokenAuthFile', type: 'string' },
  'basic-auth-file': { name: 'basicAuthFile', type: 'string' },
};

/** What kOps gives without being asked for. Source: kubernetes/kops nodeup/pkg/model/kube_apiserver.go. */
export const kopsOwnFlags: readonly string[] = [
  'tls-cert-file',
  'tls-private-key-file',
  'client-ca-file',
  'etcd-cafile',
  'etcd-certfile',
  'etcd-keyfile',
  'kubelet-client-certificate',
  'kubelet-client-key',
  'requestheader-client-ca-file',
  'service-account-key-file',
];

/** As YAML has it. */
export function kopsValue({ type }: KopsField, value: string): unknown {
  if (type === 'boolean') return value === 'true';
  if (type === 'integer') return Number(value);
  return type === 'list' ? value.split(',') : value;
}
