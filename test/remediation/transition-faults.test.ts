import { expect } from 'chai';

import { nextStep } from '../../src/remediation/transition.ts';
import { atRisk, Repairer } from './repairer.ts';
import { repaired } from './repairs.ts';

describe('a forged record', () => {
  it('orders nothing: neither its target nor its patch is read', () => {
    const repairer = new Repairer();
    repairer.setStatus({
      state: 'Proposed',
      reason: 'Applying',
      intent: 'Apply',
      target: { apiVersion: 'v1', kind: 'Namespace', name: 'kube-system', uid: 'uid-1', display: 'x' },
      patch: 'metadata: { labels: { pod-security.kubernetes.io/enforce: privileged } }',
      fields: [{ path: 'metadata.labels["x"]', after: '"y"' }],
    });
    const { act } = nextStep(repairer.situation);
    expect(act).to.deep.include({ kind: 'apply', fields: { automountServiceAccountToken: false } });
    expect(act).to.have.nested.property('target.kind', 'ServiceAccount');
  });

  it('makes nothing of an action that it does not know', () => {
    const repairer = new Repairer();
    repairer.risks = [atRisk];
    repairer.ask('ApproveAll' as 'Approve');
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/WorkloadAtRisk');
  });
});

describe('a crash', () => {
  for (const crash of ['beforeWrite', 'afterWrite'] as const) {
    it(`${crash} ends as no crash at all`, () => {
      const repairer = new Repairer();
      repairer.step(crash);
      repairer.settle();
      expect(repairer.state).to.equal('Applied/Applied');
      expect(repairer.record?.status?.appliedTime).to.equal('2026-11-26T08:00:00Z');
      expect(repairer.target.writes).to.deep.equal([false]);
    });

    it(`${crash} of a revert ends as no crash at all`, () => {
      const repairer = repaired();
      repairer.ask('Revert');
      repairer.step(crash);
      repairer.settle();
      expect(repairer.state).to.equal('Reverted/Requested');
      expect(repairer.target.writes).to.deep.equal([false, undefined]);
    });
  }

  it('after which somebody sets it back before the next look counts as set back all the same', () => {
    const repairer = new Repairer();
    for (let times = 0; times < 2; times += 1) {
      repairer.step('afterWrite');
      repairer.target.remove();
    }
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Contested');
    expect(repairer.target.writes).to.deep.equal([false, false]);
  });

  it('before it wrote is no set-back, unless somebody has changed the object since, which cannot be told from one', () => {
    const repairer = new Repairer();
    repairer.step('beforeWrite');
    repairer.step('beforeWrite');
    expect(repairer.record?.status).not.to.have.property('setBackTimes');
    repairer.target.touch();
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
    expect(repairer.record?.status?.setBackTimes).to.have.length(1);
    expect(repairer.target.writes).to.deep.equal([false]);
  });

  it('that loses the record is seen by the field that Merlon owns', () => {
    const repairer = repaired();
    repairer.record = undefined;
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Adopted');
    expect(repairer.target.writes).to.deep.equal([false]);
  });
});
