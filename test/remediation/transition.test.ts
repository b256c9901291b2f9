import { expect } from 'chai';

import type { RemediationAction } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { defaultAccountRemedy } from '../../src/remediation/remedies/default-account.ts';
import type { Step } from '../../src/remediation/situation.ts';
import { nextStep } from '../../src/remediation/transition.ts';
import { applyMode, atRisk, offMode, planMode, Repairer } from './repairer.ts';
import { hourMs, repaired } from './repairs.ts';

describe('a repair', () => {
  it('is written once, and its record says since when and what stood there', () => {
    const repairer = repaired();
    expect(repairer.record?.status).to.deep.include({
      rule: 'service-account-default-token-mount',
      appliedTime: '2026-11-26T08:00:00Z',
      fields: [{ path: 'automountServiceAccountToken', after: 'false', owned: true }],
      patch: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: default
  namespace: shop
automountServiceAccountToken: false
`,
    });
    expect(repairer.record?.status).not.to.have.property('intent');
    expect(repairer.target.writes).to.deep.equal([false]);
  });

  it('says before it writes that it is about to', () => {
    const repairer = new Repairer();
    const { status, act } = nextStep(repairer.situation);
    expect(status).to.include({ state: 'Proposed', reason: 'Applying', intent: 'Apply' });
    expect(act).to.deep.include({ kind: 'apply', fields: { automountServiceAccountToken: false } });
    expect(act).to.have.nested.property('target.metadata.uid', 'uid-1');
  });

  it('is only proposed where the mode is plan', () => {
    const repairer = new Repairer();
    repairer.mode = planMode;
    repairer.settle();
    expect(repairer.state).to.equal('Proposed/ModeIsPlan');
    repairer.ask('Approve');
    repairer.settle();
    expect(repairer.target.writes).to.deep.equal([]);
  });

  it('has no record where the mode is off, and loses one that has nothing to tell', () => {
    const repairer = new Repairer();
    repairer.mode = offMode;
    repairer.settle();
    expect(repairer.state).to.equal('none');
    repairer.mode = planMode;
    repairer.settle();
    repairer.mode = offMode;
    repairer.settle();
    expect(repairer.state).to.equal('none');
  });

  it('that was written keeps its record where the mode is off', () => {
    const repairer = repaired();
    repairer.mode = offMode;
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });

  it('is nothing where the finding is exempt', () => {
    const repairer = new Repairer();
    repairer.isExempt = true;
    repairer.settle();
    expect(repairer.state).to.equal('none');
  });

  it('that was proposed is superseded once the rule passes, and forgotten an hour later', () => {
    const repairer = new Repairer();
    repairer.mode = planMode;
    repairer.settle();
    repairer.target.take('kubectl-edit', 'Update', false);
    repairer.settle();
    expect(repairer.state).to.equal('Superseded/FindingGone');
    const { recheckAtMs } = nextStep(repairer.situation);
    expect(recheckAtMs).to.equal(repairer.nowMs + hourMs);
    repairer.nowMs += hourMs;
    repairer.settle();
    expect(repairer.state).to.equal('none');
  });

  it('stays as it is while what would tell is not known', () => {
    const repairer = repaired();
    const { situation } = repairer;
    const { status, act } = nextStep({ ...situation, finding: { outcome: 'unknown' } });
    expect(status).to.equal(repairer.record?.status);
    expect(act.kind).to.equal('none');
    const forbidden = nextStep({ ...situation, live: { outcome: 'forbidden', message: 'no' } });
    expect(forbidden).to.deep.include({ status: repairer.record?.status, act: { kind: 'none' } });
  });

  it('is not written where the plan is of another object than the one that is there', () => {
    const repairer = new Repairer();
    const { situation } = repairer;
    repairer.target.recreate('uid-2');
    const { act } = nextStep({ ...repairer.situation, finding: situation.finding });
    expect(act.kind).to.equal('none');
  });

  it('is not written into an object that is being deleted, and its record goes', () => {
    const repairer = repaired();
    repairer.target.exists = false;
    repairer.settle();
    expect(repairer.state).to.equal('Superseded/TargetGone');
  });
});

describe('a repair that may break a workload', () => {
  it('waits, with the names and what to do', () => {
    const repairer = new Repairer();
    repairer.risks = [atRisk];
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/WorkloadAtRisk');
    expect(repairer.record?.status?.message).to.match(/Deployment "web".*set spec\.action to Approve/);
    expect(repairer.target.writes).to.deep.equal([]);
  });

  it('is written once somebody approves it who may', () => {
    const repairer = new Repairer();
    repairer.risks = [atRisk];
    repairer.settle();
    repairer.ask('Approve');
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Approved');
    expect(repairer.target.writes).to.deep.equal([false]);
  });

  it('is not written into an object that took the name of the one that was approved', () => {
    const repairer = new Repairer();
    repairer.risks = [atRisk];
    repairer.settle();
    repairer.ask('Approve');
    repairer.target.recreate('uid-2');
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/WorkloadAtRisk');
    expect(repairer.target.writes).to.deep.equal([]);
    expect(repairer.record?.status?.target?.uid).to.equal('uid-2');
    expect(repairer.record).not.to.have.property('spec');
    repairer.ask('Approve');
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Approved');
  });

  it('stays skipped where another object takes the name', () => {
    const repairer = new Repairer();
    repairer.ask('Skip');
    repairer.settle();
    repairer.target.recreate('uid-2');
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Skipped');
    expect(repairer.target.writes).to.deep.equal([]);
  });

  it('is not written for an approval that anybody may have given', () => {
    const repairer = new Repairer();
    repairer.isGuarded = false;
    repairer.risks = [atRisk];
    repairer.ask('Approve');
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/WorkloadAtRisk');
    expect(repairer.record?.status?.message).to.match(/does not count/);
  });

  it('is written where the policy says allowInUse', () => {
    const repairer = new Repairer();
    repairer.risks = [atRisk];
    repairer.mode = { ...applyMode, allowInUse: true };
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });

  it('waits just so where the risk is not known, and does not where it is only stated', () => {
    const repairer = new Repairer();
    repairer.risks = [{ kind: 'RiskUnknown', message: 'pods are not read' }];
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/RiskUnknown');
    repairer.risks = [{ kind: 'Stated', message: 'what comes later is not seen' }];
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });
});

describe('a repair that Merlon never writes', () => {
  const planned = (action?: RemediationAction, mode = applyMode): Step => {
    const repairer = new Repairer();
    if (action !== undefined) repairer.ask(action);
    repairer.mode = mode;
    const remedy = { ...defaultAccountRemedy, isPlanOnly: true, fields: [] };
    return nextStep({ ...repairer.situation, remedy });
  };

  it('is proposed, whatever the mode allows', () => {
    for (const mode of [applyMode, planMode]) {
      const { status, act } = planned(undefined, mode);
      expect(status).to.include({ state: 'Proposed', reason: 'PlanOnly' });
      expect(act).to.deep.equal({ kind: 'none' });
    }
  });

  for (const action of ['Approve', 'Revert'] as const) {
    it(`stays so where somebody says ${action}, and says that it has no effect`, () => {
      const { status, act } = planned(action);
      expect(status).to.include({ state: 'Proposed', reason: 'PlanOnly' });
      expect(status?.message).to.match(new RegExp(`^spec.action is ${action}, which has no effect`));
      expect(act).to.deep.equal({ kind: 'none' });
    });
  }
});
