/** Puts a population into a cluster through its API, as fast as the API server takes it. */
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient, KubeObject } from '../support/api-client.ts';
import { forEachConcurrently } from './concurrently.ts';
import type { PodTemplateJson } from './pod-templates.ts';
import { ownedBy, podLabels } from './population.ts';
import type { Population, Workload } from './population.ts';
import { showProgress } from './progress.ts';

const connections = 32;

/**
 * Creates everything; the owners exist and refer to each other by uid, so that nothing takes a pod for an orphan.
 * @throws {UnexpectedStatus} when the API server refuses an object
 */
export async function populate(client: ApiClient, { namespaces, workloads }: Population): Promise<void> {
  await forEachConcurrently(namespaces, connections, (namespace) => createNamespace(client, namespace));
  const pods: { readonly workload: Workload; readonly name: string; readonly replicaSet: KubeObject }[] = [];
  await forEachConcurrently(workloads, connections, async (workload) => {
    const replicaSet = await createOwners(client, workload);
    for (const name of workload.pods) pods.push({ workload, name, replicaSet });
  });
  const progress = showProgress('pods created', pods.length);
  await forEachConcurrently(pods, connections, async ({ workload, name, replicaSet }) => {
    await createRunningPod(client, workload, name, replicaSet);
    progress.step();
  });
  progress.stop();
}

async function createNamespace(client: ApiClient, name: string): Promise<void> {
  await client.createNamespace(name, { 'kubernetes.io/metadata.name': name, team: 'bench' });
  await client.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'reader', namespace: name },
    rules: [{ apiGroups: [''], resources: ['configmaps', 'endpoints'], verbs: ['get', 'list', 'watch'] }],
  });
  await client.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'reader', namespace: name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: name }],
  });
}

async function createOwners(client: ApiClient, workload: Workload): Promise<KubeObject> {
  const { namespace, name, template, templateHash } = workload;
  const replicas = workload.pods.length;
  await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } });
  const selector = { matchLabels: { 'app.kubernetes.io/name': name } };
  const deployment = await client.create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name, labels: template.metadata.labels },
    spec: { replicas, selector, template },
  });
  const labels = podLabels(workload);
  return client.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace,
      name: `${name}-${templateHash}`,
      labels,
      ...ownedBy('apps/v1', 'Deployment', deployment.metadata),
    },
    spec: {
      replicas,
      selector: { matchLabels: { ...selector.matchLabels, 'pod-template-hash': templateHash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

async function createRunningPod(
  client: ApiClient,
  workload: Workload,
  name: string,
  replicaSet: KubeObject,
): Promise<void> {
  const { namespace, template } = workload;
  const pods = client.resource('v1', 'pods', namespace);
  const pod = {
    metadata: {
      name,
      labels: podLabels(workload),
      annotations: template.metadata.annotations,
      ...ownedBy('apps/v1', 'ReplicaSet', replicaSet.metadata),
    },
    spec: template.spec,
  };
  bodyOf(`create Pod "${namespace}/${name}"`, await pods.create(pod));
  bodyOf(`status of Pod "${namespace}/${name}"`, await pods.patchStatus(name, runningStatus(template.spec)));
}

function runningStatus({ containers }: PodTemplateJson['spec']): object {
  const now = new Date().toISOString();
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  return {
    phase: 'Running',
    startTime: now,
    hostIP: '192.0.2.10',
    podIP: '192.0.2.20',
    podIPs: [{ ip: '192.0.2.20' }],
    qosClass: 'Burstable',
    conditions: conditions.map((type) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: now })),
    containerStatuses: containers.map(({ name, ...container }) => ({
      name,
      image: container['image'],
      imageID: container['image'],
      containerID: `containerd://${name.padEnd(64, '0')}`,
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: now } },
    })),
  };
}
