import { expect } from 'chai';

import type { HardeningRemediation } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { RemediationStore } from '../../src/controller/remediation-store.ts';

function record(resourceVersion: string, state: 'Proposed' | 'Applied', name = 'one'): HardeningRemediation {
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'HardeningRemediation',
    metadata: { name, namespace: 'shop', resourceVersion },
    status: { state },
  };
}

describe('RemediationStore', () => {
  let nowMs: number;
  let changes: string[];
  let store: RemediationStore;

  beforeEach(() => {
    nowMs = 0;
    changes = [];
    store = new RemediationStore(
      ({ metadata: { namespace = '', name }, status }) => {
        const isGone = store.get(namespace, name) === undefined;
        changes.push(`${name} ${isGone ? 'is gone' : String(status?.state)}`);
      },
      () => nowMs,
    );
  });
  const stateOf = (name = 'one') => store.get('shop', name)?.status?.state;

  it('tells what became of a record, once for each version', () => {
    store.upsert(record('1', 'Proposed'));
    store.upsert(record('1', 'Proposed'));
    store.upsert(record('2', 'Applied'));
    expect(changes).to.deep.equal(['one Proposed', 'one Applied']);
    expect(stateOf()).to.equal('Applied');
  });

  it('knows an own write before the watch shows it, and is not set back by what the watch still brings', () => {
    store.upsert(record('1', 'Proposed'));
    store.written(record('3', 'Applied'));
    store.upsert(record('2', 'Proposed'));
    expect(stateOf()).to.equal('Applied');
    store.upsert(record('3', 'Applied'));
    store.upsert(record('4', 'Proposed'));
    expect(stateOf()).to.equal('Proposed');
  });

  it('does not take an own write for newer than what the watch has shown already', () => {
    store.upsert(record('4', 'Proposed'));
    store.written(record('3', 'Applied'));
    expect(stateOf()).to.equal('Proposed');
  });

  it('believes the watch again when an own write has not come back for long: the cluster was restored', () => {
    store.written(record('900', 'Applied'));
    nowMs = 10_001;
    store.upsert(record('5', 'Proposed'));
    expect(stateOf()).to.equal('Proposed');
  });

  it('forgets what is deleted, but not what was made anew since', () => {
    store.upsert(record('1', 'Applied'));
    store.remove(record('2', 'Applied'));
    expect(store.list('shop')).to.deep.equal([]);
    expect(changes.at(-1)).to.equal('one is gone');
    store.written(record('5', 'Proposed'));
    store.remove(record('4', 'Applied'));
    expect(stateOf()).to.equal('Proposed');
  });

  it('does not hold for there what the watch has shown deleted before the answer to the last write came', () => {
    store.upsert(record('1', 'Proposed'));
    store.remove(record('3', 'Proposed'));
    store.written(record('2', 'Applied'));
    expect(store.list('shop')).to.deep.equal([]);
    expect(changes).to.deep.equal(['one Proposed', 'one is gone', 'one is gone']);
    expect(store.lost('namespace/shop')).to.have.length(1);
    store.written(record('4', 'Applied'));
    expect(stateOf()).to.equal('Applied');
  });

  it('nor what was written and deleted while the watch was cut off, once everything is shown', () => {
    store.written(record('2', 'Applied'));
    store.written(record('9', 'Applied', 'two'));
    store.upsert(record('3', 'Applied', 'three'));
    store.listed('5');
    expect(store.list('shop').map(({ metadata }) => metadata.name)).to.deep.equal(['two', 'three']);
    expect(changes.at(-1)).to.equal('one is gone');
    expect(store.lost('namespace/shop').map(({ metadata }) => metadata.name)).to.deep.equal(['one']);
  });

  it('does not forget one that somebody has made since what is absent', () => {
    const made = (uid: string, resourceVersion: string): HardeningRemediation => {
      const { metadata, ...rest } = record(resourceVersion, 'Proposed');
      return { ...rest, metadata: { ...metadata, uid } };
    };
    store.upsert(made('a', '1'));
    store.upsert(made('b', '3'));
    store.absent(made('a', '1'));
    expect(store.get('shop', 'one')?.metadata.uid).to.equal('b');
    store.absent(made('b', '3'));
    expect(store.list('shop')).to.deep.equal([]);
  });

  it('lists the records of a namespace', () => {
    store.upsert(record('1', 'Applied'));
    store.upsert(record('2', 'Proposed', 'two'));
    expect(store.list('shop').map(({ metadata }) => metadata.name)).to.deep.equal(['one', 'two']);
    store.absent(record('2', 'Proposed', 'two'));
    expect(store.list('shop').map(({ metadata }) => metadata.name)).to.deep.equal(['one']);
  });

  it('keeps what somebody has deleted of a repair that was done, until somebody has looked for it', () => {
    store.upsert(record('1', 'Applied'));
    store.upsert(record('2', 'Proposed', 'two'));
    store.remove(record('3', 'Applied'));
    store.remove(record('4', 'Proposed', 'two'));
    expect(store.lost('namespace/bank')).to.deep.equal([]);
    const lost = store.lost('namespace/shop');
    expect(lost.map(({ metadata }) => metadata.name)).to.deep.equal(['one']);
    // Made again and deleted again meanwhile, it has to be looked for once more.
    store.upsert(record('5', 'Applied'));
    store.remove(record('6', 'Applied'));
    store.lookedFor(lost);
    expect(store.lost('namespace/shop')).to.have.length(1);
    store.lookedFor(store.lost('namespace/shop'));
    expect(store.lost('namespace/shop')).to.deep.equal([]);
  });
});
