import { expect } from 'chai';

import { DEFAULT_EXEMPTION_TERMS } from '../../src/core/exemption-terms.ts';
import { judgeExemption } from '../../src/core/exemption.ts';
import { imageTag } from '../../src/rules/pod/image-tag.ts';
import { privileged } from '../../src/rules/pod/privileged.ts';
import { EnforcedWorld, HOUR_MS, exec } from './enforced-world.ts';
import { DENY } from './exec-guard-names.ts';

describe('enforcement', () => {
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
