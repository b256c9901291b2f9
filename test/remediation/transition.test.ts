import { expect } from 'chai';

import type { RemediationAction } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { defaultAccountRemedy } from '../../src/remediation/remedies/default-account.ts';
import type { Step } from '../../src/remediation/situation.ts';
import { nextStep } from '../../src/remediation/transition.ts';
import { applyMode, atRisk, killed, offMode, planMode, Repairer } from './repairer.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function repaired(): Repairer {
  const repairer = new Repairer();
  repairer.settle();
  expect(repairer.state).to.equal('Applied/Applied');
  expect(repairer.target.writes).to.deep.equal([false]);
  return repairer;
}

/** Somebody takes the field away twice within an hour. */
function contested(): Repairer {
  const repairer = repaired();
  for (let times = 0; times < 2; times += 1) {
    repairer.nowMs += minuteMs;
    repairer.target.remove();
    repairer.settle();
  }
  expect(repairer.state).to.equal('Blocked/Contested');
  return repairer;
}

describe('a repair', () => {
  it('is written once, and its record says since when and what stood there', () => {
    const repairer = repaired();
    expect(repairer.record?.status).to.deep.include({
      rule: 'service-account-default-token-mount',
      appliedTime: '2026-11-26T08:00:00Z',
      fields: [{ path: 'automountServiceAccountToken', after: 'false' }],
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
    expect(forbidden).to.deep.equal({ status: repairer.record?.status, act: { kind: 'none' } });
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

describe('a revert', () => {
  it('gives the field back where nothing stood there, and is not undone', () => {
    const repairer = repaired();
    repairer.ask('Revert');
    repairer.settle();
    expect(repairer.state).to.equal('Reverted/Requested');
    expect(repairer.record?.status?.revertedTime).to.equal('2026-11-26T08:00:00Z');
    expect(repairer.target.value).to.equal(undefined);
    expect(repairer.target.writes).to.deep.equal([false, undefined]);
  });

  it('puts back the value that stood there without an owner', () => {
    const repairer = new Repairer();
    repairer.target.value = true;
    repairer.settle();
    expect(repairer.record?.status?.fields).to.deep.equal([
      { path: 'automountServiceAccountToken', before: 'true', after: 'false' },
    ]);
    repairer.ask('Revert');
    repairer.settle();
    expect(repairer.target.value).to.equal(true);
    expect(repairer.state).to.equal('Reverted/Requested');
  });

  it('puts back nothing that a forged record says', () => {
    const repairer = repaired();
    const status = repairer.record?.status ?? {};
    for (const before of ['"yes"', '{}', 'no JSON', '7']) {
      const forged = { ...status, fields: [{ path: 'automountServiceAccountToken', before }] };
      repairer.setStatus(forged);
      repairer.ask('Revert');
      const { act } = nextStep(repairer.situation);
      expect(act).to.deep.include({ kind: 'revert', fields: {} });
    }
  });

  it('does nothing where others own the field by now', () => {
    const repairer = repaired();
    repairer.target.take('kubectl-edit', 'Update', true);
    repairer.ask('Revert');
    repairer.settle();
    expect(repairer.state).to.equal('Reverted/NothingToRevert');
    expect(repairer.target.writes).to.deep.equal([false]);
  });

  it('does not count where anybody may ask for it', () => {
    const repairer = repaired();
    repairer.isGuarded = false;
    repairer.ask('Revert');
    repairer.settle();
    expect(repairer.state).to.equal('Applied/RevertUnguarded');
    expect(repairer.target.value).to.equal(false);
  });

  it('is done where the namespace is off, and not where a cluster policy stops everything', () => {
    const repairer = repaired();
    repairer.ask('Revert');
    repairer.mode = killed;
    repairer.settle();
    expect(repairer.state).to.equal('Applied/RevertStopped');
    repairer.mode = offMode;
    repairer.settle();
    expect(repairer.state).to.equal('Reverted/Requested');
    expect(repairer.target.value).to.equal(undefined);
  });

  it('or any other action is remembered where the mode is off', () => {
    const repairer = new Repairer();
    repairer.mode = planMode;
    repairer.settle();
    repairer.ask('Skip');
    repairer.mode = offMode;
    repairer.settle();
    expect(repairer.state).to.equal('Proposed/ModeIsOff');
  });

  it('is over once the action is taken away: then it is repaired again', () => {
    const repairer = repaired();
    repairer.ask('Revert');
    repairer.settle();
    repairer.ask(undefined);
    repairer.settle();
    expect(repairer.state).to.equal('Applied/Applied');
  });
});

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
