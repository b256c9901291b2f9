import { expect } from 'chai';

import { defaultAccountRemedy } from '../../src/remediation/remedies/default-account.ts';
import { nextStep } from '../../src/remediation/transition.ts';
import { applyMode, atRisk, killed, offMode, Repairer } from './repairer.ts';
import { contested, hourMs, minuteMs, repaired } from './repairs.ts';

describe('a repair that others have a say in', () => {
  it('is left to Argo CD, whose field it is', () => {
    const repairer = new Repairer();
    repairer.target.take('argocd-controller', 'Apply', true);
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/GitOpsOwned');
    expect(repairer.record?.status).to.include({ manager: 'Argo CD' });
    expect(repairer.target.writes).to.deep.equal([]);
  });

  it('is left to whoever has set the field by hand', () => {
    const repairer = new Repairer();
    repairer.target.take('kubectl-edit', 'Update', true);
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/FieldConflict');
    expect(repairer.record?.status?.manager).to.equal('kubectl-edit');
  });

  it('is looked at again within an hour: nothing tells that somebody has let go of a field', () => {
    for (const manager of ['argocd-controller', 'kubectl-edit']) {
      const repairer = new Repairer();
      repairer.target.take(manager, 'Apply', true);
      expect(repairer.step().recheckAtMs, manager).to.equal(repairer.nowMs + hourMs);
    }
    const unguarded = { ...defaultAccountRemedy, needsGuard: true };
    const repairer = new Repairer();
    const { status, recheckAtMs } = nextStep({ ...repairer.situation, remedy: unguarded, isGuarded: false });
    expect(status?.reason).to.equal('Unguarded');
    expect(recheckAtMs).to.equal(repairer.nowMs + hourMs);
  });

  it('ends with one write where a GitOps writer takes the field by force every second', () => {
    const repairer = repaired();
    for (let second = 0; second < 60; second += 1) {
      repairer.nowMs += 1_000;
      repairer.target.take('kustomize-controller', 'Apply', true);
      repairer.settle();
    }
    expect(repairer.state).to.equal('Blocked/GitOpsOwned');
    expect(repairer.target.writes).to.deep.equal([false]);
  });

  it('is tried once in an hour where Merlon has no right, and at once when it has', () => {
    const repairer = new Repairer();
    repairer.target.mayPatch = false;
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Forbidden');
    expect(repairer.target.asked).to.equal(1);
    repairer.nowMs += hourMs;
    repairer.settle();
    expect(repairer.target.asked).to.equal(2);
    repairer.setRight(true);
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });

  it('says so where Merlon may not read it, and looks again in a minute', () => {
    const repairer = new Repairer();
    repairer.mayRead = false;
    const { recheckAtMs } = repairer.step();
    expect(recheckAtMs).to.equal(repairer.nowMs + minuteMs);
    expect(repairer.state).to.equal('Blocked/Forbidden');
    expect(repairer.record?.status?.message).to.equal('Merlon may not read the object: you may not list');
    repairer.mayRead = true;
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
    repairer.mayRead = false;
    expect(repairer.step().recheckAtMs).to.equal(repairer.nowMs + minuteMs);
    expect(repairer.state).to.equal('Applied/Applied');
    // Whoever sets it back then has set back what Merlon owned.
    repairer.target.remove();
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Forbidden');
    repairer.mayRead = true;
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
    expect(repairer.record?.status?.setBackTimes).to.have.length(1);
  });

  it('is tried at once for each approval, and not for one that it has tried already', () => {
    const repairer = new Repairer();
    repairer.target.mayPatch = false;
    for (const action of ['Approve', undefined, 'Approve'] as const) {
      repairer.ask(action);
      repairer.settle();
      expect(repairer.state).to.equal('Blocked/Forbidden');
      expect(repairer.record?.status?.observedAction).to.equal(action);
    }
    expect(repairer.target.asked).to.equal(2);
  });

  it('says what it would put at risk also while it waits to be tried again', () => {
    const repairer = new Repairer();
    repairer.target.mayPatch = false;
    repairer.ask('Approve');
    repairer.settle();
    repairer.risks = [atRisk];
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Forbidden');
    expect(repairer.record?.status?.risks).to.deep.equal([atRisk.message]);
    expect(repairer.target.asked).to.equal(1);
  });

  it('is skipped where somebody says Skip', () => {
    const repairer = new Repairer();
    repairer.ask('Skip');
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Skipped');
    repairer.ask(undefined);
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });
});

describe('a repair that is set back', () => {
  it('is written once more, and the second time within an hour Merlon stops', () => {
    const repairer = contested();
    expect(repairer.target.writes).to.deep.equal([false, false]);
    repairer.nowMs += 24 * hourMs;
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Contested');
    expect(repairer.target.writes).to.have.length(2);
  });

  it('counts as such where Merlon may not write it once more', () => {
    const repairer = repaired();
    repairer.target.remove();
    repairer.setRight(false);
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Forbidden');
    repairer.setRight(true);
    repairer.settle();
    repairer.target.remove();
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Contested');
    expect(repairer.target.writes).to.have.length(2);
  });

  it('counts as such where it is looked at before anybody has heard of it', () => {
    const repairer = repaired();
    for (let times = 0; times < 3; times += 1) {
      repairer.late = repairer.judged;
      repairer.target.remove();
      repairer.settle();
      repairer.late = undefined;
      repairer.nowMs += 1_000;
      repairer.settle();
    }
    expect(repairer.state).to.equal('Blocked/Contested');
    expect(repairer.target.writes).to.have.length(2);
  });

  it('counts as such while something keeps Merlon from writing more, once', () => {
    const repairer = repaired();
    // As where one field of several stands, and what would change besides puts something at risk.
    repairer.setStatus({ ...repairer.record?.status, state: 'Blocked', reason: 'RiskUnknown' });
    repairer.target.remove();
    repairer.risks = [atRisk];
    repairer.settle();
    repairer.settle();
    expect(repairer.record?.status?.setBackTimes).to.have.length(1);
  });

  it('is not where somebody takes it over as it is', () => {
    const repairer = repaired();
    repairer.target.take('kubectl-edit', 'Update', false);
    repairer.target.owners.delete('merlon-remediator');
    repairer.settle();
    expect(repairer.state).to.equal('Superseded/FindingGone');
    expect(repairer.record?.status).not.to.have.property('setBackTimes');
  });

  it('counts from the first time on where no record told of it', () => {
    const repairer = repaired();
    repairer.record = undefined;
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Adopted');
    for (let times = 0; times < 2; times += 1) {
      repairer.target.remove();
      repairer.settle();
    }
    expect(repairer.state).to.equal('Blocked/Contested');
    expect(repairer.target.writes).to.have.length(2);
  });

  it('twice with more than an hour between is not contested', () => {
    const repairer = repaired();
    for (let times = 0; times < 3; times += 1) {
      repairer.nowMs += hourMs;
      repairer.target.remove();
      repairer.settle();
    }
    expect(repairer.state).to.equal('Applied/Applied');
    expect(repairer.target.writes).to.have.length(4);
  });

  it('is tried again once somebody approves it, and not for the approval of before', () => {
    const repairer = contested();
    repairer.ask('Approve');
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
    expect(repairer.target.writes).to.have.length(3);
    for (let times = 0; times < 2; times += 1) {
      repairer.nowMs += minuteMs;
      repairer.target.remove();
      repairer.settle();
    }
    expect(repairer.state).to.equal('Blocked/Contested');
    expect(repairer.target.writes).to.have.length(4);
  });

  it('is tried again for an approval that Merlon may not follow at once', () => {
    const repairer = contested();
    repairer.setRight(false);
    repairer.ask('Approve');
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Forbidden');
    repairer.setRight(true);
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });

  it('is tried again for an approval that is given while it is exempt, once it is not', () => {
    const repairer = contested();
    repairer.isExempt = true;
    repairer.settle();
    repairer.ask('Approve');
    repairer.settle();
    expect(repairer.record?.status).not.to.have.property('observedAction');
    repairer.isExempt = false;
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });

  it('is tried again for an approval that is given anew while the mode is off', () => {
    const repairer = contested();
    repairer.ask('Approve');
    repairer.settle();
    for (let times = 0; times < 2; times += 1) {
      repairer.target.remove();
      repairer.settle();
    }
    expect(repairer.state).to.equal('Blocked/Contested');
    repairer.mode = offMode;
    for (const action of [undefined, 'Approve'] as const) {
      repairer.ask(action);
      repairer.settle();
    }
    repairer.mode = applyMode;
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });

  it('stays contested when the mode goes off and on again', () => {
    const repairer = contested();
    repairer.mode = killed;
    repairer.settle();
    repairer.mode = applyMode;
    repairer.settle();
    expect(repairer.state).to.equal('Blocked/Contested');
  });

  it('by the deletion of the object is a new one, for the object that is there then', () => {
    const repairer = contested();
    repairer.target.recreate('uid-2');
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
    expect(repairer.record?.status).not.to.have.property('setBackTimes');
    expect(repairer.record?.status?.target?.uid).to.equal('uid-2');
  });

  it('where the mode is off says so, and is forgotten an hour later', () => {
    const repairer = repaired();
    repairer.mode = offMode;
    repairer.target.remove();
    repairer.settle();
    expect(repairer.state).to.equal('Superseded/SetBack');
    repairer.nowMs += hourMs;
    repairer.settle();
    expect(repairer.state).to.equal('none');
  });
});
