import { expect } from 'chai';
import { LeaderElector } from '../../src/kube/lease.ts';
import { openLeaseStore } from '../../src/kube/lease-store.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import type { Transport } from '../../src/kube/transport.ts';
import type { ResourceClient } from '../support/resource-client.ts';
import { useControlPlane } from '../support/integration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { openClusterTransport } from './cluster-transport.ts';
import { silentLog } from './reflector-fixture.ts';

const intervals = { durationMs: 2_000, renewDeadlineMs: 1_000, retryMs: 100 };

interface Lease {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly holderIdentity: string;
    readonly leaseTransitions: number;
    readonly renewTime: string;
  };
}

describe('LeaderElector on a real API server', () => {
  const cluster = useControlPlane();
  let namespace: string;
  let leases: ResourceClient<Lease>;
  let transports: Transport[];
  let electors: LeaderElector[];
  let told: string[];
  let namespaces = 0;

  beforeEach(async () => {
    namespaces += 1;
    namespace = `lease-${process.pid}-${namespaces}`;
    await cluster().client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    leases = cluster().client.resource<Lease>('coordination.k8s.io/v1', 'leases', namespace);
    transports = [];
    electors = [];
    told = [];
  });
  afterEach(async () => {
    await Promise.all(electors.map((elector) => elector.stop()));
    for (const transport of transports) transport.close();
    await cluster().client.resource('v1', 'namespaces').delete(namespace);
  });

  async function start(identity: string): Promise<{ elector: LeaderElector; transport: Transport }> {
    const transport = await openClusterTransport(cluster().adminKubeconfig);
    const elector = new LeaderElector({
      store: openLeaseStore(transport, namespace, 'merlon'),
      identity,
      clock: systemClock,
      random: Math.random,
      log: silentLog,
      intervals,
      onElected: () => told.push(`${identity} elected`),
      onLost: () => told.push(`${identity} lost`),
    });
    transports.push(transport);
    electors.push(elector);
    elector.start();
    return { elector, transport };
  }

  async function readSpec(): Promise<Lease['spec']> {
    return (await leases.get('merlon')).body.spec;
  }

  it('gives the heartbeat of a single process, and keeps what others put on the Lease', async () => {
    const { elector } = await start('a');
    await waitUntil(() => elector.isLeading, { what: 'the election' });
    const { renewTime } = await readSpec();
    await leases.patch('merlon', { metadata: { labels: { team: 'x' } } });
    await waitUntil(async () => (await readSpec()).renewTime > renewTime, { what: 'a later heartbeat' });
    const { body } = await leases.get('merlon');
    expect(body.metadata.labels).to.deep.equal({ team: 'x' });
    expect(body.spec).to.include({ holderIdentity: 'a', leaseTransitions: 0, leaseDurationSeconds: 2 });
    expect(elector.isLeading).to.equal(true);
  });

  it('elects one of two, and the other soon after the first has stopped', async () => {
    const [first, second] = await Promise.all([start('a'), start('b')]);
    await waitUntil(() => told.length === 1, { what: 'an election' });
    const [leader, other] = told[0] === 'a elected' ? [first, second] : [second, first];
    expect(other.elector.isLeading).to.equal(false);
    await leader.elector.stop();
    await waitUntil(() => other.elector.isLeading, { what: 'the hand-over', timeoutMs: 1_000 });
    expect((await readSpec()).leaseTransitions).to.be.greaterThan(0);
  });

  it('lets a process that is cut off end before another is elected', async () => {
    const { elector, transport } = await start('a');
    await waitUntil(() => elector.isLeading, { what: 'the election' });
    await start('b');
    transport.close();
    await waitUntil(() => told.includes('b elected'), { what: 'the other to be elected' });
    expect(told).to.deep.equal(['a elected', 'a lost', 'b elected']);
  });
});
