/** What is tried before pods are held to it: which pods, and that nothing else in that namespace is held to it. */
import { expect } from 'chai';

import { GUARD_PROBE, PROBE_LABEL } from '../../../src/api/v1alpha1/group.ts';
import { matchesSelector } from '../../../src/core/label-selector.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import { planTrial } from '../../../src/enforcement/plan/trial.ts';
import { resolveParams } from '../../../src/core/params.ts';
import type { SelectedRule } from '../../../src/core/policy.ts';
import type { AnyRule } from '../../../src/core/rule.ts';
import { imageTag } from '../../../src/rules/pod/image-tag.ts';
import { rootGroups } from '../../../src/rules/pod/root-groups.ts';
import { ruleSets } from '../differential/rule-sets.ts';

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

describe('what is tried of rules with parameters', () => {
  type Workloads = Extract<AnyRule, { readonly subject: 'Workload' }>;
  const failing = ({ rule, params }: SelectedRule, pod: object | undefined): readonly string[] => {
    const context = { params, podSecurityVersion: 37 } as unknown as Parameters<Workloads['check']>[1];
    const result = (rule as Workloads).check(pod as Parameters<Workloads['check']>[0], context);
    if ('outcome' in result) return [`${rule.id} ${result.outcome}`];
    return result.filter(({ severity }) => severity !== 'info').map(({ path }) => `${rule.id} ${path}`);
  };
  const tight = {
    'pod-run-as-user': {
      ranges: [
        { min: 0, max: 0 },
        { min: 70, max: 80 },
      ],
      mustBeSet: true,
    },
    'pod-run-as-group': { ranges: [{ min: 1000, max: 2000 }], mustBeSet: true },
    'pod-fs-group': { ranges: [{ min: 2147483647, max: 2147483647 }], mustBeSet: true },
    'pod-supplemental-groups': { ranges: [{ min: 5, max: 5 }], mustBeSet: true },
    'pod-volume-types': { allowed: ['csi'] },
    'pod-seccomp-profile': { allowed: ['Localhost/profiles/web.json'] },
    'pod-image-tag': { forbidden: ['1', 'stable'] },
    'pod-root-groups': { imageGroups: 'refuse' },
  };
  const sets: readonly (readonly [name: string, rules: readonly SelectedRule[]])[] = [
    ...ruleSets.map(({ name, rules }) => [name, rules] as const),
    [
      'tight',
      (ruleSets[0]?.rules ?? []).map(({ rule }) => ({
        rule,
        params: resolveParams(rule, Object.entries(tight).find(([id]) => id === rule.id)?.[1]),
      })),
    ],
  ];
  /** No pod passes the first; of the others none fails. */
  const unlikely = ['strict pod-run-as-user', 'loose pod-host-namespaces'];

  for (const [name, rules] of sets) {
    for (const one of rules) {
      const { rule } = one;
      if (unlikely.includes(`${name} ${rule.id}`)) continue;
      it(`passes and fails ${rule.id} with the parameters that are ${name}, also where that is the only one`, () => {
        for (const chosen of [rules, [one]]) {
          const { harmless, careless, untagged } = planOf(chosen).trial;
          expect(failing(one, harmless)).to.deep.equal([]);
          expect([
            ...failing(one, careless),
            ...(untagged === undefined ? [] : failing(one, untagged)),
          ]).not.to.deep.equal([]);
        }
      });
    }
  }
});

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
