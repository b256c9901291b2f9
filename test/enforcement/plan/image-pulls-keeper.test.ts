/** What keeps the pulls that are set must never stop what nobody set: templates, and pods that exist. */
import { expect } from 'chai';

import { planPullsKeeper } from '../../../src/enforcement/plan/image-pulls-keeper.ts';
import { planImagePulls } from '../../../src/enforcement/plan/image-pulls.ts';
import { planTrial } from '../../../src/enforcement/plan/trial.ts';

const modes = { withoutLabel: 'off', keptOut: ['kube-system'] } as const;
const choice = { rules: ['pod-image-pull-policy'], breakGlassGroups: [], exemptions: [] };
const keeper = planPullsKeeper(choice, modes);
const setter = planImagePulls(modes);

describe('what keeps the pulls that are set', () => {
  it('is asked about what they are set in and other images of pods that exist, in the same namespaces', () => {
    const { resourceRules, ...where } = keeper.spec.matchConstraints;
    const { resourceRules: set, ...whereSet } = setter.spec.matchConstraints;
    expect(where).to.deep.equal(whereSet);
    expect(resourceRules.map(({ operations, resources }) => [operations, resources])).to.deep.equal([
      ...set.map(({ operations, resources }) => [operations, resources]),
      [['UPDATE'], ['pods']],
    ]);
    expect(keeper.bindings.map(({ mode, spec }) => [mode, spec.matchResources])).to.deep.equal(
      setter.bindings.map(({ spec }) => ['deny', spec.matchResources]),
    );
    expect(keeper.keeps).to.equal(setter.name);
  });

  it('spares the mirrors of static pods, as what sets them does, and whoever breaks the glass', () => {
    const conditions = keeper.spec.matchConditions ?? [];
    expect(conditions.map(({ name }) => name)).to.deep.equal(['no-static-pod', 'pod-spec-is-new']);
    expect(conditions.slice(0, 1)).to.deep.equal(setter.spec.matchConditions);
    const { spec } = planPullsKeeper({ ...choice, breakGlassGroups: ['oncall'] }, modes);
    expect(spec.matchConditions?.at(-1)?.expression).to.contain("'oncall'");
  });

  it('spares by an exemption for its rule, and by no other', () => {
    const exemptions = [
      { name: 'a', rules: new Set(['pod-image-pull-policy']), condition: "'this' == 'counts'" },
      { name: 'b', rules: new Set(['pod-privileged']), condition: "'this' == 'does not'" },
    ];
    const { validations } = planPullsKeeper({ ...choice, exemptions }, modes).spec;
    expect(validations.map(({ expression }) => expression)).to.deep.equal([
      "variables.pulls.size() == 0 ||\n'this' == 'counts'",
      "variables.otherImages.size() == 0 ||\n'this' == 'counts'",
    ]);
  });

  it('is in force without the label where that is what denies', () => {
    const { spec, bindings } = planPullsKeeper(choice, { withoutLabel: 'deny', keptOut: [] });
    const selector = {
      matchExpressions: [{ key: 'merlon.dev/enforce', operator: 'NotIn', values: ['off', 'audit', 'warn'] }],
    };
    expect(spec.matchConstraints.namespaceSelector).to.deep.equal(selector);
    expect(bindings.map(({ spec: bound }) => bound.matchResources?.namespaceSelector)).to.deep.equal([selector]);
  });

  it('is tried with a pod that is pulled seldom, where nothing is set', () => {
    const trial = planTrial(keeper, []);
    if (trial === undefined || 'predict' in trial) throw new Error('nothing is tried');
    expect(JSON.stringify(trial.careless)).to.contain('"imagePullPolicy":"IfNotPresent"');
    expect(JSON.stringify(trial.harmless)).to.contain('"imagePullPolicy":"Always"');
  });

  it('says what to do in less than the API server cuts', () => {
    const [taken, otherImage] = keeper.spec.validations;
    for (const one of [taken, otherImage]) expect(one?.messageExpression?.length).to.be.lessThan(1000);
    expect(taken?.message).to.contain('took that back').and.not.contain('\n');
    expect(otherImage?.message).to.contain('make the pod anew').and.not.contain('\n');
  });
});
