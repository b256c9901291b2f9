/** Answers for pods of kube-system and nodes as an API server does, as watch-list and as list. */
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

/** @returns what it was asked, as `path?query` */
export async function serveControlPlane(
  answers: ControlPlaneAnswers,
): Promise<{ readonly asked: string[]; readonly transport: Transport }> {
  const asked: string[] = [];
  const listener: RequestListener = ({ url = '' }, response) => {
    asked.push(decodeURIComponent(url));
    answer(new URL(url, 'http://server'), answers, response);
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
  return { asked, transport };
}

function answer({ pathname, searchParams }: URL, answers: ControlPlaneAnswers, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  if (answers.forbidden?.test(pathname) === true) {
    response.statusCode = 403;
    response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code: 403, reason: 'Forbidden' }));
    return;
  }
  if (pathname.endsWith('/configmaps/kubeadm-config')) {
    response.statusCode = answers.configMap === undefined ? 404 : 200;
    response.end(JSON.stringify(answers.configMap ?? {}));
    return;
  }
  const items = pathname.endsWith('/pods')
    ? answers.pods
    : (answers.nodes[searchParams.get('labelSelector') ?? ''] ?? []);
  const resource = pathname.endsWith('/pods') ? { apiVersion: 'v1', kind: 'Pod' } : { apiVersion: 'v1', kind: 'Node' };
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
