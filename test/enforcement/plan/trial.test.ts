/** What is tried before pods are held to it: which pods, and that nothing else in that namespace is held to it. */
import { expect } from 'chai';

import { GUARD_PROBE, PROBE_LABEL } from '../../../src/api/v1alpha1/group.ts';
import { matchesSelector } from '../../../src/core/label-selector.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import { planTrial } from '../../../src/enforcement/plan/trial.ts';
import { imageTag } from '../../../src/rules/pod/image-tag.ts';
import { rootGroups } from '../../../src/rules/pod/root-groups.ts';
import { ruleSets } from '../rule-sets.ts';

function planOf(rules: Parameters<typeof planPodFamily>[0]['rules']) {
  const { policy } = planPodFamily({
    family: 'pod-security',
    rules,
    target: { podSecurityVersion: 37 },
    breakGlassGroups: [],
    exemptions: [],
    withoutLabel: 'deny',
    keptOut: [],
  });
  const trial = policy === undefined ? undefined : planTrial(policy, rules);
  if (policy === undefined || trial === undefined || 'predict' in trial) throw new Error('nothing is tried');
  return { policy, trial };
}

function labelsOf(pod: object): Readonly<Record<string, string>> {
  return (pod as { readonly metadata: { readonly labels: Readonly<Record<string, string>> } }).metadata.labels;
}

for (const { name, rules } of ruleSets) {
  describe(`the trial of pod security with the parameters that are ${name}`, () => {
    const { policy, trial } = planOf(rules);
    const { matchConstraints, ...text } = trial.canary.spec;

    it('is of its text, word for word', () => {
      const { matchConstraints: _, ...meant } = policy.spec;
      expect(text).to.deep.equal(meant);
    });

    it('asks about the pods that are tried for it, and about no other that is tried there', () => {
      const isAsked = (labels: Readonly<Record<string, string>>) =>
        matchesSelector(matchConstraints.objectSelector, labels);
      const tried = [trial.harmless, trial.careless, trial.untagged ?? {}].map(labelsOf);
      expect(tried.map(isAsked)).to.deep.equal([true, true, true]);
      expect([{}, { [PROBE_LABEL]: GUARD_PROBE }].map(isAsked)).to.deep.equal([false, false]);
    });
  });
}

describe('the pod whose image has no tag', () => {
  it('is tried where a rule is about that, whatever tags are forbidden', () => {
    const all = ruleSets[0]?.rules ?? [];
    expect(planOf(all.filter(({ rule }) => rule.id !== 'pod-image-tag')).trial.untagged).to.equal(undefined);
    type Check = Parameters<typeof imageTag.check>;
    const context = { params: { forbidden: [] } } as unknown as Check[1];
    const { untagged, harmless } = planOf(all).trial;
    expect(imageTag.check(untagged as Check[0], context)).to.have.length(1);
    expect(imageTag.check(harmless as Check[0], context)).to.deep.equal([]);
  });
});

describe('the pod that must be let in', () => {
  it('lets the image add no group, which a parameter can ask for', () => {
    const { harmless } = planOf(ruleSets[0]?.rules ?? []).trial;
    type Check = Parameters<typeof rootGroups.check>;
    const context = { params: { imageGroups: 'refuse' } } as unknown as Check[1];
    expect(rootGroups.check(harmless as Check[0], context)).to.deep.equal([]);
  });
});
