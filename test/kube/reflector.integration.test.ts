import { expect } from 'chai';
import type { Encoding } from '../../src/kube/codec.ts';
import type { ReflectorIntervals } from '../../src/kube/reflector-state.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { bodyOf } from '../support/api-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ClusterMirror } from './cluster-mirror.ts';
import { openClusterTransport } from './cluster-transport.ts';
import { TcpGate } from './tcp-gate.ts';

describe('Reflector on a real API server', () => {
  const controlPlane = useControlPlane({ own: { auditLog: true }, needs: ['restart', 'audit-log'] });
  let transport: Transport;
  let gate: TcpGate;
  let mirrors: ClusterMirror[];

  before(async () => {
    await controlPlane().client.createNamespace('shop', { team: 'a' });
    await controlPlane().client.createNamespace('bank');
  });
  beforeEach(async () => {
    gate = await TcpGate.open(Number(new URL(controlPlane().url).port));
    transport = await openClusterTransport(controlPlane().adminKubeconfig, gate.port);
    mirrors = [];
  });
  afterEach(async () => {
    await Promise.all(mirrors.map(({ reflector }) => reflector.stop()));
    transport.close();
    await gate.close();
  });

  async function mirror(encoding: Encoding, intervals: Partial<ReflectorIntervals> = {}): Promise<ClusterMirror> {
    const started = new ClusterMirror(transport, 'shop', encoding, intervals);
    mirrors.push(started);
    started.reflector.start();
    await started.converge(controlPlane().client);
    return started;
  }

  async function follows(encoding: Encoding): Promise<void> {
    const { objects, reflector } = await mirror(encoding);
    const { client } = controlPlane();
    const accounts = client.resource('v1', 'serviceaccounts', 'shop');
    const created = bodyOf(
      'create',
      await accounts.create({ metadata: { name: encoding }, automountServiceAccountToken: false }),
    );
    await waitUntil(() => objects.get(encoding)?.automountServiceAccountToken === false, { what: 'the new account' });
    await accounts.patch(encoding, { metadata: { labels: { a: 'b' } }, automountServiceAccountToken: null });
    await waitUntil(() => objects.get(encoding)?.metadata.labels?.['a'] === 'b', { what: 'the changed account' });
    expect(objects.get(encoding)).to.not.have.property('automountServiceAccountToken');
    expect(objects.get(encoding)?.metadata.uid).to.equal(created.metadata.uid);
    await accounts.delete(encoding);
    await waitUntil(() => !objects.has(encoding), { what: 'the account to go' });
    await Promise.all(['a', 'b', 'c'].map((name) => accounts.create({ metadata: { name: `${encoding}-${name}` } })));
    await controlPlane()
      .client.resource('v1', 'serviceaccounts', 'bank')
      .create({ metadata: { name: encoding } });
    await mirrors[0]?.converge(client);
    expect(reflector.counters).to.include({ lists: 0, watches: 1, errors: 0 });
  }

  it('follows a kind in protobuf, with one watch-list', () => follows('protobuf'));
  it('follows a kind in JSON, with one watch-list', () => follows('json'));

  it('opens watch after watch without a list while the server ends them', async () => {
    const from = await controlPlane().readAuditPosition();
    const { reflector } = await mirror('protobuf', { watchTimeoutMinMs: 1_000, watchTimeoutMaxMs: 1_000 });
    await waitUntil(() => reflector.counters.watches >= 4, { what: 'the fourth watch', timeoutMs: 15_000 });
    expect(reflector.counters).to.include({ lists: 0, errors: 0, replaces: 1 });
    const requests = await controlPlane().readAudit({ from });
    const own = requests.filter(({ userAgent }) => userAgent === 'merlon/test');
    expect(new Set(own.map(({ verb }) => verb))).to.deep.equal(new Set(['watch']));
  });

  it('catches up when the API server was killed and is back', async () => {
    const kept = await mirror('protobuf', { staleAfterMs: 500, backoffFirstMs: 100, backoffMaxMs: 500 });
    const { apiServer, client } = controlPlane();
    await apiServer.kill();
    await waitUntil(() => kept.reflector.state.phase === 'stale', { what: 'the reflector to be stale' });
    await apiServer.restart();
    await client.resource('v1', 'serviceaccounts', 'shop').create({ metadata: { name: 'after-restart' } });
    await kept.converge(client);
    await waitUntil(() => kept.reflector.state.phase === 'synced', { what: 'the reflector to be synced' });
    expect(kept.reflector.counters.lists).to.equal(0);
  });

  it('reads everything again when etcd has forgotten what it missed', async () => {
    const { reflector, ...kept } = await mirror('protobuf', { backoffFirstMs: 100, backoffMaxMs: 500 });
    const { apiServer, client } = controlPlane();
    const accounts = client.resource('v1', 'serviceaccounts', 'shop');
    gate.cut();
    bodyOf('create', await accounts.create({ metadata: { name: 'missed' } }));
    bodyOf('delete', await accounts.delete('default'));
    await controlPlane().compactEtcd();
    await apiServer.restart();
    gate.mend();
    await waitUntil(() => reflector.counters.replaces === 2, { what: 'everything to be read again' });
    await waitUntil(() => kept.objects.has('missed'), { what: 'what was missed' });
    await mirrors[0]?.converge(client);
    expect(reflector.counters.lists).to.equal(0);
  });

  it('leaves a connection that is half open', async () => {
    const kept = await mirror('protobuf', { idleAfterBookmarkMs: 300, shortWatchMs: 50 });
    const { client } = controlPlane();
    gate.freeze();
    await client.resource('v1', 'serviceaccounts', 'shop').create({ metadata: { name: 'while-frozen' } });
    await kept.converge(client);
    expect(kept.reflector.counters).to.include({ replaces: 1, lists: 0 });
  });

  it('says forbidden to somebody without the right, and reads as soon as it is granted', async () => {
    const { client } = controlPlane();
    transport.close();
    const path = await controlPlane().kubeconfigFor({ user: 'reader' });
    transport = await openClusterTransport(path, gate.port);
    const reader = new ClusterMirror(transport, 'shop', 'protobuf', { forbiddenRetryMs: 50 });
    mirrors.push(reader);
    reader.reflector.start();
    await waitUntil(() => reader.reflector.state.phase === 'forbidden', { what: 'the refusal' });
    expect(reader.reflector.state.message).to.include('HTTP 403 Forbidden').and.include('"reader"');
    await client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader', namespace: 'shop' },
      rules: [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['list', 'watch'] }],
    });
    await client.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader', namespace: 'shop' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'reader' }],
    });
    await reader.converge(client);
    expect(reader.states.map(({ phase }) => phase)).to.deep.equal(['syncing', 'forbidden', 'synced']);
  });
});

describe('Reflector on a real API server without watch-list', () => {
  const controlPlane = useControlPlane({
    own: { apiServerFlags: { 'feature-gates': 'WatchList=false' }, auditLog: false, controllerManager: false },
  });

  it('lists, then watches, in both encodings', async () => {
    const { client, adminKubeconfig } = controlPlane();
    const accounts = client.resource('v1', 'serviceaccounts', 'default');
    await Promise.all(Array.from({ length: 40 }, (_, index) => accounts.create({ metadata: { name: `a-${index}` } })));
    const transport = await openClusterTransport(adminKubeconfig);
    const mirrors = [
      new ClusterMirror(transport, 'default', 'protobuf'),
      new ClusterMirror(transport, 'default', 'json'),
    ];
    try {
      for (const { reflector } of mirrors) reflector.start();
      await Promise.all(mirrors.map((mirror) => mirror.converge(client)));
      await accounts.delete('a-7');
      await Promise.all(mirrors.map((mirror) => mirror.converge(client)));
      for (const { reflector } of mirrors) expect(reflector.counters).to.include({ lists: 1, watches: 2, errors: 0 });
    } finally {
      await Promise.all(mirrors.map(({ reflector }) => reflector.stop()));
      transport.close();
    }
  });
});
