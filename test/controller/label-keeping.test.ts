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

  describe('with a workload whose selector asks for pods without the label', () => {
    const SETTER = 'MutatingAdmissionPolicyBinding/merlon-exec-label-on';
    const selecting = (key: string, operator: string, labels: Readonly<Record<string, string>> = {}) =>
      project(kinds.StatefulSet.shape, {
        metadata: { name: 'db', namespace: 'shop', uid: 'b' },
        spec: {
          selector: { matchLabels: { app: 'db' }, matchExpressions: [{ key, operator, values: ['open'] }] },
          template: { metadata: { labels: { app: 'db', ...labels } }, spec: { containers: [{ name: 'main' }] } },
        },
      });
    const place = async (world: EnforcedWorld, one: ReturnType<typeof selecting>): Promise<EnforcedWorld> => {
      world.store.upsert('StatefulSet', world.store.intern('StatefulSet', one));
      await world.rest();
      return world;
    };
    const unlabelled = selecting('merlon.dev/exec', 'NotIn');

    it('gives no pod the label, says why, and keeps it all the same, until that is gone', async () => {
      const world = await place(await worldWith(), unlabelled);
      expect([world.objects.has(SETTER), world.objects.has(KEEPER), isSparing(world)]).to.deep.equal([
        false,
        true,
        true,
      ]);
      expect(world.message).to.contain(
        'left out: exec.byLabel gives no new pod the label merlon.dev/exec, so that the exec guard looks at each: the selector of StatefulSet "db" in namespace "shop" asks for pods without it, or with another; make it anew without that',
      );
      world.store.remove('StatefulSet', unlabelled);
      await world.rest();
      expect([world.objects.has(SETTER), world.message.includes('left out')]).to.deep.equal([true, false]);
    });

    it('gives none the label where that is there from the beginning, or was and is not known any more', async () => {
      const world = new EnforcedWorld();
      world.say(byLabel);
      await place(world, unlabelled);
      world.controller.start();
      await world.rest();
      expect(world.writes.filter((one) => one.endsWith(SETTER))).to.deep.equal([]);
      world.store.remove('StatefulSet', unlabelled);
      world.store.observe({ source: 'StatefulSet', state: 'forbidden', message: 'may not list StatefulSets' });
      await world.rest();
      expect(world.message).to.contain('so that the exec guard looks at each: may not list StatefulSets');
      expect(world.objects.has(SETTER)).to.equal(false);
    });

    it('gives pods the label where the selector is harmless, or in a namespace that is out', async () => {
      const said = { 'merlon.dev/exec': 'guarded' };
      for (const harmless of [selecting('merlon.dev/exec', 'NotIn', said), selecting('other', 'NotIn')]) {
        expect((await place(await worldWith(), harmless)).objects.has(SETTER)).to.equal(true);
      }
      const world = await place(await worldWith(), unlabelled);
      await world.change({ ...byLabel, namespacesOut: ['shop'] });
      expect(world.objects.has(SETTER)).to.equal(true);
    });
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
