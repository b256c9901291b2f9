import { expect } from 'chai';

import type { AttestationSpec } from '../../src/api/v1alpha1/attestation.ts';
import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import {
  accountForAttestations,
  attest,
  findAttestationProblem,
  findIgnoredAttestations,
  listAttestations,
} from '../../src/core/attestation.ts';
import { isObserved } from '../../src/core/evidence.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { AcceptedPolicy } from '../../src/core/accepted-policy.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const later = '2027-01-31T00:00:00Z';
const unobserved = { unobserved: 'nobody may ask' };
const nothing: Evidence = { anonymousRequests: unobserved, unknownUserAllowed: unobserved, minorVersion: unobserved };
const refused: Evidence['unknownUserAllowed'] = {
  value: false,
  source: 'SubjectAccessReview',
  confidence: 'high',
  detail: 'a user that nobody knows is refused',
};

function attestation(parts: Partial<AttestationSpec> = {}): AttestationSpec {
  return {
    fact: 'unknownUserAllowed',
    value: false,
    evidence: 'the guide of the provider',
    owner: 'platform',
    expiresAt: later,
    ...parts,
  };
}
function policy(name: string, attestations: readonly AttestationSpec[], spec: ClusterHardeningPolicySpec = {}) {
  return { name, generation: 1, spec: { ...spec, attestations } } satisfies AcceptedPolicy;
}
const valueIn = ({ unknownUserAllowed: fact }: Evidence) => (isObserved(fact) ? fact.value : undefined);

describe('an attestation', () => {
  it('fills a fact that nobody observed, and is shown as what it is', () => {
    const evidence = attest(nothing, listAttestations([policy('base', [attestation()])]), now);
    expect(evidence).to.deep.equal({
      ...nothing,
      unknownUserAllowed: {
        value: false,
        source: 'attestation',
        confidence: 'attested',
        detail: 'unknownUserAllowed is false (the guide of the provider)',
        attestation: {
          said: 'attested by platform in ClusterHardeningPolicy "base" until 2027-01-31T00:00:00Z',
          evidence: 'the guide of the provider',
          insteadOf: 'nobody may ask',
        },
      },
    });
  });

  it('never beats an observation', () => {
    const observed = { ...nothing, unknownUserAllowed: refused };
    const attestations = listAttestations([policy('base', [attestation({ value: true })])]);
    expect(attest(observed, attestations, now)).to.equal(observed);
  });

  it('ends at its moment, not one millisecond later', () => {
    const attestations = listAttestations([policy('base', [attestation()])]);
    expect(valueIn(attest(nothing, attestations, Date.parse(later) - 1))).to.equal(false);
    expect(attest(nothing, attestations, Date.parse(later))).to.equal(nothing);
  });

  it('ends at its moment wherever on the earth it was written', () => {
    const attestations = listAttestations([policy('base', [attestation({ expiresAt: '2027-01-31T02:00:00+02:00' })])]);
    expect(valueIn(attest(nothing, attestations, Date.parse(later) - 1))).to.equal(false);
    expect(attest(nothing, attestations, Date.parse(later))).to.equal(nothing);
  });

  it('of the policy with the highest priority counts, then of the first by name', () => {
    const weak = policy('a', [attestation({ value: false })]);
    const strong = policy('z', [attestation({ value: true })], { priority: 10 });
    expect(valueIn(attest(nothing, listAttestations([weak, strong]), now))).to.equal(true);
    const equal = policy('b', [attestation({ value: true })]);
    expect(valueIn(attest(nothing, listAttestations([equal, weak]), now))).to.equal(false);
  });

  it('that has ended leaves it to weaker policies', () => {
    const ended = policy('a', [attestation({ expiresAt: '2026-11-26T12:00:00Z' })], { priority: 10 });
    const weaker = policy('b', [attestation({ value: true })]);
    expect(valueIn(attest(nothing, listAttestations([ended, weaker]), now))).to.equal(true);
  });

  it('counts only in a policy that concerns the cluster itself', () => {
    const some = policy('some', [attestation()], { namespaces: ['*'] });
    const labelled = policy('labelled', [attestation()], { namespaceSelector: {} });
    expect(listAttestations([some, labelled])).to.deep.equal([]);
  });
});

describe('an attestation that counts for nothing', () => {
  const reasons = (one: AcceptedPolicy, all: readonly AcceptedPolicy[], evidence: Evidence | undefined) =>
    findIgnoredAttestations(one, { attestations: listAttestations(all), evidence, nowMs: now }).map(
      ({ path, reason, message }) => `${path} ${reason}: ${message}`,
    );

  it('is none of those that count', () => {
    const one = policy('base', [attestation()]);
    expect(reasons(one, [one], nothing)).to.deep.equal([]);
    expect(reasons(one, [one], undefined)).to.deep.equal([]);
  });

  it('is told where its policy does not concern the cluster', () => {
    const one = policy('base', [attestation()], { namespaces: ['shop'] });
    expect(reasons(one, [one], nothing)).to.deep.equal([
      'spec.attestations[0] NotOfCluster: facts about the API server are those of the cluster itself, which a policy with namespaceSelector or namespaces does not concern',
    ]);
  });

  it('is told where it has ended', () => {
    const one = policy('base', [attestation({ expiresAt: '2026-01-01T00:00:00Z' })]);
    expect(reasons(one, [one], nothing)).to.deep.equal([
      'spec.attestations[0] Expired: it ended at 2026-01-01T00:00:00Z; look again, and say until when',
    ]);
  });

  it('is told where the same is observed', () => {
    const one = policy('base', [attestation()]);
    expect(reasons(one, [one], { ...nothing, unknownUserAllowed: refused })).to.deep.equal([
      'spec.attestations[0] Observed: Merlon observes the same, so nobody need attest it: unknownUserAllowed is false, by SubjectAccessReview (a user that nobody knows is refused)',
    ]);
  });

  it('is told where something else is observed, also where another policy goes before it', () => {
    const one = policy('base', [attestation({ value: true })]);
    const strong = policy('strong', [attestation()], { priority: 1 });
    expect(reasons(one, [one, strong], { ...nothing, unknownUserAllowed: refused })).to.deep.equal([
      'spec.attestations[0] Contradicted: Merlon observes otherwise, and that counts: unknownUserAllowed is false, by SubjectAccessReview (a user that nobody knows is refused)',
    ]);
  });

  it('is told where another policy goes before it', () => {
    const one = policy('base', [attestation({ fact: 'minorVersion', value: 37 }), attestation()]);
    const strong = policy('strong', [attestation({ value: true })], { priority: 1 });
    expect(reasons(one, [one, strong], nothing)).to.deep.equal([
      'spec.attestations[1] Overruled: ClusterHardeningPolicy "strong" says it in spec.attestations[0], and goes before this one',
    ]);
    expect(reasons(strong, [one, strong], nothing)).to.deep.equal([]);
  });

  it('is told within the bounds of a status', () => {
    const one = policy('base', [attestation({ value: true })]);
    const observed = { ...nothing, unknownUserAllowed: { ...refused, detail: 'x'.repeat(5000) } };
    const [ignored] = findIgnoredAttestations(one, {
      attestations: listAttestations([one]),
      evidence: observed,
      nowMs: now,
    });
    expect(ignored?.message.length).to.equal(1024);
  });
});

describe('attestations are accounted for', () => {
  const base = policy('base', [
    attestation({ expiresAt: '2026-01-01T00:00:00Z' }),
    attestation({ fact: 'minorVersion', value: 37 }),
  ]);

  it('in one sentence each', () => {
    expect(accountForAttestations([base], nothing, now)).to.deep.equal({
      counting: [
        'minorVersion attested by platform in ClusterHardeningPolicy "base" until 2027-01-31T00:00:00Z (the guide of the provider); not observed: nobody may ask',
      ],
      idle: [
        'spec.attestations[0] of ClusterHardeningPolicy "base" counts for nothing (Expired): it ended at 2026-01-01T00:00:00Z; look again, and say until when',
      ],
    });
  });

  it('as far as anything is judged by them', () => {
    const { counting, idle } = accountForAttestations([base], nothing, now, ['minorVersion']);
    expect({ counting: counting.length, idle }).to.deep.equal({ counting: 1, idle: [] });
  });
});

describe('an attestation is refused', () => {
  it('where its value cannot be, with what can', () => {
    expect(findAttestationProblem([attestation(), attestation({ fact: 'minorVersion', value: '1.37' })])).to.deep.equal(
      {
        reason: 'InvalidAttestation',
        message: 'spec.attestations[1].value is "1.37", and minorVersion must be a whole number, 0 or more',
        path: 'spec.attestations[1].value',
      },
    );
  });

  it('where its end is no moment', () => {
    expect(findAttestationProblem([attestation({ expiresAt: '2027-01-31' })])).to.deep.equal({
      reason: 'InvalidAttestation',
      message: 'spec.attestations[0].expiresAt is "2027-01-31", which is no time; write it as 2027-01-31T12:00:00Z',
      path: 'spec.attestations[0].expiresAt',
    });
  });

  it('not where its end is past: that is told in the status', () => {
    expect(findAttestationProblem([attestation({ expiresAt: '2020-01-31T00:00:00Z' })])).to.equal(undefined);
  });
});
