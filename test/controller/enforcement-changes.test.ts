import { expect } from 'chai';

import { EnforcedWorld, HOUR_MS, exec } from './enforced-world.ts';
import { AUDIT, DENY, POLICY } from './exec-guard-names.ts';

describe('enforcement', () => {
  describe('of what somebody changed', () => {
    const rows: readonly (readonly [what: string, key: string, spec: object])[] = [
      ['the actions of a binding', DENY, { validationActions: ['Warn'] }],
      ['one more action', AUDIT, { validationActions: ['Audit', 'Warn'] }],
      ['what a binding selects', DENY, { matchResources: { namespaceSelector: { matchLabels: { a: 'b' } } } }],
      ['a condition more', POLICY, { matchConditions: [{ name: 'never', expression: 'false' }] }],
      ['how failures are taken', POLICY, { failurePolicy: 'Ignore' }],
      ['a field that Merlon does not set', POLICY, { auditAnnotations: [{ key: 'a', valueExpression: "'b'" }] }],
      ['parameters of a kind that is not there', POLICY, { paramKind: { apiVersion: 'acme.io/v1', kind: 'Gone' } }],
      ['one action more than was meant, as a merge leaves it', DENY, { validationActions: ['Audit', 'Deny', 'Warn'] }],
      ['what is said to people', POLICY, { validations: [{ expression: 'true', message: 'x' }] }],
    ];
    for (const [what, key, spec] of rows) {
      it(`puts right ${what}, to the letter`, async () => {
        const world = await EnforcedWorld.at(exec);
        await world.edit(key, spec);
        expect(world.writes.slice(3)).to.deep.equal([`replace ${key}`]);
        expect(world.isAsPlanned).to.equal(true);
        expect(world.condition).to.equal('True Enforced');
      });
    }

    it('puts right a second time, then says that it is contested, and tries again an hour later', async () => {
      const world = await EnforcedWorld.at(exec);
      for (let times = 0; times < 4; times += 1) await world.edit(DENY, { validationActions: ['Audit'] }, 'argocd');
      expect(world.writes.slice(3)).to.deep.equal([`replace ${DENY}`, `replace ${DENY}`]);
      expect(world.condition).to.equal('False Contested');
      expect(world.message).to.contain('"argocd"').and.contain('merlon-exec-guard-deny');
      expect(world.message).to.contain('another text than is meant stands, stays in force');
      expect(world.controller.summary()?.report.state).to.equal('Contested');
      await world.rest(HOUR_MS);
      expect(world.writes.slice(5)).to.deep.equal([`replace ${DENY}`]);
      expect(world.condition).to.equal('True Enforced');
    });

    it('applies again what was deleted, as often', async () => {
      const world = await EnforcedWorld.at(exec);
      for (let times = 0; times < 2; times += 1) await world.delete(POLICY);
      expect(world.isAsPlanned).to.equal(true);
      await world.delete(POLICY);
      expect(world.condition).to.equal('False Contested');
      expect(world.message).to.contain('is deleted again and again').and.not.contain('stays in force');
      expect(world.message).to.contain('ValidatingAdmissionPolicy "merlon-exec-guard"');
    });

    it('says which binding is missing until it is there again', async () => {
      const world = await EnforcedWorld.at(exec);
      for (let times = 0; times < 3; times += 1) await world.delete(DENY);
      expect(world.condition).to.equal('False Contested');
      expect(world.message).to.contain(
        'ValidatingAdmissionPolicyBinding "merlon-exec-guard-deny" is deleted again and again',
      );
      expect(world.controller.summary()?.report.state).to.equal('Contested');
      await world.rest(HOUR_MS);
      expect(world.condition).to.equal('True Enforced');
      expect(world.isAsPlanned).to.equal(true);
    });

    it('does not say that a binding is in force which may not be put right for the moment', async () => {
      const world = await EnforcedWorld.at(exec);
      world.isAllowed = false;
      await world.delete(DENY);
      expect(world.condition).to.equal('False Forbidden');
      expect(world.names).not.to.include('merlon-exec-guard-deny');
    });

    it('does not hold against anybody what policies said otherwise', async () => {
      const world = await EnforcedWorld.at(exec);
      for (let times = 0; times < 3; times += 1) {
        await world.change({ ...exec, breakGlassGroups: ['oncall'] });
        await world.change(exec);
      }
      expect(world.condition).to.equal('True Enforced');
      expect(world.isAsPlanned).to.equal(true);
    });
  });

  describe('when policies say less', () => {
    it('takes away what binds before what is bound, and then nothing stands', async () => {
      const world = await EnforcedWorld.at(exec);
      await world.change({ mode: 'off' });
      expect(world.writes.slice(3)).to.deep.equal([`remove ${AUDIT}`, `remove ${DENY}`, `remove ${POLICY}`]);
      expect(world.objects.size).to.equal(0);
      expect(world.condition).to.equal('False SwitchedOff');
    });

    it('takes away the binding of a mode beyond the ceiling, after the others are wide enough', async () => {
      const world = await EnforcedWorld.at({ ...exec, withoutLabel: 'deny' });
      await world.change({ mode: 'audit', withoutLabel: 'deny' });
      expect(world.writes.slice(3)).to.deep.equal([`replace ${AUDIT}`, `remove ${DENY}`]);
      expect(world.isAsPlanned).to.equal(true);
    });

    it('takes away nothing, and applies nothing, while it is not known what they say', async () => {
      const world = await EnforcedWorld.at(exec);
      world.policy = undefined;
      await world.edit(DENY, { validationActions: ['Audit'] });
      expect(world.writes).to.have.length(3);
      expect(world.condition).to.equal('Unknown Unknown');
    });

    const unread = { source: 'ValidatingAdmissionPolicyBinding', state: 'forbidden', message: 'may not list' } as const;

    it('applies nothing while it is not known what stands', async () => {
      const world = new EnforcedWorld();
      world.store.observe(unread);
      world.say(exec);
      world.controller.start();
      await world.rest();
      expect([world.writes, world.reads]).to.deep.equal([[], 0]);
      expect(world.condition).to.equal('Unknown Unknown');
      expect(world.message).to.contain('may not list');
    });

    it('takes away by name what it is to take away, also while it is not known what stands', async () => {
      const world = await EnforcedWorld.at(exec);
      world.store.observe(unread);
      world.store.observe({ ...unread, source: 'ValidatingAdmissionPolicy' });
      world.hideWrites();
      await world.change({ mode: 'off' });
      expect(world.names).to.deep.equal([]);
      expect(world.writes.slice(3)).to.deep.equal([`remove ${AUDIT}`, `remove ${DENY}`, `remove ${POLICY}`]);
      expect(world.condition).to.equal('False SwitchedOff');
      const { reads } = world;
      await world.rest(HOUR_MS / 2);
      expect(world.reads, 'asked once').to.equal(reads);
    });

    it('does so after a restart, for who says off, and asks for nothing where nothing is said', async () => {
      const before = await EnforcedWorld.at(exec);
      for (const [stated, left] of [
        [{ mode: 'off' }, 0],
        [{}, 3],
      ] as const) {
        const world = new EnforcedWorld();
        for (const [key, object] of before.objects) world.put(key, object);
        world.store.observe(unread);
        world.hideWrites();
        world.say(stated);
        world.controller.start();
        await world.rest();
        expect(world.names).to.have.length(left);
        expect(world.condition).to.equal(left === 0 ? 'False SwitchedOff' : 'Unknown Unknown');
        if (left > 0) expect(world.reads).to.equal(0);
      }
    });

    it('leaves what somebody else made, and says that it is not known where it may not be read', async () => {
      const world = new EnforcedWorld();
      world.say(exec);
      world.applyPrinted();
      world.store.observe(unread);
      world.say({ mode: 'off' });
      world.controller.start();
      await world.rest();
      expect(world.writes).to.deep.equal([]);
      expect(world.names).to.have.length(3);
      expect(world.message).to.contain('stands, and Merlon did not apply it');

      const barred = new EnforcedWorld();
      barred.isAllowed = false;
      barred.store.observe(unread);
      barred.say({ mode: 'off' });
      barred.controller.start();
      await barred.rest();
      expect(barred.condition).to.equal('Unknown Unknown');
      expect(barred.message).to.contain('may not list');
    });
  });

  describe('of what somebody else made', () => {
    it('under its name with another text is left alone, and nothing is bound to it', async () => {
      const world = new EnforcedWorld();
      world.say(exec);
      const metadata = {
        name: 'merlon-exec-guard',
        uid: 'x',
        resourceVersion: '',
        managedFields: [{ manager: 'helm' }],
      };
      world.put(POLICY, { metadata, spec: { failurePolicy: 'Ignore' } });
      world.controller.start();
      await world.rest();
      expect(world.writes).to.deep.equal([]);
      expect(world.condition).to.equal('False Foreign');
      expect(world.message).to.contain('(written by "helm")').and.contain('delete it');
      await world.change({ mode: 'off' });
      expect(world.writes).to.deep.equal([]);
      expect(world.condition).to.equal('False SwitchedOff');
      expect(world.message).to.contain(
        'ValidatingAdmissionPolicy "merlon-exec-guard" stands, and Merlon did not apply it',
      );
    });

    it('in place of a policy that Merlon bound is not what Merlon binds any more', async () => {
      const world = await EnforcedWorld.at(exec);
      const metadata = {
        name: 'merlon-exec-guard',
        uid: 'y',
        resourceVersion: '',
        managedFields: [{ manager: 'helm' }],
      };
      await world.delete(POLICY);
      world.put(POLICY, { metadata, spec: { failurePolicy: 'Fail', validations: [{ expression: 'false' }] } });
      await world.rest();
      expect(world.condition).to.equal('False Foreign');
      expect(world.names, 'nobody is refused by it for Merlon').to.deep.equal(['merlon-exec-guard']);
      expect(world.message).to.contain('Merlon binds nothing to it');
      const { length } = world.writes;
      await world.rest(HOUR_MS);
      expect(world.writes).to.have.length(length);
      await world.delete(POLICY);
      expect(world.condition).to.equal('True Enforced');
      expect(world.isAsPlanned).to.equal(true);
    });

    it('keeps its own bindings to a policy that is not', async () => {
      const world = await EnforcedWorld.at(exec);
      await world.unlabel(DENY);
      await world.unlabel(POLICY);
      await world.edit(POLICY, { validations: [{ expression: 'false' }] });
      expect(world.condition).to.equal('False Foreign');
      expect(world.names).to.deep.equal(['merlon-exec-guard', 'merlon-exec-guard-deny']);
    });

    it('with the text that is meant counts, and is neither written to nor taken away', async () => {
      const world = new EnforcedWorld();
      world.say(exec);
      world.applyPrinted();
      world.controller.start();
      await world.rest();
      expect(world.condition).to.equal('True Enforced');
      expect(world.controller.summary()?.policies.map(({ state }) => state)).to.deep.equal(['InForceByOthers']);
      await world.delete(DENY);
      expect(world.condition).to.equal('False Foreign');
      await world.change({});
      expect(world.writes).to.deep.equal([]);
      expect(world.names).to.deep.equal(['merlon-exec-guard', 'merlon-exec-guard-audit']);
    });

    it('is what somebody took the label from', async () => {
      const world = await EnforcedWorld.at(exec);
      await world.unlabel(DENY);
      await world.edit(DENY, { validationActions: ['Audit'] });
      expect(world.writes).to.have.length(3);
      expect(world.condition).to.equal('False Foreign');
    });
  });
});
