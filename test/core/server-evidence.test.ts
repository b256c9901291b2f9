import { expect } from 'chai';
import { attest } from '../../src/core/attestation.ts';
import { factNames, isObserved } from '../../src/core/evidence.ts';
import type { Evidence, Fact, Unobserved } from '../../src/core/evidence.ts';
import { mergeServers } from '../../src/core/server-evidence.ts';
import { fullEvidence } from './evidence-samples.ts';

const seen = { source: 'a test', confidence: 'high', detail: '' } as const;
const unreached = Object.fromEntries(factNames.map((name) => [name, { unobserved: 'not reached' }])) as Evidence;

function merge(one: Evidence, other: Evidence): Evidence {
  return mergeServers([
    { instance: 'a:6443', evidence: one },
    { instance: 'b:6443', evidence: other },
  ]);
}

describe('what is known of several API servers together', () => {
  it('is what is known of each of them, alike', () => {
    expect(merge(fullEvidence(), fullEvidence()).profiling).to.deep.equal({ value: false, ...seen });
  });

  it('is nothing but the version where one of them was not reached', () => {
    const merged = merge(unreached, fullEvidence({ minorVersion: { value: 37, ...seen } }));
    expect(
      factNames.filter((name) => isObserved<Fact<unknown>>(merged[name] as Fact<unknown> | Unobserved)),
    ).to.deep.equal(['minorVersion']);
    expect(merged.profiling).to.deep.equal({ unobserved: 'a:6443: not reached' });
    expect(merged.minorVersion).to.deep.equal({ value: 37, ...seen, confidence: 'medium' });
  });

  it('is the older version of two', () => {
    const [newer, older] = [37, 36].map((value) => fullEvidence({ minorVersion: { value, ...seen } }));
    expect(merge(newer ?? {}, older ?? {}).minorVersion).to.deep.equal({ value: 36, ...seen });
  });

  it('is of two certificates the one that ends first, as each API server has its own', () => {
    const [valid, soon, over] = (['valid', 'endsSoon', 'expired'] as const).map((value) =>
      fullEvidence({ servingCertificate: { value, ...seen } }),
    );
    expect(merge(valid ?? {}, soon ?? {}).servingCertificate).to.deep.equal({ value: 'endsSoon', ...seen });
    expect(merge(over ?? {}, soon ?? {}).servingCertificate).to.deep.equal({ value: 'expired', ...seen });
    expect(merge(valid ?? {}, valid ?? {}).servingCertificate).to.deep.equal({ value: 'valid', ...seen });
  });

  it('is not even the version where none was reached', () => {
    expect(merge(unreached, unreached).minorVersion).to.deep.equal({ unobserved: 'a:6443: not reached' });
  });

  it('is attested where it is attested of one of them', () => {
    const attestation = {
      fact: 'profiling',
      value: false,
      evidence: 'she looked',
      owner: 'jane',
      expiresAt: '2099-01-01T00:00:00Z',
      expiresMs: Infinity,
      policy: 'base',
      path: 'spec.attestations[0]',
    } as const;
    for (const [one, other] of [
      [fullEvidence(), attest(unreached, [attestation], 0)],
      [attest(unreached, [attestation], 0), fullEvidence()],
    ] as const) {
      expect(merge(one, other).profiling).to.deep.include({ value: false, confidence: 'attested' });
    }
  });
});
