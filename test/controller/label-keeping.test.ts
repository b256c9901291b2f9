/** The exec guard goes by a label of pods only while the label is kept and nobody has it wrongly. */
import { expect } from 'chai';

import { kinds } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { EnforcedWorld } from './enforced-world.ts';

const byLabel = { mode: 'deny', exec: { byLabel: true } } as const;
const KEEPER = 'ValidatingAdmissionPolicyBinding/merlon-exec-label-keeper-deny';
const GUARD = 'ValidatingAdmissionPolicyBinding/merlon-exec-guard-deny';

/** Whether the guard that stands spares pods. */
function isSparing(world: EnforcedWorld): boolean {
  const { paramRef } = world.objects.get(GUARD)?.spec as { readonly paramRef: { readonly selector: object } };
  return Object.keys(paramRef.selector).length > 0;
}

const forged = project(kinds.Pod.shape, {
  metadata: { name: 'agent', namespace: 'shop', uid: 'a', labels: { 'merlon.dev/exec': 'open' } },
  spec: { hostPID: true, containers: [{ name: 'main', image: 'x:1' }] },
});

async function worldWith(pod?: typeof forged): Promise<EnforcedWorld> {
  const world = new EnforcedWorld();
  if (pod !== undefined) world.store.upsert('Pod', world.store.intern('Pod', pod));
  world.say(byLabel);
  world.controller.start();
  await world.rest();
  return world;
}

describe('the exec guard that policies have go by a label', () => {
  it('looks at every pod until what keeps the label is in force', async () => {
    const world = await worldWith();
    expect(world.condition, world.message).to.equal('True Enforced');
    const written = world.writes.filter((one) =>
      [`apply ${KEEPER}`, `apply ${GUARD}`, `replace ${GUARD}`].includes(one),
    );
    expect(written).to.deep.equal([`apply ${GUARD}`, `apply ${KEEPER}`, `replace ${GUARD}`]);
    expect([isSparing(world), world.isAsPlanned]).to.deep.equal([true, true]);
    expect(world.names).to.include.members(['merlon-exec-label', 'merlon-exec-label-on']);
  });

  it('writes nothing more while nothing changes', async () => {
    const world = await worldWith();
    const { length } = world.writes;
    world.controller.review();
    await world.rest(3 * 60 * 60_000);
    expect(world.writes).to.have.length(length);
  });

  it('looks at every pod while one has the label wrongly, and says where; not in namespaces that are out', async () => {
    const world = await worldWith(forged);
    expect([isSparing(world), world.condition]).to.deep.equal([false, 'True Enforced']);
    expect(world.message).to.contain(
      'left out: exec.byLabel is not gone by, so that the exec guard looks at every pod: in namespace "shop" some pod has the label merlon.dev/exec wrongly; make it anew',
    );
    world.store.remove('Pod', forged);
    await world.rest();
    expect([isSparing(world), world.message.includes('left out')]).to.deep.equal([true, false]);
    world.store.upsert('Pod', world.store.intern('Pod', forged));
    await world.rest();
    expect(isSparing(world)).to.equal(false);
    await world.change({ ...byLabel, namespacesOut: ['shop'] });
    expect(isSparing(world)).to.equal(true);
  });

  it('looks at every pod where somebody goes on changing what keeps the label, and where it may not be applied', async () => {
    const world = await worldWith();
    for (let edits = 0; edits < 3; edits += 1) await world.edit(KEEPER, { validationActions: ['Audit'] });
    expect([world.condition, isSparing(world)]).to.deep.equal(['False Contested', false]);

    const forbidden = new EnforcedWorld(35);
    forbidden.say(byLabel);
    forbidden.controller.start();
    await forbidden.rest();
    expect([forbidden.condition, isSparing(forbidden)]).to.deep.equal(['True Enforced', false]);
    expect(forbidden.message).to.contain('left out: Kubernetes 1.35 serves no MutatingAdmissionPolicy');
    expect(forbidden.names.filter((name) => name.startsWith('merlon-exec-label'))).to.deep.equal([]);
  });

  it('does not go by what somebody else keeps, who may stop any time', async () => {
    const world = new EnforcedWorld();
    world.say(byLabel);
    world.applyPrinted();
    world.controller.start();
    await world.rest();
    expect(world.message).to.contain('which keeps it, is not in force by Merlon');
  });

  it('looks at every pod again before what keeps the label goes', async () => {
    const world = await worldWith();
    const { length } = world.writes;
    await world.change({ mode: 'deny' });
    await world.rest();
    const written = world.writes.slice(length);
    expect(written.indexOf(`replace ${GUARD}`), written.join()).to.be.within(0, written.indexOf(`remove ${KEEPER}`));
    expect(world.names).to.deep.equal(['merlon-exec-guard', 'merlon-exec-guard-audit', 'merlon-exec-guard-deny']);
    expect(world.condition).to.equal('True Enforced');
  });

  it('goes, before what keeps the label, where everything is switched off', async () => {
    const world = await worldWith();
    const { length } = world.writes;
    await world.change({ mode: 'off' });
    await world.rest();
    const written = world.writes.slice(length);
    expect(written.indexOf(`remove ${GUARD}`), written.join()).to.be.within(0, written.indexOf(`remove ${KEEPER}`));
    expect([world.names, world.condition]).to.deep.equal([[], 'False SwitchedOff']);
  });

  it('keeps what keeps the label as long as the watch does not show that nothing goes by it', async () => {
    const world = await worldWith();
    world.hideWrites();
    await world.change({ mode: 'deny' });
    expect(isSparing(world)).to.equal(false);
    expect(world.objects.has(KEEPER)).to.equal(true);
  });
});
