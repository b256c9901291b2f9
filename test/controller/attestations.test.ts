/** What the operator makes of attestations; that it holds on a real API server is shown in test/e2e. */
import { expect } from 'chai';

import type { AttestationSpec } from '../../src/api/v1alpha1/attestation.ts';
import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterPostureStatus } from '../../src/api/v1alpha1/cluster-security-posture.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import { alwaysAllow } from '../../src/rules/api-server/always-allow.ts';
import { everythingAllowed } from '../rules/evidence.ts';
import { FakeCluster } from './fake-cluster.ts';
import { oneServer } from '../../src/core/server-evidence.ts';

/** A cluster of which nobody may ask what unknown users are allowed. */
class BlindCluster extends FakeCluster {
  readonly #policies = new Map<string, { readonly spec: ClusterHardeningPolicySpec; readonly generation: number }>();
  #version = 0;

  constructor() {
    super([alwaysAllow]);
    this.server.onPolicyStatus = (name) => {
      this.#show(name);
    };
    this.putNamespace('shop');
  }

  static async start(evidence: Evidence = everythingAllowed('unobserved')): Promise<BlindCluster> {
    const cluster = new BlindCluster();
    cluster.controller.cluster.setEvidence(oneServer(evidence));
    cluster.controller.start();
    await cluster.rest();
    return cluster;
  }

  /** Until everything is written, and nothing of that is remembered. */
  async rest(): Promise<void> {
    await this.clock.advance(5_000);
    this.takeWrites();
    this.server.statusWrites.length = 0;
  }

  async attest(
    name: string,
    parts: Partial<AttestationSpec> = {},
    spec: ClusterHardeningPolicySpec = {},
  ): Promise<void> {
    const attestation: AttestationSpec = {
      fact: 'unknownUserAllowed',
      value: false,
      evidence: 'the guide of the provider',
      owner: 'platform',
      expiresAt: this.in(90_000),
      ...parts,
    };
    const generation = (this.#policies.get(name)?.generation ?? 0) + 1;
    this.#policies.set(name, { spec: { ...spec, attestations: [attestation] }, generation });
    this.#show(name);
    await this.clock.advance(3_000);
  }

  async remove(name: string): Promise<void> {
    this.#policies.delete(name);
    this.controller.policies.ofCluster.remove({ metadata: { name } });
    await this.clock.advance(3_000);
  }

  /** The watch shows it as it stands. */
  #show(name: string): void {
    const policy = this.#policies.get(name);
    this.#version += 1;
    if (policy !== undefined) this.putPolicy(name, policy.spec, policy.generation, String(this.#version));
  }

  /** In so many milliseconds, as a spec says it. */
  in(ms: number): string {
    return new Date(this.clock.wallTimeMs() + ms).toISOString();
  }

  get verdict(): string | undefined {
    return this.statusOf('cluster')?.compliant;
  }

  get input(): NonNullable<ClusterPostureStatus['inputs']>[number] | undefined {
    const status = this.statusOf('cluster');
    return status?.inputs?.find(({ source }) => source === 'unknownUserAllowed');
  }

  ignoredOf(name: string): readonly string[] {
    const ignored = this.server.policyStatuses.get(name)?.ignored ?? [];
    return ignored.map(({ path, reason }) => `${path} ${reason}`);
  }

  readyOf(name: string): string {
    const [ready] = this.server.policyStatuses.get(name)?.conditions ?? [];
    return `${ready?.status ?? ''} ${ready?.reason ?? ''}: ${ready?.message ?? ''}`;
  }
}

describe('attestations in the operator', () => {
  it('decide what nobody could observe, and are shown as what they are', async () => {
    const cluster = await BlindCluster.start();
    expect(cluster.verdict).to.equal('Unknown');
    const expiresAt = cluster.in(90_000);
    await cluster.attest('base', { expiresAt });
    expect(cluster.verdict).to.equal('True');
    const said = `attested by platform in ClusterHardeningPolicy "base" until ${expiresAt} (the guide of the provider); not observed: nobody asked`;
    expect(cluster.input).to.deep.equal({ source: 'unknownUserAllowed', state: 'attested', message: said });
    const status = cluster.statusOf('cluster') as ClusterPostureStatus;
    expect(status.apiServer).to.equal('NotVisible');
    const complete = status.conditions?.find(({ type }) => type === 'InputsComplete');
    expect(complete?.message).to.include('minorVersion: nobody asked');
    expect(cluster.ignoredOf('base')).to.deep.equal([]);
    expect(cluster.readyOf('base')).to.equal('True Accepted: the policy is in force');
  });

  it('of a failure make it one, and the finding says by whom', async () => {
    const cluster = await BlindCluster.start();
    const expiresAt = cluster.in(90_000);
    await cluster.attest('base', { value: true, expiresAt });
    expect(cluster.verdict).to.equal('False');
    expect(cluster.statusOf('cluster')?.findings?.[0]?.message).to.equal(
      `unknownUserAllowed is true (the guide of the provider); set the authorization mode to Node,RBAC, or take the type AlwaysAllow out of the AuthorizationConfiguration; attested by platform in ClusterHardeningPolicy "base" until ${expiresAt}`,
    );
  });

  it('end at their moment without any event, and say so once', async () => {
    const cluster = await BlindCluster.start();
    await cluster.attest('base');
    await cluster.clock.advance(80_000);
    expect(cluster.verdict).to.equal('True');
    cluster.takeWrites();
    cluster.server.statusWrites.length = 0;
    await cluster.clock.advance(10_000);
    expect(cluster.verdict).to.equal('Unknown');
    expect(cluster.input?.state).to.equal('unobserved');
    expect(cluster.ignoredOf('base')).to.deep.equal(['spec.attestations[0] Expired']);
    expect(cluster.readyOf('base')).to.equal(
      'True PartlyIgnored: the policy is in force; one of its attestations counts for nothing: see status.ignored',
    );
    expect([cluster.takeWrites(), cluster.server.statusWrites]).to.deep.equal([['put cluster'], ['base']]);
  });

  it('cost no write while they count, however long', async () => {
    const cluster = await BlindCluster.start();
    await cluster.attest('base', { expiresAt: cluster.in(30 * 86_400_000) });
    await cluster.rest();
    await cluster.clock.advance(86_400_000);
    expect([cluster.takeWrites(), cluster.server.statusWrites]).to.deep.equal([[], []]);
  });

  it('that had ended before they were read decide nothing', async () => {
    const cluster = await BlindCluster.start();
    await cluster.attest('base', { expiresAt: cluster.in(-1_000) });
    expect(cluster.verdict).to.equal('Unknown');
    expect(cluster.ignoredOf('base')).to.deep.equal(['spec.attestations[0] Expired']);
  });

  it('that had been read before the operator started end, too', async () => {
    const cluster = new BlindCluster();
    await cluster.attest('base');
    cluster.controller.cluster.setEvidence(oneServer(everythingAllowed('unobserved')));
    cluster.controller.start();
    await cluster.rest();
    expect(cluster.verdict).to.equal('True');
    await cluster.clock.advance(90_000);
    expect(cluster.verdict).to.equal('Unknown');
  });

  it('give way to an observation, and the policy says that it contradicts', async () => {
    const cluster = await BlindCluster.start();
    await cluster.attest('base');
    cluster.controller.cluster.setEvidence(oneServer(everythingAllowed(true)));
    await cluster.clock.advance(2_000);
    expect(cluster.verdict).to.equal('False');
    expect(cluster.input?.state).to.equal('observed');
    expect(cluster.ignoredOf('base')).to.deep.equal(['spec.attestations[0] Contradicted']);
    cluster.controller.cluster.setEvidence(oneServer(everythingAllowed(false)));
    await cluster.clock.advance(2_000);
    expect(cluster.ignoredOf('base')).to.deep.equal(['spec.attestations[0] Observed']);
  });

  it('count again where nobody can observe any more', async () => {
    const cluster = await BlindCluster.start(everythingAllowed(false));
    await cluster.attest('base');
    expect(cluster.ignoredOf('base')).to.deep.equal(['spec.attestations[0] Observed']);
    cluster.controller.cluster.setEvidence(oneServer(everythingAllowed('unobserved')));
    await cluster.clock.advance(2_000);
    expect([cluster.verdict, cluster.input?.state]).to.deep.equal(['True', 'attested']);
    expect(cluster.ignoredOf('base')).to.deep.equal([]);
  });

  it('give way to those of a stronger policy, and count when that is gone', async () => {
    const cluster = await BlindCluster.start();
    await cluster.attest('base');
    await cluster.attest('strong', { value: true }, { priority: 10 });
    expect(cluster.verdict).to.equal('False');
    expect(cluster.ignoredOf('base')).to.deep.equal(['spec.attestations[0] Overruled']);
    await cluster.remove('strong');
    expect(cluster.verdict).to.equal('True');
    expect(cluster.ignoredOf('base')).to.deep.equal([]);
  });

  it('decide nothing in a policy that is about namespaces', async () => {
    const cluster = await BlindCluster.start();
    await cluster.attest('some', {}, { namespaces: ['*'] });
    expect(cluster.verdict).to.equal('Unknown');
    expect(cluster.ignoredOf('some')).to.deep.equal(['spec.attestations[0] NotOfCluster']);
  });

  it('decide nothing while nobody may read policies, and the same as before once somebody may', async () => {
    const cluster = await BlindCluster.start();
    await cluster.attest('base');
    cluster.controller.observePolicies({ source: 'ClusterHardeningPolicy', state: 'forbidden', message: 'refused' });
    await cluster.clock.advance(2_000);
    expect(cluster.input?.state).to.equal('unobserved');
    cluster.controller.observePolicies({ source: 'ClusterHardeningPolicy', state: 'observed', message: '' });
    await cluster.clock.advance(2_000);
    expect([cluster.verdict, cluster.input?.state]).to.deep.equal(['True', 'attested']);
  });

  it('that cannot be are refused with their policy, and what it last said stays in force', async () => {
    const cluster = await BlindCluster.start();
    await cluster.attest('base');
    await cluster.attest('base', { value: 'no' });
    expect(cluster.readyOf('base')).to.equal(
      'False InvalidAttestation: spec.attestations[0].value is "no", and unknownUserAllowed must be true or false; generation 1 stays in force',
    );
    expect([cluster.verdict, cluster.input?.state]).to.deep.equal(['True', 'attested']);
  });
});
