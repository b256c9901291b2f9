/** What the operator does with exemptions; that it holds on a real API server is shown in test/e2e. */
import { expect } from 'chai';

import type { ExemptionStatus } from '../../src/api/v1alpha1/exemption.ts';
import type { PostureStatus } from '../../src/api/v1alpha1/posture-status.ts';
import { PostureController } from '../../src/controller/posture-controller.ts';
import type { AnyOwned, PostureWriter, WriteResult } from '../../src/controller/posture-writer.ts';
import type { PostureObject, PostureScope } from '../../src/controller/posture-store.ts';
import type { AnyExemption } from '../../src/core/exemption.ts';
import { kindNames } from '../../src/core/kinds.ts';
import { defineRule, violation } from '../../src/core/rule.ts';
import { exemptionObject } from '../core/exemption-samples.ts';
import { ruleNamed } from '../core/finding-of.ts';
import { objectOf } from '../core/yaml-objects.ts';
import { FakeClock } from './fake-clock.ts';

/** Fails every account. */
const accountRule = defineRule({
  ...ruleNamed('account-rule'),
  subject: 'ServiceAccount',
  check: () => [violation('x', undefined, 'it mounts')],
});

class FakeServer implements PostureWriter {
  readonly writes: string[] = [];
  readonly postures = new Map<PostureScope, PostureStatus | undefined>();
  readonly statuses = new Map<string, ExemptionStatus>();
  /** Told of each status that is written, as the watch would be. */
  onStatus: (name: string) => void = () => undefined;
  #version = 0;

  createPosture(scope: PostureScope): Promise<WriteResult<PostureObject>> {
    return this.#write('create', scope, undefined);
  }

  replacePostureStatus(
    scope: PostureScope,
    _version: string,
    status: PostureStatus,
  ): Promise<WriteResult<PostureObject>> {
    return this.#write('put', scope, status);
  }

  replacePolicyStatus({ metadata: { name } }: AnyOwned, status: ExemptionStatus): Promise<WriteResult<unknown>> {
    this.writes.push(`status ${name}`);
    this.statuses.set(name, status);
    setImmediate(() => {
      this.onStatus(name);
    });
    return Promise.resolve({ outcome: 'written', object: undefined });
  }

  #write(verb: string, scope: PostureScope, status: PostureStatus | undefined): Promise<WriteResult<PostureObject>> {
    this.writes.push(`${verb} ${scope}`);
    this.postures.set(scope, status);
    this.#version += 1;
    const metadata = { name: 'current', resourceVersion: String(this.#version) };
    return Promise.resolve({
      outcome: 'written',
      object: { metadata, ...(status === undefined ? {} : { status }) },
    });
  }
}

class Cluster {
  readonly clock = new FakeClock();
  readonly server = new FakeServer();
  readonly controller: PostureController;
  readonly #exemptions = new Map<string, AnyExemption>();
  #version = 0;

  constructor() {
    this.server.onStatus = (name) => {
      const object = this.#exemptions.get(name);
      const status = this.server.statuses.get(name);
      if (object !== undefined && status !== undefined) this.put({ ...object, status });
    };
    const nothing = (): void => undefined;
    this.controller = new PostureController({
      rules: [accountRule],
      writer: this.server,
      mayWrite: () => true,
      log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
      queue: { clock: this.clock, concurrency: 1, minIntervalMs: 20, firstRetryMs: 100, maxRetryMs: 1000 },
      timestamp: () => new Date(this.clock.wallTimeMs()).toISOString().replace(/\.\d+Z$/, 'Z'),
      writeIntervalMs: 250,
      refusedRetryMs: 60_000,
    });
    for (const source of kindNames) this.controller.cluster.observe({ source, state: 'observed', message: '' });
    this.controller.observePolicies({ source: 'ClusterHardeningPolicy', state: 'observed', message: '' });
    this.controller.observeOwnPolicies({ source: 'HardeningPolicy', state: 'observed', message: '' });
    for (const source of ['ClusterHardeningExemption', 'HardeningExemption'] as const) {
      this.controller.observeExemptions({ source, state: 'observed', message: '' });
    }
    for (const name of ['shop', 'other']) {
      const namespace = `{ kind: Namespace, metadata: { name: ${name} } }`;
      this.controller.cluster.upsert('Namespace', objectOf('Namespace', namespace));
      const account = `{ kind: ServiceAccount, metadata: { name: default, namespace: ${name} } }`;
      this.controller.cluster.upsert('ServiceAccount', objectOf('ServiceAccount', account));
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
    this.server.writes.length = 0;
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

  /** In so many milliseconds, as a spec says it. */
  in(ms: number): string {
    return new Date(this.clock.wallTimeMs() + ms).toISOString();
  }

  verdictOf(namespace: string): string {
    const status = this.server.postures.get(`namespace/${namespace}`);
    return `${status?.compliant ?? ''} ${status?.summary?.high ?? ''} failing ${status?.summary?.exempt ?? ''} exempt`;
  }

  activityOf(name: string): string {
    const active = this.server.statuses.get(name)?.conditions?.find(({ type }) => type === 'Active');
    return `${active?.status ?? ''} ${active?.reason ?? ''}`;
  }
}

const inShop = { subjects: [{ namespace: 'shop', name: 'default' }] };

describe('exemptions in the operator', () => {
  it('exempt what they describe, and say what that is', async () => {
    const cluster = await new Cluster().start();
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    cluster.put(exemptionObject({ name: 'accepted', generation: 3 }, inShop));
    await cluster.clock.advance(5_000);
    expect(cluster.verdictOf('shop')).to.equal('True 0 failing 1 exempt');
    expect(cluster.activityOf('accepted')).to.equal('True Active');
    expect(cluster.server.statuses.get('accepted')).to.deep.include({
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
    const cluster = await new Cluster().start();
    const { evaluator } = cluster.controller;
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
    const cluster = await new Cluster().start();
    const object = exemptionObject({ name: 'accepted' }, inShop);
    cluster.put(object);
    await cluster.rest();
    cluster.controller.exemptions.store.remove(object);
    await cluster.rest();
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
  });

  it('move with what they describe when they change', async () => {
    const cluster = await new Cluster().start();
    cluster.put(exemptionObject({ name: 'accepted' }, inShop));
    await cluster.rest();
    cluster.put(exemptionObject({ name: 'accepted' }, { subjects: [{ namespace: 'oth*' }] }));
    await cluster.rest();
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    expect(cluster.verdictOf('other')).to.equal('True 0 failing 1 exempt');
  });

  it('end at their moment, without any event', async () => {
    const cluster = await new Cluster().start();
    cluster.put(exemptionObject({ name: 'accepted' }, { ...inShop, expiresAt: cluster.in(90_000) }));
    await cluster.clock.advance(89_000);
    expect(cluster.verdictOf('shop')).to.equal('True 0 failing 1 exempt');
    await cluster.clock.advance(1_500);
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    await cluster.clock.advance(1_000);
    expect(cluster.activityOf('accepted')).to.equal('False Expired');
    expect(cluster.server.statuses.get('accepted')).to.deep.include({ matched: 0, matches: [] });
  });

  it('that ended before the operator started exempt nothing', async () => {
    const cluster = new Cluster();
    cluster.put(exemptionObject({ name: 'accepted' }, { ...inShop, expiresAt: cluster.in(-1_000) }));
    await cluster.start();
    expect(cluster.verdictOf('shop')).to.equal('False 1 failing 0 exempt');
    expect(cluster.activityOf('accepted')).to.equal('False Expired');
  });

  it('say why they exempt nothing', async () => {
    const cluster = await new Cluster().start();
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
    const cluster = new Cluster();
    for (let index = 0; index < 200; index += 1) {
      const metadata = { name: `old-${index}`, namespace: 'shop', creationTimestamp: '2026-01-01T00:00:00Z' };
      cluster.put(exemptionObject(metadata));
    }
    cluster.put(exemptionObject({ name: 'new', namespace: 'shop', creationTimestamp: '2026-02-01T00:00:00Z' }));
    await cluster.start();
    expect(cluster.activityOf('new')).to.equal('False TooMany');
    expect(cluster.activityOf('old-7')).to.equal('False NotPermitted');
    cluster.controller.exemptions.store.remove({ metadata: { name: 'old-7', namespace: 'shop' } });
    cluster.put(
      exemptionObject({ name: 'new', namespace: 'shop', creationTimestamp: '2026-02-01T00:00:00Z', generation: 1 }),
    );
    await cluster.rest();
    expect(cluster.activityOf('new')).to.equal('False NotPermitted');
  });

  it('write nothing while nothing changes, whatever day it becomes', async () => {
    const cluster = await new Cluster().start();
    cluster.put(exemptionObject({ name: 'accepted' }, { ...inShop, expiresAt: cluster.in(10 * 86_400_000) }));
    await cluster.rest();
    await cluster.clock.advance(3 * 86_400_000);
    expect(cluster.server.writes).to.deep.equal([]);
  });

  it('that flap are written at most once a second', async () => {
    const cluster = await new Cluster().start();
    for (let turn = 0; turn < 40; turn += 1) {
      const name = turn % 2 === 0 ? 'default' : 'build';
      cluster.put(exemptionObject({ name: 'accepted', generation: turn }, { subjects: [{ namespace: 'shop', name }] }));
      await cluster.clock.advance(100);
    }
    expect(cluster.server.writes.filter((write) => write === 'status accepted').length).to.be.within(2, 5);
  });

  it('by the ten thousand keep nobody waiting', async () => {
    const cluster = new Cluster();
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
