/** Answers for pods and a ConfigMap of kube-system and nodes as an API server does, as watch-list and as list. */
import type { RequestListener, ServerResponse } from 'node:http';

import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { serveHttp } from './transport-server.ts';

type Json = Readonly<Record<string, unknown>>;

export interface ControlPlaneAnswers {
  readonly pods: readonly Json[];
  /** By the label that they are asked for. */
  readonly nodes: Readonly<Record<string, readonly Json[]>>;
  readonly configMap?: Json;
  /** Paths that are refused. */
  readonly forbidden?: RegExp;
}

export const mirrorPodJson = {
  metadata: {
    name: 'kube-apiserver-a',
    namespace: 'kube-system',
    uid: 'uid-of-pod',
    resourceVersion: '7',
    annotations: { 'kubernetes.io/config.mirror': 'a0b1', other: 'left out' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'a', uid: 'uid-of-a', controller: true }],
  },
  spec: {
    nodeName: 'a',
    containers: [
      { name: 'kube-apiserver', command: ['kube-apiserver', '--etcd-servers=https://e:2379', '--profiling=false'] },
      { name: 'sidecar', command: ['/sidecar', '--token=of-another-program'] },
    ],
  },
  status: { hostIP: '10.0.0.5' },
} as const;

export const nodeJson = {
  metadata: {
    name: 'a',
    uid: 'uid-of-a',
    resourceVersion: '8',
    labels: { 'node-role.kubernetes.io/control-plane': '', 'node-role.kubernetes.io/master': '' },
    annotations: { 'k3s.io/node-args': '["server"]', 'k3s.io/node-env': '{}' },
  },
  status: { addresses: [{ type: 'InternalIP', address: '10.0.0.5' }] },
} as const;

export interface ServedControlPlane {
  /** What it was asked, as `path?query`. */
  readonly asked: string[];
  readonly transport: Transport;
  /** Tells whoever watches a path that ends so, and is asked for a label where one is given. */
  readonly tell: (path: string, event: Json, label?: string) => void;
}

export async function serveControlPlane(answers: ControlPlaneAnswers): Promise<ServedControlPlane> {
  const asked: string[] = [];
  const watchers: { readonly url: URL; readonly response: ServerResponse }[] = [];
  const listener: RequestListener = ({ url: path = '' }, response) => {
    asked.push(decodeURIComponent(path));
    const url = new URL(path, 'http://server');
    answer(url, answers, response);
    if (url.searchParams.has('watch')) watchers.push({ url, response });
  };
  const { port } = await serveHttp(listener);
  const transport = openTransport(
    {
      origin: 'test',
      server: `http://127.0.0.1:${port}`,
      isInsecure: false,
      credentials: [],
      namespace: 'default',
    },
    { version: 'test', clock: systemClock, environment: {} },
  );
  const tell: ServedControlPlane['tell'] = (path, event, label) => {
    for (const { url, response } of watchers) {
      const isAsked = label === undefined || url.searchParams.get('labelSelector') === label;
      if (isAsked && url.pathname.endsWith(path)) response.write(`${JSON.stringify(event)}\n`);
    }
  };
  return { asked, transport, tell };
}

function answer({ pathname, searchParams }: URL, answers: ControlPlaneAnswers, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  if (answers.forbidden?.test(pathname) === true) {
    response.statusCode = 403;
    response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code: 403, reason: 'Forbidden' }));
    return;
  }
  const { resource, items } = select(pathname, searchParams.get('labelSelector') ?? '', answers);
  if (!searchParams.has('watch')) {
    response.end(
      JSON.stringify({ ...resource, kind: `${resource.kind}List`, metadata: { resourceVersion: '9' }, items }),
    );
    return;
  }
  for (const object of items)
    response.write(`${JSON.stringify({ type: 'ADDED', object: { ...resource, ...object } })}\n`);
  const metadata = { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } };
  response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { ...resource, metadata } })}\n`);
}

function select(
  path: string,
  label: string,
  { pods, nodes, configMap }: ControlPlaneAnswers,
): { readonly resource: { readonly apiVersion: 'v1'; readonly kind: string }; readonly items: readonly Json[] } {
  if (path.endsWith('/pods')) return { resource: { apiVersion: 'v1', kind: 'Pod' }, items: pods };
  if (path.endsWith('/nodes')) return { resource: { apiVersion: 'v1', kind: 'Node' }, items: nodes[label] ?? [] };
  return { resource: { apiVersion: 'v1', kind: 'ConfigMap' }, items: configMap === undefined ? [] : [configMap] };
}
