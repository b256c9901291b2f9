/** Command-line flags of the control plane's programs, and how those of a test are laid over them. */

/** Flag name (without dashes) to its value; a list repeats the flag, null leaves it out. */
export type Flags = Readonly<Record<string, string | readonly string[] | null>>;

export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly apiServer: number;
}

/** @param dir replaces `{dir}` in values */
export function buildArguments(flags: Flags, dir: string): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === null) return [];
    const values = typeof value === 'string' ? [value] : value;
    return values.map((each) => `--${name}=${each.replaceAll('{dir}', dir)}`);
  });
}

export function etcdFlags({ etcd, etcdPeer }: Ports): Flags {
  const client = `http://127.0.0.1:${etcd}`;
  const peer = `http://127.0.0.1:${etcdPeer}`;
  return {
    name: 'test',
    'data-dir': '{dir}/etcd',
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `test=${peer}`,
    'log-level': 'warn',
    // One member elects itself: no need to wait a second for the others.
    'heartbeat-interval': '20',
    'election-timeout': '200',
    'quota-backend-bytes': String(8 * 1024 ** 3),
    'unsafe-no-fsync': 'true',
  };
}

export function apiServerFlags({ etcd, apiServer }: Ports): Flags {
  return {
    'etcd-servers': `http://127.0.0.1:${etcd}`,
    'bind-address': '127.0.0.1',
    'secure-port': String(apiServer),
    'tls-cert-file': '{dir}/server.crt',
    'tls-private-key-file': '{dir}/server.key',
    'client-ca-file': '{dir}/ca.crt',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-signing-key-file': '{dir}/service-account.key',
    'service-account-key-file': '{dir}/service-account.pub',
    'service-cluster-ip-range': '10.0.0.0/24',
    'authorization-mode': 'Node,RBAC',
    'allow-privileged': 'true',
    'endpoint-reconciler-type': 'none',
    // Without it a stop waits a minute for clients to end their watches by themselves.
    'shutdown-watch-termination-grace-period': '1s',
  };
}

/** It makes a certificate where there is none. */
export const ownCertificateFlags: Flags = {
  'tls-cert-file': null,
  'tls-private-key-file': null,
  'cert-dir': '{dir}/own',
};

export const auditFlags: Flags = {
  'audit-policy-file': '{dir}/audit-policy.yaml',
  'audit-log-path': '{dir}/audit.log',
  // Rotation would hide the oldest records from a test that counts.
  'audit-log-maxsize': '0',
};

/**
 * Every controller that a workload, a namespace or an account needs; none that judges nodes, as
 * `pod-garbage-collector-controller` deletes pods that are bound to a node without a Node object.
 */
const controllers = [
  'serviceaccount-controller',
  'serviceaccount-token-controller',
  'root-ca-certificate-publisher-controller',
  'namespace-controller',
  'garbage-collector-controller',
  'clusterrole-aggregation-controller',
  'deployment-controller',
  'replicaset-controller',
  'replicationcontroller-controller',
  'daemonset-controller',
  'statefulset-controller',
  'job-controller',
  'cronjob-controller',
];

export function controllerManagerFlags(extraControllers: readonly string[] = []): Flags {
  return {
    kubeconfig: '{dir}/controller-manager.kubeconfig',
    controllers: [...controllers, ...extraControllers].join(','),
    'use-service-account-credentials': 'true',
    'service-account-private-key-file': '{dir}/service-account.key',
    'root-ca-file': '{dir}/ca.crt',
    'leader-elect': 'false',
    'secure-port': '0',
    'kube-api-qps': '1000',
    'kube-api-burst': '1000',
  };
}
