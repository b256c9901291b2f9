/** Families that set something, and those that cannot be tried: applied, tried, held back and taken away. */
import { expect } from 'chai';

import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { kinds } from '../../src/core/kinds.ts';
import { project } from '../../src/core/project.ts';
import { defaultingRulesOf } from '../../src/enforcement/plan/pod-defaults.ts';
import { predictDefaults } from '../../src/enforcement/plan/predicted-pod.ts';
import { rules as catalogue } from '../../src/rules/index.ts';
import { EnforcedWorld } from './enforced-world.ts';

const rules = buildDefaultPolicy(catalogue).rules.map(({ rule }) => rule);
const defaults = defaultingRulesOf(rules).map(({ sets }) => sets);
const pulls = { mode: 'deny', families: ['image-pulls'] } as const;
const SETTER = 'MutatingAdmissionPolicy/merlon-image-pulls';
const SET = 'MutatingAdmissionPolicyBinding/merlon-image-pulls-on';
const TWIN = 'ValidatingAdmissionPolicy/merlon-image-pulls';
const KEEPER = 'ValidatingAdmissionPolicy/merlon-image-pulls-keeper';
const KEPT = 'ValidatingAdmissionPolicyBinding/merlon-image-pulls-keeper-deny';

async function worldOf(
  stated: Parameters<EnforcedWorld['say']>[0],
  { minor = 37, prepare = () => undefined }: { minor?: number; prepare?: (world: EnforcedWorld) => unknown } = {},
): Promise<EnforcedWorld> {
  const world = new EnforcedWorld(minor, rules);
  prepare(world);
  world.say(stated);
  world.controller.start();
  await world.rest(60_000);
  return world;
}

const bindingsOf = (world: EnforcedWorld, name: string): readonly string[] =>
  world.names.filter((one) => one.startsWith(`${name}-`));
const isLeft = (world: EnforcedWorld): boolean => world.names.some((name) => name.startsWith('merlon-canary'));

describe('what sets something', () => {
  it('is in force only where every API server asks it', async () => {
    const world = await worldOf(pulls);
    world.settingPlugin = { value: false, source: '/flagz', confidence: 'high', detail: 'it is disabled' };
    world.setMinor(37);
    expect([world.condition, world.message]).to.deep.equal([
      'False PluginOff',
      'the API server a:6443 does not ask admission policies that set something: it is disabled',
    ]);
    world.settingPlugin = { unobserved: 'nobody may see it' };
    world.setMinor(37);
    expect(world.condition).to.equal('Unknown NotObserved');
    await world.change({ mode: 'deny', families: ['exec'] });
    await world.rest(60_000);
    expect(world.condition).to.equal('True Enforced');
  });

  it('is tried in the namespace of probes before it is applied, and so are what tells of it and what keeps it, which is bound last', async () => {
    const world = await worldOf(pulls);
    expect(world.condition, world.message).to.equal('True Enforced');
    const canaryOf = (kind: string, mode: string): readonly string[] => [
      `apply ${kind}/merlon-canary`,
      `apply ${kind}Binding/merlon-canary-${mode}`,
      `remove ${kind}Binding/merlon-canary-${mode}`,
      `remove ${kind}/merlon-canary`,
    ];
    expect(world.writes).to.deep.equal([
      ...canaryOf('ValidatingAdmissionPolicy', 'deny'),
      `apply ${KEEPER}`,
      ...canaryOf('MutatingAdmissionPolicy', 'on'),
      ...[`apply ${SETTER}`, `apply ${SET}`],
      ...canaryOf('ValidatingAdmissionPolicy', 'deny'),
      `apply ${TWIN}`,
      ...['audit', 'warn'].map((mode) => `apply ValidatingAdmissionPolicyBinding/merlon-image-pulls-${mode}`),
      `apply ${KEPT}`,
    ]);
    expect(world.isAsPlanned).to.equal(true);
    expect(world.controller.summary()?.policies).to.deep.equal([
      {
        policy: 'merlon-image-pulls-keeper',
        kind: 'ValidatingAdmissionPolicy',
        state: 'InForce',
        modes: ['deny: merlon.dev/enforce=deny'],
      },
      {
        policy: 'merlon-image-pulls',
        kind: 'MutatingAdmissionPolicy',
        state: 'InForce',
        modes: ['on: merlon.dev/enforce=deny'],
      },
      {
        policy: 'merlon-image-pulls',
        kind: 'ValidatingAdmissionPolicy',
        state: 'InForce',
        modes: ['audit: merlon.dev/enforce=audit', 'warn: merlon.dev/enforce=warn'],
      },
    ]);
    expect(world.controller.summary()?.report.state).to.equal('deny');
  });

  it('writes nothing more while nothing changes, and nothing after a restart', async () => {
    const world = await worldOf(pulls);
    const { length } = world.writes;
    world.controller.review();
    await world.rest(3 * 60 * 60_000);
    expect(world.writes).to.have.length(length);
    expect((await world.restart()).writes).to.deep.equal([]);
  });

  it('sets defaults where pods come back as they are predicted', async () => {
    const prepare = (world: EnforcedWorld) => (world.changed = (pod) => predictDefaults(pod, defaults));
    const world = await worldOf({ mode: 'deny', families: ['pod-defaults'] }, { prepare });
    expect(world.condition, world.message).to.equal('True Enforced');
    expect(world.names).to.deep.equal(['merlon-pod-defaults', 'merlon-pod-defaults-on']);
  });

  it('is not applied where one field comes back otherwise, and that is named', async () => {
    const prepare = (world: EnforcedWorld) =>
      (world.changed = (pod) => {
        const { spec } = predictDefaults(pod, defaults);
        return { ...pod, spec: { ...spec, securityContext: { ...spec.securityContext, runAsNonRoot: true } } };
      });
    const world = await worldOf({ mode: 'deny', families: ['pod-defaults'] }, { prepare });
    expect(world.condition).to.equal('False Untried');
    expect(world.message).to.contain('a pod came back otherwise than it is predicted');
    expect(world.message).to.contain('in spec.securityContext.runAsNonRoot');
    expect([world.names, isLeft(world)]).to.deep.equal([[], false]);
  });

  const failures: readonly (readonly [what: string, prepare: (world: EnforcedWorld) => unknown, said: string])[] = [
    ['where it changes nothing', (world) => (world.changed = (pod) => pod), 'spec.containers[0].imagePullPolicy'],
    [
      'where the pod is refused for it',
      (world) =>
        (world.changed = () => {
          world.tried = () => ({
            outcome: 'refused',
            message: "policy 'merlon-canary' with binding 'merlon-canary-on' denied request: no such key",
          });
          return { spec: { containers: [] } };
        }),
      'no such key',
    ],
    [
      'where something else sets the same already',
      (world) => (world.defaulted = (spec) => world.changed({ spec }).spec),
      'something else sets the same already',
    ],
    [
      'where something else refuses the pod',
      (world) => (world.tried = () => ({ outcome: 'refused', message: 'violates PodSecurity' })),
      'violates PodSecurity',
    ],
    [
      'where no pod may be tried',
      (world) => (world.tried = () => ({ outcome: 'forbidden', message: 'cannot create' })),
      'apply config/probes: cannot create',
    ],
    ['without the guard of the probes', (world) => (world.guardProblem = 'it is not there'), 'it is not there'],
  ];
  for (const [what, prepare, said] of failures) {
    it(`is not applied ${what}, and leaves nothing behind`, async () => {
      const world = await worldOf(pulls, { prepare });
      expect(world.condition).to.equal('False Untried');
      expect(world.message).to.contain(said);
      expect([world.objects.has(SETTER), isLeft(world)]).to.deep.equal([false, false]);
    });
  }

  it('is put right where somebody changed it, without another trial', async () => {
    const world = await worldOf(pulls);
    world.writes.length = 0;
    await world.edit(SETTER, { failurePolicy: 'Ignore' });
    expect(world.writes).to.deep.equal([`replace ${SETTER}`]);
    await world.delete(SET);
    await world.rest(20_000);
    expect(world.writes.slice(1)).to.deep.equal([`apply ${SET}`]);
  });

  it('is kept also where somebody takes away what sets it, again and again', async () => {
    const world = await worldOf(pulls);
    for (let round = 0; round < 3; round += 1) {
      await world.delete(SETTER);
      await world.rest(20_000);
    }
    expect(world.condition).to.equal('False Contested');
    expect(world.objects.has(SETTER)).to.equal(false);
    expect(world.objects.has(KEPT)).to.equal(true);
  });

  it('is left alone where somebody else made it under the name, and nothing is bound to it', async () => {
    const world = await worldOf(pulls, {
      prepare: (one) => {
        const metadata = { name: 'merlon-image-pulls', uid: 'u', resourceVersion: '1' };
        one.put(SETTER, { metadata, spec: { mutations: [] } });
      },
    });
    expect(world.condition).to.equal('False Foreign');
    expect(world.message).to.contain('MutatingAdmissionPolicy "merlon-image-pulls" says something else');
    expect(world.objects.get(SETTER)?.spec).to.deep.equal({ mutations: [] });
    expect(world.objects.has(SET)).to.equal(false);
    await world.change({ mode: 'off' });
    await world.rest(20_000);
    expect(world.message).to.contain('stands, and Merlon did not apply it');
    expect(world.names).to.deep.equal(['merlon-image-pulls']);
  });

  it('takes a role of its own, which is named, and what refuses needs none of it', async () => {
    const forbidden = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'] as const;
    const prepare = (world: EnforcedWorld) => (world.forbiddenKinds = forbidden);
    const world = await worldOf({ ...pulls, families: ['image-pulls', 'exec'] }, { prepare });
    expect(world.condition).to.equal('False Forbidden');
    expect(world.message).to.contain('ClusterRole merlon-enforcement-mutating (config/enforcement/mutating)');
    expect(world.message).to.contain('in force: 2 of 4');
    expect(world.objects.has(TWIN)).to.equal(true);
    // It would refuse every pod that does not say itself what nobody sets.
    expect(world.objects.has(KEPT)).to.equal(false);
    expect(world.controller.summary()?.policies).to.deep.include({
      policy: 'merlon-image-pulls-keeper',
      kind: 'ValidatingAdmissionPolicy',
      state: 'Waiting',
      modes: ['deny: merlon.dev/enforce=deny'],
      message: 'it is bound as soon as MutatingAdmissionPolicy "merlon-image-pulls" is in force',
    });
  });

  it('counts where somebody else applied the same text, also without that role, and no other text does', async () => {
    const world = new EnforcedWorld(37, rules);
    world.forbiddenKinds = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'];
    world.say(pulls);
    world.applyPrinted();
    world.controller.start();
    await world.rest(60_000);
    expect(world.condition, world.message).to.equal('True Enforced');
    expect(world.message).to.match(/who applied MutatingAdmissionPolicy\w* ".*" may not be read/);
    await world.edit(SETTER, { reinvocationPolicy: 'Never' });
    expect(world.condition).to.equal('False Forbidden');
  });

  it('is taken away when it is switched off, what binds it first', async () => {
    const world = await worldOf({ mode: 'deny', families: ['image-pulls', 'service-accounts'] });
    expect(world.condition, world.message).to.equal('True Enforced');
    world.writes.length = 0;
    await world.change({ mode: 'off' });
    await world.rest(20_000);
    expect(world.names).to.deep.equal([]);
    const at = (what: string): number => world.writes.indexOf(`remove ${what}`);
    expect(at(SET)).to.be.lessThan(at(SETTER));
    expect(at(KEPT)).to.be.greaterThan(-1).and.lessThan(at(SET));
    expect(world.condition).to.equal('False SwitchedOff');
  });

  it('is not there below the ceiling deny, by which pods would be refused otherwise', async () => {
    const world = await worldOf({ mode: 'warn', families: ['image-pulls', 'pod-defaults'] });
    expect(world.condition).to.equal('True Enforced');
    expect(world.names).to.deep.equal(['merlon-image-pulls', 'merlon-image-pulls-audit', 'merlon-image-pulls-warn']);
    expect(world.message).to.contain('left out: pod-defaults sets nothing');
  });
});

describe('who may take back what is set', () => {
  const prepare = (world: EnforcedWorld): void => {
    const metadata = { name: 'shop', labels: { 'merlon.dev/enforce': 'deny' } };
    world.store.upsert('Namespace', project(kinds.Namespace.shape, { metadata }));
  };
  const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }];
  const mesh = project(kinds.MutatingWebhookConfiguration.shape, {
    metadata: { name: 'mesh' },
    webhooks: [{ name: 'a.b.c', rules, reinvocationPolicy: 'IfNeeded' }],
  });
  const SAID = '; MutatingWebhookConfiguration "mesh" may take back what image-pulls sets: such pods are refused';

  it('is named as long as it is there, also in the status of policies', async () => {
    const world = await worldOf(pulls, { prepare });
    expect(world.message).not.to.contain('may take back');
    const { changes } = world;
    world.store.upsert('MutatingWebhookConfiguration', mesh);
    await world.rest(6_000);
    expect(world.changes).to.equal(changes + 1);
    expect([world.condition, world.message.endsWith(SAID)], world.message).to.deep.equal(['True Enforced', true]);
    expect(world.controller.summary()?.report.message).to.contain('"mesh"');
    world.store.upsert('Namespace', project(kinds.Namespace.shape, { metadata: { name: 'shop' } }));
    await world.rest(6_000);
    expect(world.message).not.to.contain('mesh');
    prepare(world);
    await world.rest(6_000);
    expect(world.message).to.contain('mesh');
    world.store.remove('MutatingWebhookConfiguration', mesh);
    await world.rest(6_000);
    expect(world.message).not.to.contain('mesh');
    expect(world.changes).to.equal(changes + 4);
  });

  it('is not known where webhooks cannot be read, which is said', async () => {
    const world = await worldOf(pulls, {
      prepare: (one) => {
        prepare(one);
        const message = 'listing webhooks is forbidden';
        one.store.observe({ source: 'MutatingWebhookConfiguration', state: 'forbidden', message });
      },
    });
    expect(world.message).to.contain(
      '; whether anybody may take back what image-pulls sets is not known (listing webhooks is forbidden): such pods are refused',
    );
  });

  it('is nobody where nothing is set', async () => {
    const world = await worldOf({ mode: 'deny', families: ['exec', 'rbac'] }, { prepare });
    world.store.upsert('MutatingWebhookConfiguration', mesh);
    await world.rest(6_000);
    expect(world.message).not.to.contain('mesh');
  });
});

describe('an API server that sets nothing by itself', () => {
  const old = (world: EnforcedWorld): void => {
    for (const source of ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'] as const) {
      world.store.observe({ source, state: 'absent', message: 'the API server does not serve it' });
    }
    world.forbiddenKinds = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'];
  };

  it('refuses instead, and that is said', async () => {
    const world = await worldOf(pulls, { minor: 35, prepare: old });
    expect(world.condition, world.message).to.equal('True Enforced');
    expect(bindingsOf(world, 'merlon-image-pulls')).to.have.length(3);
    expect(world.message).to.contain('left out: Kubernetes 1.35 serves no MutatingAdmissionPolicy');
    expect(world.writes.filter((one) => one.includes('Mutating'))).to.deep.equal([]);
  });

  it('is too old where nothing is refused instead', async () => {
    const world = await worldOf({ mode: 'deny', families: ['pod-defaults', 'exec'] }, { minor: 35, prepare: old });
    expect(world.condition).to.equal('False NotApplicable');
    expect(world.message).to.match(/^pod-defaults: Kubernetes 1\.35 serves no .*; in force: 1 of 1$/);
    expect(world.controller.summary()?.report.state).to.equal('NotApplicable');
  });

  it('sets it once it is new enough, and refuses no more what it sets', async () => {
    const world = await worldOf(pulls, { minor: 35 });
    world.writes.length = 0;
    world.setMinor(36);
    await world.rest(60_000);
    expect(world.condition, world.message).to.equal('True Enforced');
    expect(world.objects.has(SET)).to.equal(true);
    expect(bindingsOf(world, 'merlon-image-pulls')).to.deep.equal([
      'merlon-image-pulls-audit',
      'merlon-image-pulls-keeper',
      'merlon-image-pulls-keeper-deny',
      'merlon-image-pulls-on',
      'merlon-image-pulls-warn',
    ]);
    const removed = world.writes.indexOf('remove ValidatingAdmissionPolicyBinding/merlon-image-pulls-deny');
    expect(removed).to.be.greaterThan(world.writes.indexOf(`apply ${SET}`));
  });
});

describe('an API server that is upgraded before somebody gives the right to set something', () => {
  it('goes on to refuse until it is set', async () => {
    const forbidden = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'] as const;
    const prepare = (world: EnforcedWorld) => (world.forbiddenKinds = forbidden);
    const world = await worldOf(pulls, { minor: 35, prepare });
    world.setMinor(36);
    await world.rest(60_000);
    expect(world.condition).to.equal('False Forbidden');
    expect(bindingsOf(world, 'merlon-image-pulls')).to.include('merlon-image-pulls-deny');
    world.forbiddenKinds = [];
    world.controller.noteChange({ source: 'ClusterRoleBinding', namespace: '' });
    await world.rest(60_000);
    expect(world.condition, world.message).to.equal('True Enforced');
    expect(bindingsOf(world, 'merlon-image-pulls')).not.to.include('merlon-image-pulls-deny');
  });

  it('refuses no more where no more than warnings are asked for', async () => {
    const world = await worldOf(pulls, { minor: 35 });
    world.forbiddenKinds = ['MutatingAdmissionPolicy'];
    world.setMinor(36);
    await world.change({ ...pulls, mode: 'warn' });
    await world.rest(60_000);
    expect(bindingsOf(world, 'merlon-image-pulls')).not.to.include('merlon-image-pulls-deny');
  });
});

describe('what cannot be tried', () => {
  const all = {
    mode: 'deny',
    families: ['service-accounts', 'rbac'],
    serviceAccounts: { tokenSecrets: true },
    cluster: { rbac: 'audit' },
  } as const;

  it('is applied on the versions on which it was proven, and tried where it can be', async () => {
    const world = await worldOf(all);
    expect(world.condition, world.message).to.equal('True Enforced');
    expect(world.isAsPlanned).to.equal(true);
    expect(bindingsOf(world, 'merlon-rbac-cluster')).to.deep.equal(['merlon-rbac-cluster-audit']);
    expect(world.writes.filter((one) => one === 'apply ValidatingAdmissionPolicy/merlon-canary')).to.have.length(1);
    expect(world.writes).not.to.include('apply MutatingAdmissionPolicy/merlon-canary');
  });

  it('is not applied on another version', async () => {
    const world = await worldOf(all, { minor: 38 });
    expect(world.condition).to.equal('False Unproven');
    expect(world.message).to.contain('was not proven on Kubernetes 1.38');
    expect(new Set(world.names)).to.deep.equal(
      new Set(['', '-audit', '-warn', '-deny'].map((mode) => `merlon-service-accounts${mode}`)),
    );
  });

  it('is of what has no namespace nothing until it is asked for by itself', async () => {
    const { cluster: _, ...rest } = all;
    const world = await worldOf(rest);
    expect(world.condition).to.equal('True Enforced');
    expect(world.names.filter((name) => name.includes('cluster'))).to.deep.equal([]);
    expect(JSON.stringify([...world.objects.values()])).not.to.contain('"clusterroles"');
  });
});
