/**
 * A real API server that enforces what Merlon prints, and people who connect to pods there. The pods are bound to no node,
 * so that whoever is let in is told that.
 */
import { randomBytes } from 'node:crypto';

import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { Cluster } from '../support/cluster.ts';
import { waitUntil } from '../support/wait-until.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const ADMISSION = 'admissionregistration.k8s.io/v1';
const image = 'registry.example/main:1';

export type Connection = 'exec' | 'attach' | 'portforward' | 'proxy';
export type Protocol = 'spdy' | 'websocket';

export const LET_IN = /^400 pod \S+ does not have a host assigned$/;
/** How a refusal begins. */
export const REFUSED = /^403 .* is forbidden: ValidatingAdmissionPolicy 'merlon-exec-guard/;

const websocket = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
  'sec-websocket-protocol': 'v5.channel.k8s.io',
};
const spdy = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v5.channel.k8s.io' };

/** @returns status and message of the answer */
export async function connect(
  client: ApiClient,
  pod: string,
  connection: Connection = 'exec',
  protocol: Protocol = 'spdy',
): Promise<string> {
  const [namespace = '', name = ''] = pod.split('/');
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/${connection}${queries[connection]}`;
  const { status, body } =
    connection === 'proxy'
      ? await client.request('GET', path)
      : await client.request(protocol === 'spdy' ? 'POST' : 'GET', path, {
          headers: protocol === 'spdy' ? spdy : websocket,
        });
  return `${status} ${String((body as { message?: unknown }).message)}`;
}

const queries = { exec: '?command=id&stdout=true', attach: '?stdout=true', portforward: '?ports=80', proxy: '/' };

/** @param path behind the node, as `/exec/shop/web/main` */
export async function askNode(client: ApiClient, path: string, node = 'nowhere'): Promise<string> {
  const { status, body } = await client.request('GET', `/api/v1/nodes/${node}/proxy${path}`, { headers: websocket });
  return `${status} ${String((body as { message?: unknown }).message)}`;
}

/** Somebody who may connect to every pod, and nothing else that tells. */
export async function createDebugger(cluster: Cluster, user: string, groups: readonly string[] = []) {
  const { client: admin } = cluster;
  const rules = [
    {
      apiGroups: [''],
      resources: ['exec', 'attach', 'portforward', 'proxy'].map((one) => `pods/${one}`).concat('nodes/proxy'),
      verbs: ['get', 'create'],
    },
    { apiGroups: [''], resources: ['pods/ephemeralcontainers'], verbs: ['patch'] },
  ];
  await grant(cluster, user, rules);
  const client = await cluster.clientFor({ user, groups: [...groups] });
  await admin.createNamespace(`of-${user}`);
  await waitUntil(async () => !(await connect(client, `of-${user}/none`)).startsWith('403'), { what: 'the grant' });
  return client;
}

/** In the whole cluster. */
export async function grant(cluster: Cluster, user: string, rules: readonly object[]): Promise<void> {
  const metadata = { name: `${user}-${randomBytes(3).toString('hex')}` };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }];
  bodyOf('role', await cluster.client.resource(RBAC, 'clusterroles').create({ metadata, rules }));
  bodyOf('binding', await cluster.client.resource(RBAC, 'clusterrolebindings').create({ metadata, roleRef, subjects }));
}

/** Applies the printed YAML as people do. @throws {Error} with what kubectl says where it is not taken */
export async function applyYaml(cluster: Cluster, yaml: string, kubeconfig = cluster.adminKubeconfig): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(['apply', '-f', '-'], { stdin: yaml, kubeconfig });
  if (code !== 0) throw new Error(stderr);
  return stdout + stderr;
}

export async function removeGuards({ client }: Cluster): Promise<void> {
  for (const plural of ['validatingadmissionpolicybindings', 'validatingadmissionpolicies']) {
    const resource = client.resource(ADMISSION, plural);
    const { items } = bodyOf(plural, await resource.list());
    for (const { metadata } of items)
      if (metadata.name.startsWith('merlon-exec-guard')) await resource.delete(metadata.name);
  }
}

/** @param fields of its spec besides the one container */
export async function createPod({ client }: Cluster, pod: string, fields: object = {}): Promise<void> {
  const [namespace = '', name = ''] = pod.split('/');
  const spec = { containers: [{ name: 'main', image }], ...fields };
  await client.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec });
}

/** Gone at once, as it is on no node. */
export async function deletePod({ client }: Cluster, pod: string): Promise<void> {
  const [namespace = '', name = ''] = pod.split('/');
  bodyOf('delete', await client.resource('v1', 'pods', namespace).delete(name));
}

/** @param container of an ephemeral container */
export function addDebugContainer(
  client: ApiClient,
  pod: string,
  name: string,
  container: object = {},
  query: Readonly<Record<string, string>> = {},
) {
  const [namespace = '', ofPod = ''] = pod.split('/');
  const asked = new URLSearchParams(query).toString();
  const path = `/api/v1/namespaces/${namespace}/pods/${ofPod}/ephemeralcontainers?${asked}`;
  const body = { spec: { ephemeralContainers: [{ name, image, ...container }] } };
  return client.request('PATCH', path, { body, contentType: 'application/strategic-merge-patch+json' });
}

export const escalating: Readonly<Record<string, object>> = {
  privileged: { containers: [{ name: 'main', image, securityContext: { privileged: true } }] },
  init: { initContainers: [{ name: 'setup', image, securityContext: { privileged: true } }] },
  'host-pid': { hostPID: true },
  'host-ipc': { hostIPC: true },
};

/** Until every change of a policy, a binding or a label that was made before is in force. */
export async function waitForAnswer(ask: () => Promise<string>, answer: RegExp): Promise<void> {
  let last = '';
  await waitUntil(
    async () => {
      last = await ask();
      return answer.test(last);
    },
    { what: `an answer as ${String(answer)}`, timeoutMs: 15_000 },
  ).catch((error: unknown) => {
    throw new Error(`the last answer was: ${last}`, { cause: error });
  });
}
