/**
 * Whom a real API server lets into pods, held against what Merlon says. The pods are bound to no node, so that whoever is
 * let in is told that, and whoever is not gets a 403.
 */
import { randomBytes } from 'node:crypto';

import { expect } from 'chai';

import type { PolicyRule } from '../../src/core/rbac-shape.ts';
import { buildObjectSnapshot } from '../../src/core/object-snapshot.ts';
import { entryIndex } from '../../src/rbac/entry-index.ts';
import { bodyOf } from '../support/api-client.ts';
import type { ApiClient } from '../support/api-client.ts';
import type { Cluster } from '../support/cluster.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
const webSocket = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': randomBytes(16).toString('base64'),
  'sec-websocket-protocol': 'v5.channel.k8s.io',
};
const spdy = { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v5.channel.k8s.io' };

/** In a namespace of their own. */
interface Somebody {
  readonly client: ApiClient;
  readonly namespace: string;
  /** Whether Merlon says that they may get into pods of it. */
  readonly isSaidToGetIn: boolean;
}

/** Somebody who holds the rule, beside pods `agent` and `web`. */
async function holderOf(cluster: Cluster, held: PolicyRule): Promise<Somebody> {
  const name = `exec-reach-${randomBytes(4).toString('hex')}`;
  const { client: admin } = cluster;
  await admin.createNamespace(name);
  for (const pod of ['agent', 'web']) {
    const spec = { hostPID: true, containers: [{ name: 'main', image: 'registry.example/main:1' }] };
    await admin.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: pod, namespace: name }, spec });
  }
  // What they are allowed tells when the API server has seen the grant.
  const marker = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] };
  const metadata = { name };
  const role = { kind: 'ClusterRole', metadata, rules: [held, marker] };
  const binding = {
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
  };
  bodyOf('role', await admin.resource(RBAC, 'clusterroles').create(role));
  bodyOf('binding', await admin.resource(RBAC, 'clusterrolebindings').create(binding));
  const client = await cluster.clientFor({ user: name });
  const settings = `/api/v1/namespaces/${name}/configmaps/settings`;
  await waitUntil(async () => (await client.request('GET', settings)).status !== 403, { what: 'the grant' });
  const snapshot = buildObjectSnapshot({
    objects: {
      ClusterRole: [role],
      ClusterRoleBinding: [binding],
    },
    isWholeCluster: true,
    podSecurityVersion: cluster.minor,
  });
  return { client, namespace: name, isSaidToGetIn: snapshot.derive(entryIndex).of(`user:${name}`).size > 0 };
}

type Way = 'websocket' | 'spdy';

/** What somebody is answered who runs a command in a pod. */
async function enter(
  { client, namespace }: Somebody,
  subresource: 'exec' | 'attach',
  way: Way,
  pod = 'agent',
): Promise<string> {
  const command = subresource === 'exec' ? 'command=id&' : '';
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/${subresource}?${command}stdout=true`;
  const { status, body } =
    way === 'websocket'
      ? await client.request('GET', path, { headers: webSocket })
      : await client.request('POST', path, { headers: spdy });
  return `${status} ${String((body as { message?: unknown }).message)}`;
}

function rule(subresources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [''], resources: subresources.map((one) => `pods/${one}`), verbs };
}

const LET_IN = /^400 pod \S+ does not have a host assigned$/;
const REFUSED = /^403 /;

describe('whom a real API server lets into pods', () => {
  const cluster = useControlPlane();

  after('roles and bindings of the whole cluster', async () => {
    for (const plural of ['clusterrolebindings', 'clusterroles']) {
      const resource = cluster().client.resource(RBAC, plural);
      const { items } = bodyOf(plural, await resource.list());
      for (const { metadata } of items)
        if (metadata.name.startsWith('exec-reach-')) await resource.delete(metadata.name);
    }
  });

  it('takes get alone for nothing', async () => {
    const somebody = await holderOf(cluster(), rule(['exec', 'attach'], ['get']));
    expect(await enter(somebody, 'exec', 'websocket')).to.match(REFUSED);
    expect(await enter(somebody, 'attach', 'websocket')).to.match(REFUSED);
    expect(await enter(somebody, 'exec', 'spdy')).to.match(REFUSED);
    expect(somebody.isSaidToGetIn).to.equal(false);
  });

  it('takes create alone for exec by SPDY', async () => {
    const somebody = await holderOf(cluster(), rule(['exec'], ['create']));
    expect(await enter(somebody, 'exec', 'spdy')).to.match(LET_IN);
    expect(await enter(somebody, 'exec', 'websocket')).to.match(REFUSED);
    expect(await enter(somebody, 'attach', 'spdy')).to.match(REFUSED);
    expect(somebody.isSaidToGetIn).to.equal(true);
  });

  it('takes create alone for attach by SPDY', async () => {
    const somebody = await holderOf(cluster(), rule(['attach'], ['create']));
    expect(await enter(somebody, 'attach', 'spdy')).to.match(LET_IN);
    expect(await enter(somebody, 'exec', 'spdy')).to.match(REFUSED);
    expect(somebody.isSaidToGetIn).to.equal(true);
  });

  it('takes get and create for either by WebSocket', async () => {
    const somebody = await holderOf(cluster(), rule(['exec', 'attach'], ['get', 'create']));
    expect(await enter(somebody, 'exec', 'websocket')).to.match(LET_IN);
    expect(await enter(somebody, 'attach', 'websocket')).to.match(LET_IN);
  });

  it('limits create by the names of pods', async () => {
    const somebody = await holderOf(cluster(), { ...rule(['exec'], ['create']), resourceNames: ['agent'] });
    expect(await enter(somebody, 'exec', 'spdy', 'agent')).to.match(LET_IN);
    expect(await enter(somebody, 'exec', 'spdy', 'web')).to.match(REFUSED);
  });

  it('takes a patch of ephemeral containers alone for one in the pod', async () => {
    const somebody = await holderOf(cluster(), rule(['ephemeralcontainers'], ['patch']));
    const path = `/api/v1/namespaces/${somebody.namespace}/pods/agent/ephemeralcontainers`;
    const body = { spec: { ephemeralContainers: [{ name: 'debug', image: 'registry.example/debug:1' }] } };
    const contentType = 'application/strategic-merge-patch+json';
    expect((await somebody.client.request('PATCH', path, { body, contentType })).status).to.equal(200);
    expect(await enter(somebody, 'exec', 'spdy')).to.match(REFUSED);
    expect(somebody.isSaidToGetIn).to.equal(true);
  });

  it('takes get of nodes/proxy alone for a command by WebSocket', async () => {
    const somebody = await holderOf(cluster(), { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] });
    const path = `/api/v1/nodes/nowhere/proxy/exec/${somebody.namespace}/agent/main?command=id&output=1`;
    expect((await somebody.client.request('GET', path, { headers: webSocket })).status).to.equal(404);
    expect((await somebody.client.request('POST', path, { headers: spdy })).status).to.equal(403);
    expect(somebody.isSaidToGetIn).to.equal(true);
  });
});

describe('whom an API server lets into pods that emulates 1.34', () => {
  const cluster = useControlPlane({ needs: ['emulation'], own: { emulatedVersion: '1.34' } });

  it('whoever holds get alone, by WebSocket', async () => {
    const somebody = await holderOf(cluster(), rule(['exec', 'attach'], ['get']));
    expect(await enter(somebody, 'exec', 'websocket')).to.match(LET_IN);
    expect(await enter(somebody, 'attach', 'websocket')).to.match(LET_IN);
    expect(await enter(somebody, 'exec', 'spdy')).to.match(REFUSED);
    expect(somebody.isSaidToGetIn).to.equal(true);
  });
});
