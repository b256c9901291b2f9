import { expect } from 'chai';

import type { PostureStatus } from '../../src/api/v1alpha1/posture-status.ts';
import { digestOf, digestsOf, PostureStore } from '../../src/controller/posture-store.ts';
import type { PostureObject } from '../../src/controller/posture-store.ts';
import { FakeClock } from './fake-clock.ts';

const shop = 'namespace/shop';

/** What an operator wrote in its n-th status. */
function statusOf(changedTime: string): PostureStatus {
  return { compliant: 'True', changedTime };
}
const first = statusOf('2026-11-24T16:00:01Z');
const second = statusOf('2026-11-24T16:00:02Z');
const forged = statusOf('1999-01-01T00:00:00Z');

function posture(resourceVersion: string, status?: PostureStatus): PostureObject {
  return {
    metadata: { name: 'current', namespace: 'shop', resourceVersion },
    ...(status === undefined ? {} : { status }),
  };
}

class StoreProbe {
  readonly clock = new FakeClock();
  readonly store = new PostureStore(
    (scope) => {
      this.#changes.push(scope);
    },
    () => this.clock.now(),
  );
  readonly #changes: string[] = [];

  /** The scopes that are due since the last time somebody asked. */
  takeChanges(): readonly string[] {
    return this.#changes.splice(0);
  }

  /** What stands in the cluster, as far as the store knows. */
  get resourceVersion(): string | undefined {
    return this.store.get(shop)?.resourceVersion;
  }

  /** Whether what stands is that status. */
  holds(status: PostureStatus): boolean {
    return this.store.get(shop)?.digest === digestsOf(status).whole;
  }
}

describe('the store of postures', () => {
  it('knows nothing at first', () => {
    const { store } = new StoreProbe();
    expect(store.get(shop)).to.equal(undefined);
    expect(store.carriedOf(shop)).to.equal(undefined);
  });

  it('asks for a posture to be judged that it sees for the first time', () => {
    const probe = new StoreProbe();
    probe.store.upsert(posture('10', first));
    expect(probe.takeChanges()).to.deep.equal([shop]);
    expect(probe.holds(first)).to.equal(true);
    expect(probe.resourceVersion).to.equal('10');
  });

  it('holds on to the times of a status that was found right, whatever somebody writes over them', () => {
    const { store } = new StoreProbe();
    store.upsert(posture('10', first));
    store.confirmed(shop, first);
    store.upsert(posture('11', forged));
    expect(store.carriedOf(shop)).to.deep.equal(first);
  });

  it('holds on to what was written, also where that is found right', () => {
    const { store } = new StoreProbe();
    store.written(shop, posture('10', second), second);
    store.confirmed(shop, forged);
    expect(store.carriedOf(shop)).to.deep.equal(second);
  });

  it('asks for a posture to be judged that somebody made without a status', () => {
    const probe = new StoreProbe();
    probe.store.upsert(posture('10'));
    expect(probe.takeChanges()).to.deep.equal([shop]);
    expect(probe.store.get(shop)?.digest).to.equal(undefined);
  });

  it('knows the posture of the cluster by its name', () => {
    const probe = new StoreProbe();
    probe.store.upsert({ metadata: { name: 'cluster', resourceVersion: '10' }, status: first });
    expect(probe.takeChanges()).to.deep.equal(['cluster']);
    expect(probe.store.get('cluster')?.resourceVersion).to.equal('10');
  });

  it('takes no notice of objects of other names', () => {
    const probe = new StoreProbe();
    probe.store.upsert({ metadata: { name: 'other', namespace: 'shop', resourceVersion: '10' }, status: first });
    probe.store.upsert({ metadata: { name: 'other', resourceVersion: '10' }, status: first });
    probe.store.remove({ metadata: { name: 'other', namespace: 'shop' } });
    expect(probe.takeChanges()).to.deep.equal([]);
  });

  describe('hears of an own write', () => {
    it('and is not told by the watch what it knows', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('10', first), first);
      expect(probe.takeChanges()).to.deep.equal([]);
      probe.store.upsert(posture('10', first));
      expect(probe.takeChanges()).to.deep.equal([]);
      expect(probe.resourceVersion).to.equal('10');
    });

    it('and is not taken back by events that are older than it', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('9'));
      probe.takeChanges();
      probe.store.written(shop, posture('10', first), first);
      probe.store.written(shop, posture('11', second), second);
      probe.store.upsert(posture('9'));
      probe.store.upsert(posture('10', first));
      expect(probe.takeChanges()).to.deep.equal([]);
      expect(probe.resourceVersion).to.equal('11');
      probe.store.upsert(posture('11', second));
      expect(probe.takeChanges()).to.deep.equal([]);
    });

    it('and sees what somebody wrote after it', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('10', first), first);
      probe.store.upsert(posture('10', first));
      probe.store.upsert(posture('11', forged));
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.holds(forged)).to.equal(true);
      expect(probe.resourceVersion).to.equal('11');
    });

    it('and sees what somebody wrote after it, although the watch never showed it', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('10', first), first);
      probe.store.upsert(posture('11', forged));
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.holds(forged)).to.equal(true);
    });

    it('after the watch has shown it', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.takeChanges();
      probe.store.written(shop, posture('10', first), first);
      probe.store.upsert(posture('11', forged));
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.holds(forged)).to.equal(true);
    });

    it('after the watch has shown what somebody wrote over it', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.store.upsert(posture('11', forged));
      probe.takeChanges();
      probe.store.written(shop, posture('10', first), first);
      expect(probe.holds(forged)).to.equal(true);
      expect(probe.resourceVersion).to.equal('11');
      probe.store.upsert(posture('12', second));
      expect(probe.takeChanges()).to.deep.equal([shop]);
    });

    it('and compares versions as numbers', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('100', first), first);
      probe.store.upsert(posture('99', forged));
      expect(probe.takeChanges()).to.deep.equal([]);
      expect(probe.resourceVersion).to.equal('100');
    });

    it('and believes the watch again that starts over before it, once the echo is overdue', async () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('10', first), first);
      await probe.clock.advance(10_000);
      probe.store.upsert(posture('3', forged));
      expect(probe.takeChanges()).to.deep.equal([]);
      await probe.clock.advance(1);
      probe.store.upsert(posture('3', forged));
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.holds(forged)).to.equal(true);
    });
  });

  describe('believes in no posture that is gone', () => {
    const removed = (resourceVersion: string) => ({
      metadata: { name: 'current', namespace: 'shop', resourceVersion },
    });

    it('where the watch was cut off before it showed the write, and the posture was deleted meanwhile', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('10', first), first);
      probe.store.listed('namespaces', '12');
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.store.get(shop)).to.equal(undefined);
    });

    it('where the answer to the write comes after the watch has shown the write and the deletion', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.store.remove(removed('11'));
      probe.takeChanges();
      probe.store.written(shop, posture('10', first), first);
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.store.get(shop)).to.equal(undefined);
    });

    it('where the answer to the write comes after a list without it', () => {
      const probe = new StoreProbe();
      probe.store.listed('namespaces', '12');
      probe.store.written(shop, posture('10', first), first);
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.store.get(shop)).to.equal(undefined);
    });

    it('where the API server says so', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.takeChanges();
      probe.store.absent(shop);
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.store.get(shop)).to.equal(undefined);
    });

    it('but in one that was written after the list was made', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('13', first), first);
      probe.store.listed('namespaces', '12');
      expect(probe.takeChanges()).to.deep.equal([]);
      expect(probe.resourceVersion).to.equal('13');
    });

    it('but in one that the list shows, or that was known before the write', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('10', first), first);
      probe.store.upsert(posture('10', first));
      probe.store.listed('namespaces', '12');
      probe.store.written(shop, posture('14', second), second);
      expect(probe.takeChanges()).to.deep.equal([]);
      expect(probe.resourceVersion).to.equal('14');
    });

    it('but in one of the other kind', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('10', first), first);
      probe.store.listed('cluster', '12');
      expect(probe.takeChanges()).to.deep.equal([]);
      expect(probe.resourceVersion).to.equal('10');
    });
  });

  describe('sees what people do', () => {
    it('where they change a status', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.takeChanges();
      probe.store.upsert(posture('11', forged));
      expect(probe.takeChanges()).to.deep.equal([shop]);
    });

    it('where they add a field to a status', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.takeChanges();
      probe.store.upsert(posture('11', { ...first, policy: 'mine' }));
      expect(probe.takeChanges()).to.deep.equal([shop]);
    });

    it('where they take the status away', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.takeChanges();
      probe.store.upsert(posture('11'));
      expect(probe.takeChanges()).to.deep.equal([shop]);
    });

    it('and is content where they change something else, of which the next write must know the version', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.takeChanges();
      probe.store.upsert(posture('11', structuredClone(first)));
      expect(probe.takeChanges()).to.deep.equal([]);
      expect(probe.resourceVersion).to.equal('11');
    });

    it('where they delete a posture', () => {
      const probe = new StoreProbe();
      probe.store.upsert(posture('10', first));
      probe.takeChanges();
      probe.store.remove({ metadata: { name: 'current', namespace: 'shop' } });
      expect(probe.takeChanges()).to.deep.equal([shop]);
      expect(probe.store.get(shop)).to.equal(undefined);
    });

    it('where they delete a posture whose write the watch has not shown yet', () => {
      const probe = new StoreProbe();
      probe.store.written(shop, posture('10', first), first);
      probe.store.remove({ metadata: { name: 'current', namespace: 'shop' } });
      expect(probe.takeChanges()).to.deep.equal([shop]);
      probe.store.upsert(posture('7', forged));
      expect(probe.takeChanges()).to.deep.equal([shop]);
    });

    it('and is content where a posture is deleted that it does not know', () => {
      const probe = new StoreProbe();
      probe.store.remove({ metadata: { name: 'current', namespace: 'shop' } });
      expect(probe.takeChanges()).to.deep.equal([]);
    });
  });

  describe('knows whether what stands says the same', () => {
    const finding = {
      rule: 'a-rule',
      severity: 'high',
      outcome: 'fail',
      subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
      message: 'it is wrong',
    } as const;
    const withPods = (pods: number): PostureStatus => ({ ...first, findings: [{ ...finding, pods }] });

    it('although more pods are concerned', () => {
      const { store } = new StoreProbe();
      store.written(shop, posture('10', withPods(3)), withPods(3));
      expect(store.says(shop, withPods(4))).to.equal(true);
    });

    it('not where anything else is different', () => {
      const { store } = new StoreProbe();
      store.written(shop, posture('10', withPods(3)), withPods(3));
      expect(store.says(shop, { ...withPods(3), policy: 'strict' })).to.equal(false);
      expect(store.says(shop, first)).to.equal(false);
    });

    it('not where somebody else wrote another number of pods', () => {
      const { store } = new StoreProbe();
      store.written(shop, posture('10', withPods(3)), withPods(3));
      store.upsert(posture('11', withPods(300)));
      expect(store.says(shop, withPods(3))).to.equal(false);
    });

    it('not after a restart, where other pods run than were written', () => {
      const { store } = new StoreProbe();
      store.upsert(posture('10', withPods(3)));
      expect(store.says(shop, withPods(4))).to.equal(false);
      expect(store.says(shop, withPods(3))).to.equal(true);
    });

    it('not where nothing stands', () => {
      expect(new StoreProbe().store.says(shop, first)).to.equal(false);
    });
  });

  describe('carries on the times', () => {
    it('of what stands, where nothing was written yet', () => {
      const { store } = new StoreProbe();
      store.upsert(posture('10', first));
      expect(store.carriedOf(shop)).to.deep.equal(first);
    });

    it('of what was written, whatever somebody writes over it', () => {
      const { store } = new StoreProbe();
      store.written(shop, posture('10', first), first);
      store.upsert(posture('10', first));
      store.upsert(posture('11', forged));
      expect(store.carriedOf(shop)).to.deep.equal(first);
    });

    it('of what was written, also where the posture was deleted', () => {
      const { store } = new StoreProbe();
      store.written(shop, posture('10', first), first);
      store.remove({ metadata: { name: 'current', namespace: 'shop' } });
      store.written(shop, posture('12'), undefined);
      expect(store.carriedOf(shop)).to.deep.equal(first);
    });

    it('of what was written, also where somebody wrote over it before it was known to be written', () => {
      const { store } = new StoreProbe();
      store.upsert(posture('11', forged));
      store.written(shop, posture('10', first), first);
      expect(store.carriedOf(shop)).to.deep.equal(first);
    });

    it('of nothing, where the scope was forgotten', () => {
      const { store } = new StoreProbe();
      store.written(shop, posture('10', first), first);
      store.remove({ metadata: { name: 'current', namespace: 'shop' } });
      store.forget(shop);
      expect(store.carriedOf(shop)).to.equal(undefined);
    });

    it('and no findings', () => {
      const { store } = new StoreProbe();
      const status: PostureStatus = { ...first, findings: [], conditions: [], policy: 'default' };
      store.written(shop, posture('10', status), status);
      expect(store.carriedOf(shop)).to.deep.equal({ ...first, conditions: [] });
    });
  });
});

describe('the digest of a status', () => {
  it('is the same in whatever order its fields come', () => {
    expect(digestOf({ a: 1, b: { c: [1, { d: 2, e: 3 }] } })).to.equal(
      digestOf({ b: { c: [1, { e: 3, d: 2 }] }, a: 1 }),
    );
  });

  it('is the same where names look like numbers, which have an order of their own', () => {
    expect(digestOf({ a: { 10: 1, 9: 2 }, 1: 0 })).to.equal(digestOf({ 1: 0, a: { 9: 2, 10: 1 } }));
  });

  it('is the same for a copy, with a field that only looks like a prototype', () => {
    const json = '{"b":{"__proto__":{"c":1}},"a":1}';
    expect(digestOf(JSON.parse(json))).to.equal(digestOf(JSON.parse('{"a":1,"b":{"__proto__":{"c":1}}}')));
    expect(digestOf(JSON.parse(json))).not.to.equal(digestOf(JSON.parse('{"a":1,"b":{}}')));
  });

  it('differs where a value differs', () => {
    expect(digestOf({ a: 1 })).not.to.equal(digestOf({ a: '1' }));
  });

  it('differs where the order of a list differs', () => {
    expect(digestOf([1, 2])).not.to.equal(digestOf([2, 1]));
  });

  it('differs where a field is there', () => {
    expect(digestOf({ a: 1, b: null })).not.to.equal(digestOf({ a: 1 }));
  });

  it('is that of the JSON, in which a field without a value is not', () => {
    expect(digestOf({ a: 1, b: undefined })).to.equal(digestOf({ a: 1 }));
  });
});
