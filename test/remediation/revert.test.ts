import { expect } from 'chai';

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
