/** What the operator does with exemptions; that it holds on a real API server is shown in test/e2e. */
import { expect } from 'chai';

import type { AnyExemption } from '../../src/core/exemption.ts';
import { exemptionObject } from '../core/exemption-samples.ts';
import { FakeCluster } from './fake-cluster.ts';

/** Two namespaces whose default account fails, and a watch that shows the statuses of exemptions. */
class FailingCluster extends FakeCluster {
  readonly #exemptions = new Map<string, AnyExemption>();
  #version = 0;

  constructor() {
    super();
    this.server.onExemptionStatus = (name, status) => {
      const object = this.#exemptions.get(name);
      if (object !== undefined) this.put({ ...object, status });
    };
    for (const name of ['shop', 'other']) {
      this.putNamespace(name);
      this.putAccount(name, true);
    }
  }

  async start(): Promise<this> {
    this.controller.start();
    await this.rest();
    return this;
  }

  /** Until everything is written, and nothing of that is remembered. */
  async rest(): Promise<void> {
    await this.clock.advance(5_000);
    this.takeWrites();
    this.server.statusWrites.length = 0;
  }

  put(object: AnyExemption): void {
    this.#version += 1;
    this.#exemptions.set(object.metadata.name, object);
    const resourceVersion = String(this.#version);
    this.controller.exemptions.store.upsert({
      ...object,
      metadata: { uid: 'one', ...object.metadata, resourceVersion },
    });
  }

  /** What the watch shows of its status after that is nothing. */
  remove({ metadata: { name, namespace } }: AnyExemption): void {
    this.#exemptions.delete(name);
    this.controller.exemptions.store.remove({ metadata: { name, namespace } });
  }

  /** In so many milliseconds, as a spec says it. */
  in(ms: number): string {
    return new Date(this.clock.wallTimeMs() + ms).toISOString();
  }

  verdictOf(namespace: string): string {
    const status = this.statusOf(`namespace/${namespace}`);
    return `${status?.compliant ?? ''} ${status?.summary?.high ?? ''} failing ${status?.summary?.exempt ?? ''} exempt`;
  }

  activityOf(name: string): string {
    const active = this.server.exemptionStatuses.get(name)?.conditions?.find(({ type }) => type === 'Active');
    return `${active?.status ?? ''} ${active?.reason ?? ''}`;
  }
}

const inShop = { subjects: [{ namespace: 'shop', name: 'default' }] };

describe('exemptions in the operator', () => {
  it('exempt what they describe, and say what that is', async () => {
    const cluster = await new FailingCluster().start();
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    cluster.put(exemptionObject({ name: 'accepted', generation: 3 }, inShop));
    await cluster.clock.advance(5_000);
    expect(cluster.verdictOf('shop')).to.equal('True 0 failing 1 exempt');
    expect(cluster.activityOf('accepted')).to.equal('True Active');
    expect(cluster.server.exemptionStatuses.get('accepted')).to.deep.include({
      observedGeneration: 3,
      matched: 1,
      matches: [
        {
          rule: 'account-rule',
          subject: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' },
        },
      ],
    });
  });

  it('are judged by nobody whom they do not concern', async () => {
    const cluster = await new FailingCluster().start();
    const { evaluator } = cluster.controller.scopeJudge;
    const judged = new Set<string>();
    const judge = evaluator.judge.bind(evaluator);
    evaluator.judge = (scope, ...rest) => {
      judged.add(scope === 'cluster' ? 'cluster' : scope.namespace);
      judge(scope, ...rest);
    };
    cluster.put(exemptionObject({ name: 'accepted' }, inShop));
    await cluster.rest();
    expect([...judged]).to.have.members(['cluster', 'shop']);
  });

  it('exempt nothing any more when they are gone', async () => {
    const cluster = await new FailingCluster().start();
    const object = exemptionObject({ name: 'accepted' }, inShop);
    cluster.put(object);
    await cluster.rest();
    cluster.remove(object);
    await cluster.rest();
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
  });

  it('exempt nothing while nobody may read them, and say the same as before once somebody may', async () => {
    const cluster = await new FailingCluster().start();
    cluster.put(exemptionObject({ name: 'accepted' }, inShop));
    await cluster.rest();
    const source = 'ClusterHardeningExemption';
    cluster.controller.observeExemptions({ source, state: 'forbidden', message: 'listing is forbidden' });
    await cluster.clock.advance(5_000);
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    expect(cluster.conditionOf('namespace/shop', 'InputsComplete')).to.equal('False PermissionMissing');
    expect(cluster.server.statusWrites).to.deep.equal([]);
    cluster.controller.observeExemptions({ source, state: 'observed', message: '' });
    await cluster.clock.advance(5_000);
    expect(cluster.verdictOf('shop')).to.equal('True 0 failing 1 exempt');
    expect(cluster.activityOf('accepted')).to.equal('True Active');
    expect(cluster.server.statusWrites).to.deep.equal([]);
  });

  it('move with what they describe when they change', async () => {
    const cluster = await new FailingCluster().start();
    cluster.put(exemptionObject({ name: 'accepted' }, inShop));
    await cluster.rest();
    cluster.put(exemptionObject({ name: 'accepted' }, { subjects: [{ namespace: 'oth*' }] }));
    await cluster.rest();
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    expect(cluster.verdictOf('other')).to.equal('True 0 failing 1 exempt');
  });

  it('end at their moment, without any event', async () => {
    const cluster = await new FailingCluster().start();
    cluster.put(exemptionObject({ name: 'accepted' }, { ...inShop, expiresAt: cluster.in(90_000) }));
    await cluster.clock.advance(89_000);
    expect(cluster.verdictOf('shop')).to.equal('True 0 failing 1 exempt');
    await cluster.clock.advance(1_500);
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    await cluster.clock.advance(1_000);
    expect(cluster.activityOf('accepted')).to.equal('False Expired');
    expect(cluster.server.exemptionStatuses.get('accepted')).to.deep.include({ matched: 0, matches: [] });
  });

  it('that ended before the operator started exempt nothing', async () => {
    const cluster = new FailingCluster();
    cluster.put(exemptionObject({ name: 'accepted' }, { ...inShop, expiresAt: cluster.in(-1_000) }));
    await cluster.start();
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    expect(cluster.activityOf('accepted')).to.equal('False Expired');
  });

  it('say why they exempt nothing', async () => {
    const cluster = await new FailingCluster().start();
    cluster.put(exemptionObject({ name: 'own', namespace: 'shop' }));
    cluster.put(exemptionObject({ name: 'narrow' }, { subjects: [{ name: 'build' }] }));
    cluster.put(exemptionObject({ name: 'typo' }, { rules: ['acount-rule'] }));
    await cluster.rest();
    expect(cluster.activityOf('own')).to.equal('False NotPermitted');
    expect(cluster.activityOf('narrow')).to.equal('False NoMatch');
    expect(cluster.activityOf('typo')).to.equal('False UnknownRule');
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
  });

  it('beyond the two hundredth of a namespace say so, until an older one goes', async () => {
    const cluster = new FailingCluster();
    for (let index = 0; index < 200; index += 1) {
      const metadata = { name: `old-${index}`, namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' };
      cluster.put(exemptionObject(metadata));
    }
    cluster.put(exemptionObject({ name: 'new', namespace: 'shop', creationTimestamp: '2026-02-01T00:00:00Z' }));
    await cluster.start();
    expect(cluster.activityOf('new')).to.equal('False TooMany');
    expect(cluster.activityOf('old-7')).to.equal('False NotPermitted');
    cluster.remove(exemptionObject({ name: 'old-7', namespace: 'shop' }));
    cluster.put(
      exemptionObject({ name: 'new', namespace: 'shop', creationTimestamp: '2026-02-01T00:00:00Z', generation: 1 }),
    );
    await cluster.rest();
    expect(cluster.activityOf('new')).to.equal('False NotPermitted');
  });

  it('write nothing while nothing changes, whatever day it becomes', async () => {
    const cluster = await new FailingCluster().start();
    cluster.put(exemptionObject({ name: 'accepted' }, { ...inShop, expiresAt: cluster.in(10 * 86_400_000) }));
    await cluster.rest();
    await cluster.clock.advance(3 * 86_400_000);
    expect([...cluster.takeWrites(), ...cluster.server.statusWrites]).to.deep.equal([]);
  });

  it('that flap are written at most once a second', async () => {
    const cluster = await new FailingCluster().start();
    for (let turn = 0; turn < 40; turn += 1) {
      const name = turn % 2 === 0 ? 'default' : 'build';
      cluster.put(exemptionObject({ name: 'accepted', generation: turn }, { subjects: [{ namespace: 'shop', name }] }));
      await cluster.clock.advance(100);
    }
    expect(cluster.server.statusWrites.length).to.be.within(2, 5);
  });

  it('by the ten thousand keep nobody waiting', async () => {
    const cluster = new FailingCluster();
    for (let index = 0; index < 5_000; index += 1) {
      cluster.put(
        exemptionObject({ name: `of-${index}` }, { subjects: [{ namespace: 'team', name: `web-${index}` }] }),
      );
      cluster.put(exemptionObject({ name: `own-${index}`, namespace: 'shop' }));
    }
    cluster.put(exemptionObject({ name: 'accepted' }, inShop));
    cluster.controller.start();
    const started = performance.now();
    await cluster.clock.advance(200);
    expect(cluster.verdictOf('shop')).to.equal('True 0 failing 1 exempt');
    expect(cluster.verdictOf('other')).to.equal('False 1 failing 0 exempt');
    expect(performance.now() - started).to.be.below(20_000);
  });
});
