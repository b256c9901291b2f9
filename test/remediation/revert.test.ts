import { expect } from 'chai';

import { defaultAccountRemedy } from '../../src/remediation/remedies/default-account.ts';
import { nextStep } from '../../src/remediation/transition.ts';
import { killed, offMode, planMode, Repairer } from './repairer.ts';
import { repaired } from './repairs.ts';

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
      { path: 'automountServiceAccountToken', before: 'true', after: 'false', owned: true },
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

  for (const [what, refuse] of [
    ['where Merlon has no right', (repairer: Repairer) => (repairer.target.mayPatch = false)],
    ['where a webhook refuses it', (repairer: Repairer) => (repairer.target.refusal = 'the field has to stay')],
  ] as const) {
    it(`says ${what} that the repair stands, and is tried again when it may`, () => {
      const repairer = repaired();
      refuse(repairer);
      repairer.ask('Revert');
      repairer.settle();
      expect(repairer.state).to.equal('Applied/RevertRefused');
      expect(repairer.record?.status?.message).to.match(/^spec\.action is Revert; .*(you may not|has to stay)$/);
      repairer.settle();
      const { asked } = repairer.target;
      repairer.nowMs += 3_600_000;
      repairer.target.refusal = undefined;
      repairer.setRight(true);
      repairer.settle();
      expect(repairer.state).to.equal('Reverted/Requested');
      expect(repairer.target.asked).to.equal(asked + 2);
    });

    it(`holds nothing else back ${what}, and does not forget who wrote it`, () => {
      const repairer = repaired();
      refuse(repairer);
      repairer.ask('Revert');
      repairer.settle();
      repairer.ask(undefined);
      repairer.target.remove();
      repairer.target.mayPatch = true;
      repairer.target.refusal = undefined;
      repairer.settle();
      expect(repairer.state).to.equal('Applied/Applied');
      expect(repairer.record?.status?.setBackTimes).to.have.length(1);
    });
  }

  it('knows what stood there also where the answer to the write was lost, and the finding is of before', () => {
    const repairer = new Repairer();
    repairer.target.value = true;
    const { judged } = repairer;
    repairer.step('afterWrite');
    repairer.late = judged;
    repairer.settle();
    repairer.late = undefined;
    repairer.ask('Revert');
    repairer.settle();
    expect(repairer.target.value).to.equal(true);
  });

  it('knows what stood in one field also where another one was set back meanwhile', () => {
    const label = ['metadata', 'labels', 'team'];
    const remedy = {
      ...defaultAccountRemedy,
      fields: [...defaultAccountRemedy.fields, label],
      isRestorable: () => true,
    };
    const { situation, target } = repaired();
    const fieldsV1 = { 'f:metadata': { 'f:labels': { 'f:team': {} } } };
    const managedFields = [{ manager: 'merlon-remediator', operation: 'Apply', fieldsV1 }];
    target.remove();
    const metadata = { ...target.object.metadata, labels: { team: 'web' }, managedFields };
    const path = 'metadata.labels.team';
    const fields = [{ path, before: '"shop"', after: '"web"' }];
    const record =
      situation.record === undefined
        ? undefined
        : { ...situation.record, status: { ...situation.record.status, fields } };
    const { finding } = new Repairer();
    const live = { outcome: 'read', object: { ...target.object, metadata } } as const;
    const { status, act } = nextStep({ ...situation, remedy, finding, live, record });
    expect(status?.fields).to.deep.include({ path, before: '"shop"', after: '"web"', owned: true });
    expect(act).to.deep.include({
      kind: 'apply',
      fields: { automountServiceAccountToken: false, metadata: { labels: { team: 'web' } } },
    });
  });

  it('is no set-back by somebody, where Merlon died before it could say that it was done', () => {
    const repairer = repaired();
    for (let times = 0; times < 2; times += 1) {
      repairer.ask('Revert');
      repairer.step('afterWrite');
      repairer.ask(undefined);
      repairer.settle();
    }
    expect(repairer.state).to.equal('Applied/Applied');
    expect(repairer.record?.status).not.to.have.property('setBackTimes');
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
