import { expect } from 'chai';

import { buildClusterStatus } from '../../src/core/cluster-status.ts';
import type { ClusterView } from '../../src/core/cluster-status.ts';
import { factNames } from '../../src/core/evidence.ts';
import { kindNames } from '../../src/core/kinds.ts';
import { buildStatus } from '../../src/core/status.ts';
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { fullEvidence } from './evidence-samples.ts';
import { collectedOf } from './finding-of.ts';
import { snapshotOf } from './yaml-objects.ts';

const policyInput = { source: 'ClusterHardeningPolicy', state: 'observed', message: '' } as const;
const ownPolicyInput = { source: 'HardeningPolicy', state: 'observed', message: '' } as const;

const evidence = fullEvidence({
  unknownUserAllowed: { value: false, source: 'SubjectAccessReview', confidence: 'medium', detail: '' },
});

function clusterStatusOf(view: Partial<ClusterView> = {}) {
  const status = buildStatus({
    ...collectedOf([]),
    policy: buildDefaultPolicy([]),
    inputs: [],
  });
  return buildClusterStatus(status, {
    snapshot: snapshotOf('', { evidence }),
    verdicts: [],
    refusals: [],
    policyInput,
    adminPaths: undefined,
    ownPolicyInput,
    exemptionInputs: [],
    ...view,
  });
}

function inputOf(view: Partial<ClusterView>, source: string): unknown {
  return clusterStatusOf(view).inputs.filter((input) => input.source === source);
}

describe('the status of the cluster', () => {
  it('is that of every posture, and more', () => {
    expect(clusterStatusOf()).to.include({ compliant: 'True', policy: 'default' });
    expect(clusterStatusOf().conditions.map(({ type }) => type)).to.deep.equal([
      'Ready',
      'Compliant',
      'InputsComplete',
      'Remediated',
      'Guarded',
      'Enforced',
    ]);
    expect(clusterStatusOf().conditions.map(({ type, reason }) => `${type} ${reason}`)).to.include('Enforced Disabled');
  });

  it('counts the namespaces by verdict', () => {
    const status = clusterStatusOf({ verdicts: ['True', 'False', 'True', 'Unknown', 'False', 'True'] });
    expect(status.namespaces).to.deep.equal({ total: 6, compliant: 3, nonCompliant: 2, unknown: 1 });
    expect(status.namespacesCompliant).to.equal('3/6');
  });

  it('counts none where there is none', () => {
    expect(clusterStatusOf()).to.deep.include({
      namespaces: { total: 0, compliant: 0, nonCompliant: 0, unknown: 0 },
      namespacesCompliant: '0/0',
    });
  });

  it('says how many can become cluster-admin', () => {
    const counts = { reaching: 2, admins: 1, builtIn: 40 };
    expect(clusterStatusOf({ adminPaths: counts })).to.deep.include({ adminPaths: '2', adminPathCounts: counts });
  });

  it('says so where that cannot be told', () => {
    const status = clusterStatusOf({ adminPaths: undefined });
    expect(status.adminPaths).to.equal('Unknown');
    expect(status).not.to.have.property('adminPathCounts');
  });

  it('names every input once', () => {
    const sources = clusterStatusOf().inputs.map(({ source }) => source);
    expect(sources).to.deep.equal([
      ...kindNames,
      'ClusterHardeningPolicy',
      'HardeningPolicy',
      'APIServer',
      ...factNames,
    ]);
  });

  it('names every input once also where nothing is known of the API server', () => {
    const sources = clusterStatusOf({ snapshot: snapshotOf('') }).inputs.map(({ source }) => source);
    expect(sources).to.deep.equal([
      ...kindNames,
      'ClusterHardeningPolicy',
      'HardeningPolicy',
      'APIServer',
      ...factNames,
    ]);
  });

  it('says which permission is missing', () => {
    const snapshot = snapshotOf('', {
      evidence,
      missing: [{ source: 'Role', state: 'forbidden', message: 'grant list and watch on roles' }],
    });
    expect(inputOf({ snapshot }, 'Role')).to.deep.equal([
      { source: 'Role', state: 'forbidden', message: 'grant list and watch on roles' },
    ]);
  });

  it('says how well its own policies can be read', () => {
    const forbidden = { source: 'ClusterHardeningPolicy', state: 'forbidden', message: 'grant it' } as const;
    expect(inputOf({ policyInput: forbidden }, 'ClusterHardeningPolicy')).to.deep.equal([forbidden]);
  });

  it('says who observed a fact, and how sure it is', () => {
    expect(inputOf({}, 'unknownUserAllowed')).to.deep.equal([
      { source: 'unknownUserAllowed', state: 'observed', message: 'by SubjectAccessReview, confidence medium' },
    ]);
  });

  it('says what would make a fact known', () => {
    const snapshot = snapshotOf('', {
      evidence: { ...evidence, unknownUserAllowed: { unobserved: 'grant create on subjectaccessreviews' } },
    });
    expect(inputOf({ snapshot }, 'unknownUserAllowed')).to.deep.equal([
      { source: 'unknownUserAllowed', state: 'unobserved', message: 'grant create on subjectaccessreviews' },
    ]);
  });

  describe('calls the API server', () => {
    it('visible, where every fact is known', () => {
      expect(clusterStatusOf().apiServer).to.equal('Visible');
    });

    it('partly visible, where some are', () => {
      const snapshot = snapshotOf('', { evidence: { ...evidence, unknownUserAllowed: { unobserved: 'no' } } });
      expect(clusterStatusOf({ snapshot }).apiServer).to.equal('Partial');
    });

    it('not visible, where none is', () => {
      const snapshot = snapshotOf('', {
        evidence: {
          anonymousRequests: { unobserved: 'no' },
          unknownUserAllowed: { unobserved: 'no' },
          minorVersion: { unobserved: 'no' },
        },
      });
      expect(clusterStatusOf({ snapshot }).apiServer).to.equal('NotVisible');
    });

    it('partly visible, where there may be another one', () => {
      const doubt = { serverDoubt: 'grant get on it' };
      expect(clusterStatusOf(doubt).apiServer).to.equal('Partial');
      expect(inputOf(doubt, 'APIServer')).to.deep.equal([
        { source: 'APIServer', state: 'unobserved', message: 'grant get on it' },
      ]);
    });

    it('partly visible, where one of several was not reached', () => {
      const servers = [
        { instance: 'a:6443', evidence },
        { instance: 'b:6443', evidence: {} },
      ];
      const snapshot = snapshotOf('', { servers });
      expect(clusterStatusOf({ snapshot }).apiServer).to.equal('Partial');
      expect(inputOf({ snapshot }, 'APIServer')).to.deep.equal([
        { source: 'APIServer', state: 'observed', message: 'a:6443, b:6443' },
      ]);
    });

    it('not visible, where nothing was gathered', () => {
      expect(clusterStatusOf({ snapshot: snapshotOf('') }).apiServer).to.equal('NotVisible');
    });
  });

  it('counts the facts about the API server: seen, vouched for, and neither', () => {
    const vouched = {
      value: false,
      source: 'attestation',
      confidence: 'attested',
      detail: '',
      attestation: { said: 'attested by jane', evidence: 'she looked', insteadOf: 'nobody may ask' },
    } as const;
    const snapshot = snapshotOf('', {
      evidence: { ...evidence, profiling: vouched, unknownUserAllowed: { unobserved: 'no' } },
    });
    expect(clusterStatusOf({ snapshot })).to.deep.include({
      apiServer: 'Partial',
      apiServerFacts: { observed: factNames.length - 2, attested: 1, unknown: 1 },
    });
  });

  it('names the postures that may not be written, in order, and who refuses them', () => {
    const { inputs } = clusterStatusOf({
      refusals: [
        ['namespace/b', 'quota "objects" is exceeded'],
        ['namespace/a', 'admission webhook "x" denied it'],
      ],
    });
    expect(inputs.slice(-2)).to.deep.equal([
      { source: 'SecurityPosture namespace/a', state: 'refused', message: 'admission webhook "x" denied it' },
      { source: 'SecurityPosture namespace/b', state: 'refused', message: 'quota "objects" is exceeded' },
    ]);
  });

  it('names twenty of them at most', () => {
    const refusals = Array.from({ length: 25 }, (_none, index) => [`namespace/n${index + 100}`, 'no'] as const);
    const refused = clusterStatusOf({ refusals }).inputs.filter(({ state }) => state === 'refused');
    expect(refused).to.have.length(20);
    expect(refused.at(-1)?.source).to.equal('SecurityPosture namespace/n119');
  });

  it('cuts what a server says to what the CRD admits', () => {
    const { inputs } = clusterStatusOf({ refusals: [['namespace/a', 'm'.repeat(5000)]] });
    expect(inputs.at(-1)?.message).to.equal(`${'m'.repeat(4095)}…`);
  });
});
