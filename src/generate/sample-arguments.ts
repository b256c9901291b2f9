/**
 * What API servers may be started with, as /flagz shows it: what is not given and has a default stands there with it.
 *
 * Source: /flagz of kube-apiserver v1.37.2.
 */

const defaults: readonly string[] = [
  '--anonymous-auth=true',
  '--audit-log-maxage=366',
  '--audit-log-maxbackup=100',
  '--audit-log-maxsize=100',
  '--profiling=true',
  '--request-timeout=1m0s',
  '--service-account-extend-token-expiration=true',
  '--service-account-lookup=true',
];

/** Plugins of which there is a fact. */
const onByDefault = [
  'NamespaceLifecycle',
  'PodSecurity',
  'ServiceAccount',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
].join(',');
const offByDefault = [
  'AlwaysAdmit',
  'AlwaysPullImages',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'NodeRestriction',
].join(',');

const files = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `--${name}=/etc/kubernetes/${name}`);
const strongSuite = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256';
const weakSuite = 'TLS_RSA_WITH_AES_128_CBC_SHA';
const mode = '--authorization-mode=Node,RBAC';

/** Other flags with those that say the same in each of them: what is told twice is printed once. */
const started = (...words: readonly string[]): readonly string[] => [...defaults, mode, ...words];

export const sampleArguments: readonly (readonly string[])[] = [
  started(`--disable-admission-plugins=${onByDefault}`),
  started(
    '--anonymous-auth=false',
    '--profiling=false',
    '--service-account-lookup=false',
    '--service-account-extend-token-expiration=false',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--request-timeout=1h0m0s',
    '--audit-log-maxage=30',
    '--audit-log-maxbackup=10',
    `--enable-admission-plugins=${offByDefault}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--oidc-issuer-url=https://issuer.example',
    '--tls-min-version=VersionTLS13',
    ...files('client-ca-file', 'requestheader-client-ca-file', 'token-auth-file', 'service-account-key-file'),
    ...files('authentication-token-webhook-config-file', 'admission-control-config-file', 'encryption-provider-config'),
    ...files('tls-cert-file', 'tls-private-key-file', 'etcd-cafile', 'etcd-certfile', 'etcd-keyfile'),
    '--etcd-servers=https://10.0.0.1:2379',
    '--etcd-servers-overrides=/events#https://10.0.0.2:2379',
    ...files('kubelet-client-certificate', 'kubelet-client-key', 'kubelet-certificate-authority'),
    ...files('audit-policy-file', 'audit-log-path'),
  ),
  started(
    '--audit-log-maxage=7',
    '--audit-log-maxbackup=3',
    '--audit-log-maxsize=50',
    '--client-ca-file=/etc/kubernetes/ca.crt',
    '--requestheader-client-ca-file=/etc/kubernetes/ca.crt',
    '--tls-min-version=VersionTLS11',
    ...files('audit-policy-file'),
  ),
  started(
    '--service-account-key-file=/etc/kubernetes/tls.key',
    '--tls-private-key-file=/etc/kubernetes/tls.key',
    `--tls-cipher-suites=${weakSuite}`,
    '--etcd-servers=unix:///run/kine.sock',
  ),
  started('--etcd-servers=http://10.0.0.1:2379'),
  started('--tls-min-version=VersionTLS11', `--tls-cipher-suites=${strongSuite}`),
  started('--service-account-signing-endpoint=/run/signer.sock'),

  [...defaults],
  [...defaults, '--authorization-mode=AlwaysAllow'],
  [...defaults, '--authorization-mode=RBAC'],
  [...defaults, '--authorization-mode=ABAC', ...files('authorization-policy-file')],
  [...defaults, '--authorization-mode=Webhook,RBAC'],
  [...defaults, '--authorization-mode=Node,RBAC,Webhook'],
  [...defaults, ...files('authentication-config', 'authorization-config', 'authorization-policy-file')],

  started(`--admission-control=${offByDefault}`),
  started(`--admission-control=${onByDefault}`),
];
