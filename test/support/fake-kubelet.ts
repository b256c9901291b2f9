/**
 * Stands in for the kubelets of some nodes, and for the scheduler where asked: pods that are bound to the nodes become
 * Running, and those that are deleted go. No container ever starts.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiClient, ApiResponse, KubeObject } from './api-client.ts';
import { bodyOf } from './api-client.ts';
import { readVersion } from './cluster.ts';
import type { ResourceClient, WatchEvent } from './resource-client.ts';

export interface FakeKubeletOptions {
  /** Names of the nodes, which are created where they do not exist; by default one, `node-1`. */
  readonly nodes?: readonly string[];
  /** Which pods without a node are bound to one of these; by default none. */
  readonly schedules?: (pod: Pod) => boolean;
}

export interface FakeKubelet {
  /** Ends the watch and waits for what is under way; nodes and pods stay. */
  stop(): Promise<void>;
}

export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly affinity?: { readonly nodeAffinity?: unknown };
  };
  readonly status?: { readonly phase?: string };
}

interface Container {
  readonly name: string;
  readonly image?: string;
}

const retryPauseMs = 200;

/** @param client of someone who may write nodes and pods: the administrator */
export async function startFakeKubelet(client: ApiClient, options: FakeKubeletOptions = {}): Promise<FakeKubelet> {
  const { nodes = ['node-1'], schedules = () => false } = options;
  await Promise.all(nodes.map((name) => createNode(client, name)));
  const stopping = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  let turn = 0;

  const serve = (pod: Pod) => {
    const work = actOn(client, pod, nodes, () => {
      if (!schedules(pod)) return undefined;
      turn += 1;
      return selectOwnNode(pod, nodes) ?? nodes[turn % nodes.length];
    });
    // The server is away, or the pod is: the next list or event shows it.
    const settled = work.catch(() => undefined).finally(() => underWay.delete(settled));
    underWay.add(settled);
  };

  const pods = client.resource<Pod>('v1', 'pods');
  const watching = followPods(pods, serve, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await watching;
      await Promise.all(underWay);
    },
  };
}

/** Lists and watches until the signal; begins anew whenever that fails. */
async function followPods(pods: ResourceClient<Pod>, serve: (pod: Pod) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const { metadata, items } = bodyOf('list pods', await pods.list());
      items.forEach(serve);
      const { resourceVersion } = metadata;
      for await (const event of pods.watch({ resourceVersion, allowWatchBookmarks: true }, signal)) {
        if (event.type === 'ERROR') break;
        if (isChange(event)) serve(event.object);
      }
    } catch {
      await pause(retryPauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function isChange({ type }: WatchEvent<Pod>): boolean {
  return type === 'ADDED' || type === 'MODIFIED';
}

async function actOn(
  client: ApiClient,
  pod: Pod,
  nodes: readonly string[],
  schedule: () => string | undefined,
): Promise<ApiResponse | undefined> {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  const { nodeName } = pod.spec;
  const path = `/api/v1/namespaces/${namespace ?? ''}/pods/${name}`;
  if (nodeName === undefined) {
    const node = deletionTimestamp === undefined ? schedule() : undefined;
    if (node === undefined) return undefined;
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    return client.request('POST', `${path}/binding`, {
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target },
    });
  }
  if (!nodes.includes(nodeName)) return undefined;
  if (deletionTimestamp !== undefined) {
    return client.request('DELETE', path, { body: { gracePeriodSeconds: 0, preconditions: { uid } } });
  }
  if (pod.status?.phase !== 'Pending') return undefined;
  return client.request('PATCH', `${path}/status`, {
    contentType: 'application/strategic-merge-patch+json',
    body: { metadata: { uid }, status: runningStatus(pod) },
  });
}

/** A DaemonSet says by affinity on which node each of its pods belongs. */
function selectOwnNode(pod: Pod, nodes: readonly string[]): string | undefined {
  const affinity = JSON.stringify(pod.spec.affinity?.nodeAffinity ?? null);
  return nodes.find((node) => affinity.includes(`{"key":"metadata.name","operator":"In","values":["${node}"]}`));
}

function runningStatus({ spec }: Pod): object {
  const now = new Date().toISOString();
  const statusOf = ({ name, image = '' }: Container, state: object) => ({
    name,
    image,
    imageID: image,
    containerID: `fake://${name}`,
    ready: true,
    started: true,
    restartCount: 0,
    state,
  });
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'];
  return {
    phase: 'Running',
    startTime: now,
    hostIP: '192.0.2.1',
    podIP: '192.0.2.2',
    podIPs: [{ ip: '192.0.2.2' }],
    conditions: conditions.map((type) => ({ type, status: 'True', lastTransitionTime: now })),
    initContainerStatuses: (spec.initContainers ?? []).map((container) =>
      statusOf(container, { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } }),
    ),
    containerStatuses: spec.containers.map((container) => statusOf(container, { running: { startedAt: now } })),
  };
}

async function createNode(client: ApiClient, name: string): Promise<void> {
  const nodes = client.resource('v1', 'nodes');
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  const created = await nodes.create({ kind: 'Node', metadata: { name, labels } });
  if (created.status !== 409) bodyOf(`create Node "${name}"`, created);
  const resources = { cpu: '32', memory: '256Gi', pods: '10000' };
  const now = new Date().toISOString();
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'FakeKubelet',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  };
  const nodeInfo = { kubeletVersion: `v1.${(await readVersion(client)).minor}.0` };
  const status = { capacity: resources, allocatable: resources, conditions: [ready], nodeInfo };
  bodyOf(`status of Node "${name}"`, await nodes.patchStatus(name, status));
  // Admission marks a new node as not ready; DaemonSets and schedulers would pass it by.
  bodyOf(`untaint Node "${name}"`, await nodes.patch(name, { spec: { taints: null } }));
}
