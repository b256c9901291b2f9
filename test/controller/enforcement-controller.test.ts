import { expect } from 'chai';

import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import { judgeExemption } from '../../src/core/exemption.ts';
import { imageTag } from '../../src/rules/pod/image-tag.ts';
import { privileged } from '../../src/rules/pod/privileged.ts';
import { EnforcedWorld, exec } from './enforced-world.ts';

const POLICY = 'ValidatingAdmissionPolicy/merlon-exec-guard';
const DENY = 'ValidatingAdmissionPolicyBinding/merlon-exec-guard-deny';
const AUDIT = 'ValidatingAdmissionPolicyBinding/merlon-exec-guard-audit';
const HOUR_MS = 60 * 60_000;

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

  describe('without the right to it', () => {
    it('says which role, writes nothing and asks no more than once an hour', async () => {
      const world = new EnforcedWorld();
      world.isAllowed = false;
      world.say(exec);
      world.controller.start();
      await world.rest();
      expect(world.condition).to.equal('False Forbidden');
      expect(world.message).to.contain('ClusterRole merlon-enforcement').and.contain('merlon enforce --policy');
      // For some seconds after rights have changed the API server may not know of it.
      await world.rest(20_000);
      const { reads } = world;
      await world.rest(HOUR_MS / 2);
      expect(world.reads).to.equal(reads);
      await world.rest(HOUR_MS);
      expect(world.reads).to.be.greaterThan(reads);
    });

    it('applies as soon as somebody grants it', async () => {
      const world = new EnforcedWorld();
      world.isAllowed = false;
      world.say(exec);
      world.controller.start();
      await world.rest();
      world.isAllowed = true;
      world.controller.noteChange({ source: 'ClusterRoleBinding', namespace: '' });
      await world.rest();
      expect(world.isAsPlanned).to.equal(true);
      expect(world.condition).to.equal('True Enforced');
    });

    it('sees what somebody else applied of the same text, and anything else does not count', async () => {
      const world = new EnforcedWorld();
      world.isAllowed = false;
      world.say(exec);
      world.applyPrinted();
      world.controller.start();
      await world.rest();
      expect(world.condition).to.equal('True Enforced');
      expect(world.message).to.contain('may not be read');
      await world.edit(DENY, { validationActions: ['Audit'] });
      expect(world.condition).to.equal('False Forbidden');
    });

    it('is not said of what stands and nobody asked Merlon for', async () => {
      const world = new EnforcedWorld();
      world.isAllowed = false;
      world.say(exec);
      world.applyPrinted();
      world.say({});
      world.controller.start();
      await world.rest();
      expect(world.condition).to.equal('False Disabled');
      expect(world.message).to.contain('"merlon-exec-guard" stands');
    });
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

  describe('of what can be tried', () => {
    const pods = { mode: 'deny', families: ['pod-security'] } as const;
    const PODS = 'ValidatingAdmissionPolicy/merlon-pod-security';
    const CANARY = 'ValidatingAdmissionPolicy/merlon-canary';
    const isLeft = (world: EnforcedWorld) => world.names.some((name) => name.startsWith('merlon-canary'));

    it('is tried under another name, in the namespace of probes alone, before it is applied', async () => {
      const world = await EnforcedWorld.at(pods);
      await world.rest(20_000);
      expect(world.condition).to.equal('True Enforced');
      expect(world.writes).to.deep.equal([
        `apply ${CANARY}`,
        'apply ValidatingAdmissionPolicyBinding/merlon-canary-deny',
        'remove ValidatingAdmissionPolicyBinding/merlon-canary-deny',
        `remove ${CANARY}`,
        `apply ${PODS}`,
        ...['audit', 'warn', 'deny'].map(
          (mode) => `apply ValidatingAdmissionPolicyBinding/merlon-pod-security-${mode}`,
        ),
      ]);
      expect(world.isAsPlanned).to.equal(true);
      expect((await world.restart()).writes).to.deep.equal([]);
    });

    it('is tried again where the text is another, and not where somebody changed what stands', async () => {
      const world = await EnforcedWorld.at(pods);
      await world.rest(20_000);
      world.writes.length = 0;
      await world.edit(PODS, { failurePolicy: 'Ignore' });
      expect(world.writes).to.deep.equal([`replace ${PODS}`]);
      await world.change({ ...pods, breakGlassGroups: ['oncall'] });
      await world.rest(20_000);
      expect(world.writes.slice(1)).to.include(`apply ${CANARY}`).and.include(`replace ${PODS}`);
    });

    it('stays in force in its earlier text while somebody else owns the name that it is tried under', async () => {
      const world = await EnforcedWorld.at(pods);
      await world.rest(20_000);
      const bound = world.names.filter((name) => name.includes('Binding/merlon-pod-security'));
      const metadata = { name: 'merlon-canary', uid: 'theirs', resourceVersion: '1' };
      world.put(CANARY, { metadata, spec: { failurePolicy: 'Ignore' } });
      await world.change({ ...pods, breakGlassGroups: ['oncall'] });
      await world.rest(20_000);
      expect(world.condition).to.equal('False Untried');
      expect(world.message).to.contain('it could not be tried: ').and.contain('merlon-canary');
      expect(world.names.filter((name) => name.includes('Binding/merlon-pod-security'))).to.deep.equal(bound);
      await world.delete(CANARY);
      await world.rest(2 * 3_600_000);
      expect(world.condition).to.equal('True Enforced');
    });

    it('is bound as is asked now in its earlier text, where another fails its trial', async () => {
      const world = await EnforcedWorld.at(pods);
      await world.rest(20_000);
      world.tried = (name) => (name === 'merlon-harmless' ? { outcome: 'refused', message: 'x' } : undefined);
      await world.change({ ...pods, mode: 'warn', breakGlassGroups: ['oncall'] });
      await world.rest(20_000);
      expect(world.condition).to.equal('False Untried');
      const bindings = [...world.objects].filter(([name]) => name.includes('Binding/merlon-pod-security'));
      const spec = bindings.find(([name]) => name.endsWith('-warn'))?.[1].spec as {
        readonly matchResources: { readonly namespaceSelector: object };
      };
      expect(bindings.map(([name]) => name)).to.not.include(
        'ValidatingAdmissionPolicyBinding/merlon-pod-security-deny',
      );
      expect(JSON.stringify(spec.matchResources.namespaceSelector)).to.contain('"warn","deny"');
    });

    const exemptionOf = (subject: object, namespace?: string) =>
      judgeExemption(
        {
          apiVersion: 'merlon.dev/v1alpha1',
          kind: namespace === undefined ? 'ClusterHardeningExemption' : 'HardeningExemption',
          metadata: {
            ...{ name: 'agents', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
            ...(namespace === undefined ? {} : { namespace }),
          },
          spec: {
            rules: ['pod-privileged'],
            subjects: [subject],
            reason: 'they are the node',
            owner: 'platform',
            expiresAt: '2026-11-26T12:00:00Z',
          },
        },
        [privileged],
      );

    it('lets through what is exempt, says what of exemptions it cannot tell, and refuses it when they end', async () => {
      const world = await EnforcedWorld.at(pods);
      await world.rest(20_000);
      const text = () => JSON.stringify(world.objects.get(PODS)?.spec);
      expect(text()).not.to.contain('agents');
      world.exemptions = [exemptionOf({ kind: 'Pod', namespace: 'agents' })];
      world.controller.review();
      await world.rest(20_000);
      expect(text()).not.to.contain('agents');
      expect(world.message).to.contain('left out: ').and.contain('ClusterHardeningExemption/agents asks for a kind');
      world.exemptions = [exemptionOf({ namespace: 'agents' })];
      world.controller.review();
      await world.rest(20_000);
      expect(world.condition).to.equal('True Enforced');
      expect(text()).to.contain('agents');
      // Nobody could tell what is exempt: nothing is written for that.
      world.exemptions = undefined;
      world.controller.review();
      await world.rest(20_000);
      expect(world.condition).to.equal('Unknown Unknown');
      expect(text()).to.contain('agents');
      // Whoever switches everything off does not wait for it.
      await world.change({ mode: 'off', families: ['pod-security'] });
      expect(world.condition).to.equal('False SwitchedOff');
      expect(world.objects.size).to.equal(0);
      await world.change({ mode: 'deny', families: ['pod-security'] });
      expect(world.objects.size).to.equal(0);
      world.exemptions = [];
      world.controller.review();
      await world.rest(20_000);
      expect(text()).not.to.contain('agents');
    });

    it('lets through what a namespace exempts, where policies there delegate that, as long as they do', async () => {
      const world = await EnforcedWorld.at(pods);
      await world.rest(20_000);
      const text = () => JSON.stringify(world.objects.get(PODS)?.spec);
      const terms = {
        ...DEFAULT_EXEMPTION_TERMS,
        mayNamespaceExempt: () => true,
        mayNamespaceExemptEnforced: () => true,
      };
      world.exemptions = [exemptionOf({ serviceAccount: 'agent' }, 'agents')];
      world.controller.review();
      await world.rest(20_000);
      expect(text()).not.to.contain('agent');
      // By default nothing is delegated, which is nothing to be told.
      expect(world.message).not.to.contain('left out');
      world.termsInNamespaces = terms;
      world.controller.review();
      await world.rest(20_000);
      expect(world.condition).to.equal('True Enforced');
      expect(text()).to.match(/request\.namespace == 'agents' && \(.* == 'agent'\)/);
      const { length } = world.writes;
      world.controller.review();
      await world.rest(20_000);
      expect(world.writes).to.have.length(length);
      world.termsInNamespaces = undefined;
      world.controller.review();
      await world.rest(20_000);
      expect(text()).not.to.contain('agent');
    });

    const message = `pods "x" is forbidden: ValidatingAdmissionPolicy 'merlon-canary' denied request: no such key`;
    const rows: readonly (readonly [why: string, change: (world: EnforcedWorld) => void, says: string])[] = [
      ['lets in what it must refuse', (world) => (world.learnsInMs = Number.POSITIVE_INFINITY), 'was let in'],
      [
        'refuses what breaks no rule',
        (world) => (world.tried = () => ({ outcome: 'refused', message })),
        'no such key',
      ],
      [
        'is not what refuses',
        (world) => (world.tried = () => ({ outcome: 'refused', message: 'violates PodSecurity' })),
        'exempt that namespace',
      ],
      [
        'meets a webhook that fights it, which is named',
        (world) =>
          (world.tried = () => ({
            outcome: 'refused',
            message: 'admission webhook "pods.acme.io" denied the request',
          })),
        'pods.acme.io',
      ],
      [
        'meets a policy whose parameters are gone, which is named',
        (world) =>
          (world.tried = (name) =>
            name === 'merlon-harmless'
              ? {
                  outcome: 'refused',
                  message: `policy 'acme-limits' denied request: failed to find resource referenced by paramKind`,
                }
              : undefined),
        'acme-limits',
      ],
      [
        'may not be tried',
        (world) => (world.tried = () => ({ outcome: 'forbidden', message: 'User' })),
        'config/probes',
      ],
      ['has no place to be tried', (world) => (world.guardProblem = 'it is not there'), 'it is not there'],
    ];
    for (const [why, change, says] of rows) {
      it(`is not applied where it ${why}, nothing of the trial stays, and that is said`, async () => {
        const world = new EnforcedWorld();
        change(world);
        world.say({ ...pods, families: ['exec', 'pod-security'] });
        world.controller.start();
        await world.rest(60_000);
        expect(world.condition).to.equal('False Untried');
        expect(world.message).to.contain(says).and.contain('in force: 1 of 2').and.not.contain('stays in force');
        expect(world.names.filter((name) => name.startsWith('merlon-pod-security'))).to.deep.equal([]);
        expect(isLeft(world)).to.equal(false);
      });
    }

    it('stays as it is in force where a new text fails its trial', async () => {
      const world = await EnforcedWorld.at(pods);
      await world.rest(20_000);
      const before = world.objects.get(PODS)?.spec;
      world.tried = () => ({ outcome: 'refused', message });
      await world.change({ ...pods, breakGlassGroups: ['oncall'] });
      await world.rest(20_000);
      expect(world.condition).to.equal('False Untried');
      expect(world.message)
        .to.contain('another text than is meant stands, stays in force')
        .and.contain('mode: off takes it away');
      expect(world.objects.get(PODS)?.spec).to.deep.equal(before);
      expect(isLeft(world)).to.equal(false);
    });

    it('is waited for where something else refuses the careless pod before the canary acts', async () => {
      const world = await EnforcedWorld.at(pods);
      await world.rest(20_000);
      let tries = 0;
      world.tried = (name) => {
        if (name !== 'merlon-careless' || (tries += 1) > 2) return undefined;
        return { outcome: 'refused', message: "ValidatingAdmissionPolicy 'merlon-pod-security' denied request: x" };
      };
      await world.change({ ...pods, breakGlassGroups: ['oncall'] });
      await world.rest(20_000);
      expect(world.condition).to.equal('True Enforced');
      expect(world.isAsPlanned).to.equal(true);
    });

    const changeRights = async (world: EnforcedWorld, times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        world.controller.noteChange({ source: 'RoleBinding', namespace: 'shop' });
        await world.rest(100);
      }
    };
    const startWith = async (change: (world: EnforcedWorld) => void): Promise<EnforcedWorld> => {
      const world = new EnforcedWorld();
      change(world);
      world.say(pods);
      world.controller.start();
      await world.rest(30_000);
      expect(world.condition).to.equal('False Untried');
      return world;
    };

    it('is not tried again for other rights where it was tried and failed, but once an hour', async () => {
      const failed = await startWith((one) => (one.tried = () => ({ outcome: 'refused', message })));
      const { tries, writes } = failed;
      const written = writes.length;
      await changeRights(failed, 5);
      await failed.rest(HOUR_MS / 2);
      expect([failed.tries, writes.length]).to.deep.equal([tries, written]);
      failed.tried = () => undefined;
      await failed.rest(HOUR_MS);
      expect(failed.condition).to.equal('True Enforced');
    });

    it('is asked twice at most after a burst of other rights where it may not be tried, and nothing is written for it', async () => {
      const world = await startWith((one) => (one.tried = () => ({ outcome: 'forbidden', message: 'User' })));
      const { tries } = world;
      await changeRights(world, 20);
      await world.rest(HOUR_MS / 2);
      // The first comes while rights still change, and may come too early.
      expect(world.tries - tries).to.be.within(1, 2);
      expect(world.writes).to.deep.equal([]);
      world.tried = () => undefined;
      await changeRights(world, 1);
      await world.rest(20_000);
      expect(world.condition).to.equal('True Enforced');
    });

    it('is tried soon after the guard of the probes is there', async () => {
      const world = await startWith((one) => (one.guardProblem = 'it is not there'));
      world.guardProblem = undefined;
      const metadata = { name: 'merlon-probes', uid: 'g', resourceVersion: '' };
      world.put('ValidatingAdmissionPolicy/merlon-probes', { metadata, spec: {} });
      await world.rest(20_000);
      expect(world.condition).to.equal('True Enforced');
    });

    it('names the rule that refuses the pod that should pass, and that it may be for its parameters', async () => {
      const byRule = message.replace('no such key', 'pod-privileged: Pod "x": y');
      const world = await startWith(
        (one) =>
          (one.tried = (name) => (name === 'merlon-harmless' ? { outcome: 'refused', message: byRule } : undefined)),
      );
      expect(world.message).to.contain('by pod-privileged: its parameters').and.contain(byRule);
    });

    it('is proven by an image without a tag where something else refuses the careless pod', async () => {
      const others = (name: string) =>
        name === 'merlon-careless' ? ({ outcome: 'refused', message: 'violates PodSecurity' } as const) : undefined;
      const without = await startWith((one) => (one.tried = others));
      expect(without.message).to.contain('namespace "merlon-probes"').and.contain('violates PodSecurity');
      const world = new EnforcedWorld(37, [privileged, imageTag]);
      world.tried = others;
      world.say(pods);
      world.controller.start();
      await world.rest(30_000);
      expect(world.condition).to.equal('True Enforced');
      // One that the policy lets in does not prove it.
      world.tried = (name) => (name === 'merlon-untagged' ? { outcome: 'passed', pod: {} } : others(name));
      await world.change({ ...pods, breakGlassGroups: ['oncall'] });
      await world.rest(30_000);
      expect(world.condition).to.equal('False Untried');
    });

    it('leaves nothing of a trial that was cut short behind', async () => {
      const world = await EnforcedWorld.at(pods);
      const left = world.objects.get(PODS) ?? world.objects.get(CANARY);
      if (left === undefined) throw new Error('nothing stands');
      const next = await world.restart();
      next.put(CANARY, { metadata: { ...left.metadata, name: 'merlon-canary' }, spec: left.spec });
      await next.rest(60_000);
      expect(isLeft(next)).to.equal(false);
    });
  });
});
