/**
 * Pod templates as teams write them: three in five hardened, one in four with a sidecar. A pod of them has about 5 KB of
 * JSON once the API server has filled in the rest, and 3.6 KB of managedFields.
 */
import { hexDigits, integerBetween, oneOf } from './random.ts';
import type { Random } from './random.ts';

export interface PodTemplateJson {
  readonly metadata: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpecJson;
}

interface PodSpecJson {
  readonly serviceAccountName: string;
  readonly containers: readonly ContainerJson[];
  readonly volumes: readonly { readonly name: string; readonly [source: string]: unknown }[];
  readonly [field: string]: unknown;
}

interface ContainerJson {
  readonly name: string;
  readonly securityContext?: object;
  readonly volumeMounts: readonly object[];
  readonly [field: string]: unknown;
}

const sidecarShare = 0.25;
const hardenedShare = 0.6;
const privilegedShare = 0.02;

/** @param owner name of the workload, and of its service account where it has one of its own */
export function buildPodTemplate(random: Random, owner: string): PodTemplateJson {
  const isHardened = random() < hardenedShare;
  const version = `${integerBetween(random, 1, 9)}.${integerBetween(random, 0, 20)}.${integerBetween(random, 0, 9)}`;
  const containers = [buildApplication(random, owner, version, isHardened)];
  if (random() < sidecarShare) containers.push(buildSidecar(random, isHardened));
  return {
    metadata: { labels: buildLabels(random, owner, version), annotations: buildAnnotations(random) },
    spec: {
      serviceAccountName: isHardened ? owner : 'default',
      nodeName: `node-${integerBetween(random, 1, 100)}`,
      terminationGracePeriodSeconds: oneOf(random, [30, 45, 60]),
      ...(isHardened && {
        securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
        automountServiceAccountToken: random() < 0.5,
      }),
      containers,
      volumes: [
        { name: 'config', configMap: { name: `${owner}-config`, defaultMode: 0o444 } },
        { name: 'scratch', emptyDir: { sizeLimit: '256Mi' } },
      ],
    },
  };
}

function buildLabels(random: Random, owner: string, version: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': owner,
    'app.kubernetes.io/instance': `${owner}-production`,
    'app.kubernetes.io/version': version,
    'app.kubernetes.io/component': oneOf(random, ['api', 'worker', 'frontend', 'cache']),
  };
}

function buildAnnotations(random: Random): Record<string, string> {
  return {
    'checksum/config': hexDigits(random, 64),
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '9090',
    'kubectl.kubernetes.io/default-container': 'application',
  };
}

function buildApplication(random: Random, owner: string, version: string, isHardened: boolean): ContainerJson {
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, timeoutSeconds: 2 };
  return {
    name: 'application',
    image: `registry.example/teams/${owner}:${version}@sha256:${hexDigits(random, 64)}`,
    args: ['--listen=:8080', `--log-level=${oneOf(random, ['info', 'warn'])}`],
    ports: [
      { name: 'http', containerPort: 8080 },
      { name: 'metrics', containerPort: 9090 },
    ],
    env: buildEnvironment(random, owner),
    resources: {
      requests: { cpu: `${integerBetween(random, 1, 20) * 50}m`, memory: `${integerBetween(random, 1, 16) * 64}Mi` },
      limits: { memory: `${integerBetween(random, 16, 32) * 64}Mi` },
    },
    livenessProbe: { ...probe, initialDelaySeconds: integerBetween(random, 5, 30) },
    readinessProbe: probe,
    volumeMounts: [
      { name: 'config', mountPath: '/etc/application', readOnly: true },
      { name: 'scratch', mountPath: '/tmp' },
    ],
    ...buildSecurityContext(random, isHardened),
  };
}

function buildSidecar(random: Random, isHardened: boolean): ContainerJson {
  return {
    name: 'log-shipper',
    image: `registry.example/platform/log-shipper:2.4.1@sha256:${hexDigits(random, 64)}`,
    env: [{ name: 'SHIPPER_TARGET', value: 'https://logs.example:6514' }],
    resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '64Mi' } },
    volumeMounts: [{ name: 'scratch', mountPath: '/tmp' }],
    ...buildSecurityContext(random, isHardened),
  };
}

function buildEnvironment(random: Random, owner: string): object[] {
  const names = ['DATABASE_HOST', 'QUEUE_URL', 'REGION'];
  return [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: `${owner}-database`, key: 'password' } } },
    ...names.map((name) => ({ name, value: `${name.toLowerCase()}.${owner}.${hexDigits(random, 8)}.example` })),
  ];
}

function buildSecurityContext(random: Random, isHardened: boolean): { securityContext?: object } {
  if (isHardened) {
    return {
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    };
  }
  return random() < privilegedShare ? { securityContext: { privileged: true } } : {};
}
