/** Objects that people would apply, good and bad: each as small as its story allows. */
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, Manifest } from '../support/api-client.ts';

const container = { name: 'app', image: 'registry.example/app:1' };

/** Fails nothing, where the service account `app` exists. */
export const hardenedPod = {
  serviceAccountName: 'app',
  securityContext: {
    runAsNonRoot: true,
    runAsGroup: 10_001,
    supplementalGroupsPolicy: 'Strict',
    seccompProfile: { type: 'RuntimeDefault' },
    appArmorProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      ...container,
      imagePullPolicy: 'Always',
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
    },
  ],
};

/** What people write first: one failure of severity high, three of severity medium, five low, one info; one more low where `default` mounts its token. */
export const plainPod = { containers: [container] };

/** As a plain pod, and one failure of severity critical; NET_RAW is medium there, not low. */
export const privilegedPod = { containers: [{ ...container, securityContext: { privileged: true } }] };

/** Runs nothing unless replicas are asked for. */
export function deployment(namespace: string, name: string, spec: object, replicas = 0): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: templateOf(name, spec) },
  };
}

export function statefulSet(namespace: string, name: string, spec: object): Manifest {
  return { ...deployment(namespace, name, spec), kind: 'StatefulSet' };
}

export function daemonSet(namespace: string, name: string, spec: object): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { app: name } }, template: templateOf(name, spec) },
  };
}

export function replicationController(namespace: string, name: string, spec: object): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name, namespace },
    spec: { replicas: 1, selector: { app: name }, template: templateOf(name, spec) },
  };
}

export function job(namespace: string, name: string, spec: object): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: { template: { spec: { ...spec, restartPolicy: 'Never' } } },
  };
}

/** Never comes to run anything. */
export function cronJob(namespace: string, name: string, spec: object): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { ...spec, restartPolicy: 'Never' } } } },
    },
  };
}

export function pod(namespace: string, name: string, spec: object): Manifest {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec };
}

export function serviceAccount(namespace: string, name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace },
    automountServiceAccountToken: false,
  };
}

const rbac = 'rbac.authorization.k8s.io';

/** Allows to impersonate anybody in the namespace. */
export function impersonatorRole(namespace: string, name: string): Manifest {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name, namespace },
    rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'] }],
  };
}

export function roleBinding(namespace: string, name: string, role: string, user: string): Manifest {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: rbac, kind: 'Role', name: role },
    subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
  };
}

export function clusterRoleBinding(name: string, role: string, user: string): Manifest {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
  };
}

/** A namespace in which nothing fails: it enforces a level, and its default account mounts no token. */
export async function createHardenedNamespace(
  client: ApiClient,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  await client.createNamespace(name, { 'pod-security.kubernetes.io/enforce': 'baseline', ...labels });
  await client.apply(serviceAccount(name, 'default'));
  await client.create(serviceAccount(name, 'app'));
}

/** A quota, `no-postures`, that allows no posture in the namespace. */
export async function forbidPostures(client: ApiClient, namespace: string): Promise<void> {
  const hard = { 'count/securitypostures.merlon.dev': '0' };
  const metadata = { name: 'no-postures', namespace };
  await client.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } });
  // What the quota controller would do, once it has heard of the kind.
  const quotas = client.resource('v1', 'resourcequotas', namespace);
  bodyOf('status of a quota', await quotas.patchStatus(metadata.name, { hard, used: hard }));
}

function templateOf(name: string, spec: object): object {
  return { metadata: { labels: { app: name } }, spec };
}
