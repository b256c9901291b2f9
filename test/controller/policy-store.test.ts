import { expect } from 'chai';

import type {
  ClusterHardeningPolicy,
  ClusterHardeningPolicySpec,
} from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { PolicyStore } from '../../src/controller/policy-store.ts';
import { judgePolicy } from '../../src/core/policy-status.ts';
import type { JudgedPolicy } from '../../src/core/policy-status.ts';
import { ruleNamed } from '../core/finding-of.ts';

const good: ClusterHardeningPolicySpec = { threshold: 'low' };
const better: ClusterHardeningPolicySpec = { threshold: 'info' };
const broken: ClusterHardeningPolicySpec = { rules: [{ rule: 'gone' }] };
const brokenOtherwise: ClusterHardeningPolicySpec = { rules: [{ rule: 'also-gone' }] };

function policy(
  generation: number,
  spec: ClusterHardeningPolicySpec,
  { uid = 'u1', accepted }: { readonly uid?: string; readonly accepted?: ClusterHardeningPolicySpec } = {},
): ClusterHardeningPolicy {
  return {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: 'ClusterHardeningPolicy',
    metadata: { name: 'strict', uid, generation },
    spec,
    ...(accepted === undefined ? {} : { status: { accepted: { generation: generation - 1, spec: accepted } } }),
  };
}

class StoreProbe {
  readonly store = new PolicyStore<JudgedPolicy>(
    (object, remembered) => judgePolicy(object, [ruleNamed('pod-privileged')], remembered),
    (name, { isInForceChanged }) => {
      this.#changes.push(isInForceChanged ? `${name}: in force` : name);
    },
  );
  readonly #changes: string[] = [];

  takeChanges(): readonly string[] {
    return this.#changes.splice(0);
  }

  /** The version in force of each policy that has one. */
  get inForce(): readonly string[] {
    return this.store.states().flatMap(({ accepted }) => {
      if (accepted === undefined) return [];
      const { name, generation, spec } = accepted;
      return [`${name} ${generation} ${spec.threshold ?? ''}`];
    });
  }
}

describe('the store of policies', () => {
  it('puts a good policy in force', () => {
    const probe = new StoreProbe();
    probe.store.upsert(policy(1, good));
    expect(probe.inForce).to.deep.equal(['strict 1 low']);
    expect(probe.takeChanges()).to.deep.equal(['strict: in force']);
    expect(probe.store.get('strict')?.problem).to.equal(undefined);
    expect([...probe.store.names()]).to.deep.equal(['strict']);
  });

  it('puts a new version in force that is good', () => {
    const probe = new StoreProbe();
    probe.store.upsert(policy(1, good));
    probe.takeChanges();
    probe.store.upsert(policy(2, better));
    expect(probe.inForce).to.deep.equal(['strict 2 info']);
    expect(probe.takeChanges()).to.deep.equal(['strict: in force']);
  });

  it('tells a change of nothing but the status from one of what is in force', () => {
    const probe = new StoreProbe();
    probe.store.upsert(policy(1, good));
    probe.takeChanges();
    probe.store.upsert({ ...policy(1, good), status: { matchedNamespaces: 3 } });
    expect(probe.takeChanges()).to.deep.equal(['strict']);
  });

  it('puts a policy out of force that is removed', () => {
    const probe = new StoreProbe();
    probe.store.upsert(policy(1, good));
    probe.takeChanges();
    probe.store.remove({ metadata: { name: 'strict' } });
    expect(probe.inForce).to.deep.equal([]);
    expect(probe.store.get('strict')).to.equal(undefined);
    expect(probe.takeChanges()).to.deep.equal(['strict: in force']);
    probe.store.remove({ metadata: { name: 'strict' } });
    expect(probe.takeChanges()).to.deep.equal([]);
  });

  it('puts no policy in force that was never good', () => {
    const probe = new StoreProbe();
    probe.store.upsert(policy(1, broken));
    expect(probe.inForce).to.deep.equal([]);
    expect(probe.store.get('strict')?.problem?.reason).to.equal('UnknownRule');
  });

  describe('keeps the last good version in force', () => {
    it('while the present one is broken, and says so', () => {
      const probe = new StoreProbe();
      probe.store.upsert(policy(1, good));
      probe.takeChanges();
      probe.store.upsert(policy(2, broken));
      expect(probe.inForce).to.deep.equal(['strict 1 low']);
      expect(probe.store.get('strict')?.problem?.reason).to.equal('UnknownRule');
      expect(probe.takeChanges()).to.deep.equal(['strict: in force']);
    });

    it('over several broken ones', () => {
      const probe = new StoreProbe();
      probe.store.upsert(policy(1, good));
      probe.store.upsert(policy(2, broken));
      probe.takeChanges();
      probe.store.upsert(policy(3, brokenOtherwise));
      expect(probe.inForce).to.deep.equal(['strict 1 low']);
      expect(probe.takeChanges()).to.deep.equal(['strict: in force']);
    });

    it('until a good one comes', () => {
      const probe = new StoreProbe();
      probe.store.upsert(policy(1, good));
      probe.store.upsert(policy(2, broken));
      probe.store.upsert(policy(3, better));
      expect(probe.inForce).to.deep.equal(['strict 3 info']);
      expect(probe.store.get('strict')?.problem).to.equal(undefined);
    });

    it('from its status, after a restart', () => {
      const probe = new StoreProbe();
      probe.store.upsert(policy(2, broken, { accepted: good }));
      expect(probe.inForce).to.deep.equal(['strict 1 low']);
    });

    it('from memory, whatever somebody writes into its status', () => {
      const probe = new StoreProbe();
      probe.store.upsert(policy(1, good));
      probe.store.upsert(policy(3, broken, { accepted: better }));
      expect(probe.inForce).to.deep.equal(['strict 1 low']);
    });

    it('not from a status that is broken itself', () => {
      const probe = new StoreProbe();
      probe.store.upsert(policy(2, broken, { accepted: brokenOtherwise }));
      expect(probe.inForce).to.deep.equal([]);
    });

    it('not from another policy of the same name', () => {
      const probe = new StoreProbe();
      probe.store.upsert(policy(1, good, { uid: 'u1' }));
      probe.store.upsert(policy(1, broken, { uid: 'u2' }));
      expect(probe.inForce).to.deep.equal([]);
    });

    it('not after it was removed', () => {
      const probe = new StoreProbe();
      probe.store.upsert(policy(1, good));
      probe.store.remove({ metadata: { name: 'strict' } });
      probe.store.upsert(policy(2, broken));
      expect(probe.inForce).to.deep.equal([]);
    });
  });
});
