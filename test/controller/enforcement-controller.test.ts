import { expect } from 'chai';

import { EnforcedWorld, HOUR_MS, exec } from './enforced-world.ts';
import { AUDIT, DENY, POLICY } from './exec-guard-names.ts';

describe('enforcement', () => {
  it('applies a policy before its bindings, and says that it is in force', async () => {
    const world = await EnforcedWorld.at(exec);
    expect(world.writes).to.deep.equal([`apply ${POLICY}`, `apply ${AUDIT}`, `apply ${DENY}`]);
    expect(world.isAsPlanned).to.equal(true);
    expect(world.condition).to.equal('True Enforced');
    const { policies, report } = world.controller.summary() ?? {};
    expect(policies).to.deep.equal([
      {
        policy: 'merlon-exec-guard',
        kind: 'ValidatingAdmissionPolicy',
        state: 'InForce',
        modes: ['audit: merlon.dev/enforce=audit or warn', 'deny: merlon.dev/enforce=deny'],
      },
    ]);
    expect(report?.state).to.equal('deny');
  });

  it('asks for nothing and writes nothing where nothing is said, and nothing stands', async () => {
    const world = await EnforcedWorld.at({});
    expect([world.reads, world.writes]).to.deep.equal([0, []]);
    expect(world.condition).to.equal('False Disabled');
    expect((await EnforcedWorld.at({ mode: 'off' })).condition).to.equal('False SwitchedOff');
    expect((await EnforcedWorld.at({ mode: 'deny', families: [] })).condition).to.equal('False NothingSelected');
  });

  it('does not call in force what no API server asks, nor what perhaps none does', async () => {
    const world = await EnforcedWorld.at(exec);
    world.plugin = { value: false, source: '/flagz', confidence: 'high', detail: 'it is disabled' };
    world.setMinor(37);
    expect([world.condition, world.message]).to.deep.equal([
      'False PluginOff',
      'the API server a:6443 does not ask admission policies: it is disabled',
    ]);
    world.plugin = { unobserved: 'nobody may see it' };
    world.setMinor(37);
    expect(world.condition).to.equal('Unknown NotObserved');
    expect(world.writes).to.have.length(3);
  });

  it('says the same all along where a policy changes that says the same of enforcement', async () => {
    const world = await EnforcedWorld.at(exec);
    world.say({ ...exec });
    expect(world.condition).to.equal('True Enforced');
  });

  it('does not say anything before everything was looked at', () => {
    expect(new EnforcedWorld().condition).to.equal('not known');
  });

  it('reads and writes nothing more while nothing changes', async () => {
    const world = await EnforcedWorld.at(exec);
    await world.rest(20_000);
    const { reads, changes } = world;
    world.controller.review();
    await world.rest(2 * HOUR_MS);
    expect([world.reads, world.changes, world.writes.length]).to.deep.equal([reads, changes, 3]);
  });

  it('writes nothing after a restart', async () => {
    const before = await EnforcedWorld.at({ ...exec, cluster: { nodesProxy: 'deny' } });
    const world = await before.restart();
    expect(world.writes).to.deep.equal([]);
    expect(world.condition).to.equal('True Enforced');
  });

  it('does not apply anything twice while the watch is behind', async () => {
    const world = new EnforcedWorld();
    world.say(exec);
    world.hideWrites();
    world.controller.start();
    await world.rest(5000);
    world.controller.review();
    await world.rest(20_000);
    expect(world.writes).to.have.length(3);
    expect(world.isAsPlanned).to.equal(true);
  });

  it('is not applied by a process that does not lead', async () => {
    const world = new EnforcedWorld();
    world.mayWrite = false;
    world.say(exec);
    world.controller.start();
    await world.rest(10_000);
    expect(world.writes).to.deep.equal([]);
    expect(world.condition).to.equal('Unknown Unknown');
    world.mayWrite = true;
    await world.rest(10_000);
    expect(world.condition).to.equal('True Enforced');
  });

  it('is refused by the API server in its own words, and tried no more than once an hour', async () => {
    const world = new EnforcedWorld();
    world.refusal = 'must have "get" permission';
    world.say(exec);
    world.controller.start();
    await world.rest(20_000);
    expect(world.condition).to.equal('False Refused');
    expect(world.message).to.contain('must have "get" permission').and.contain('"merlon-exec-guard"');
    const { reads } = world;
    await world.rest(HOUR_MS / 2);
    expect(world.reads).to.equal(reads);
  });

  it('is not said to be in force where the API server stores something else', async () => {
    const world = new EnforcedWorld();
    world.admit = (spec) => ({ ...(spec as object), failurePolicy: 'Ignore' });
    world.say(exec);
    world.controller.start();
    await world.rest(20_000);
    expect(world.condition).to.equal('False NotStored');
    expect(world.message).to.contain('ValidatingAdmissionPolicy "merlon-exec-guard" otherwise than it was sent');
    expect(world.writes).to.deep.equal([`apply ${POLICY}`]);
  });

  it('is not applied on a version that it was not proven on, nor where that is not known', async () => {
    for (const [minor, wanted] of [
      [38, 'False Unproven'],
      [29, 'False NotApplicable'],
      [37, 'True Enforced'],
    ] as const) {
      const world = await EnforcedWorld.at(exec, minor);
      expect(world.condition).to.equal(wanted);
      expect(world.writes.length).to.equal(wanted === 'True Enforced' ? 3 : 0);
    }
  });

  for (const [what, prepare, says] of [
    [
      'before 1.30',
      (world) => {
        world.setMinor(29);
      },
      'Kubernetes 1.29 does not serve it',
    ],
    [
      'where the kind is switched off',
      (world) => {
        world.isServed = false;
      },
      'the API server does not serve it',
    ],
  ] as const satisfies readonly (readonly [string, (world: EnforcedWorld) => void, string])[]) {
    it(`is nothing ${what}, which is said with what would do instead`, async () => {
      const world = new EnforcedWorld();
      prepare(world);
      world.say(exec);
      world.controller.start();
      await world.rest();
      expect(world.condition).to.equal('False NotApplicable');
      expect(world.message).to.contain(says).and.contain('pod-security.kubernetes.io/enforce=baseline');
      expect(world.objects.size).to.equal(0);
      const { reads } = world;
      await world.rest(HOUR_MS / 2);
      expect(world.reads).to.equal(reads);
    });
  }

  it('is applied within an hour after its kind is served', async () => {
    const world = new EnforcedWorld();
    world.isServed = false;
    world.say(exec);
    world.controller.start();
    await world.rest();
    world.isServed = true;
    await world.rest(HOUR_MS + 1000);
    expect(world.condition).to.equal('True Enforced');
  });

  it('is put right also while the API server does not tell its version, which was known before', async () => {
    const world = await EnforcedWorld.at(exec);
    world.setMinor(undefined);
    await world.edit(DENY, { validationActions: ['Audit'] });
    // Nor whether it asks admission policies.
    expect(world.condition).to.equal('Unknown NotObserved');
    expect(world.isAsPlanned).to.equal(true);
  });

  it('is left in force by a newer API server, and no longer put right', async () => {
    const world = await EnforcedWorld.at(exec);
    world.setMinor(38);
    await world.rest();
    expect(world.condition).to.equal('True Enforced');
    await world.edit(DENY, { validationActions: ['Audit'] });
    expect(world.condition).to.equal('False Unproven');
    expect(world.writes).to.have.length(3);
  });
});
