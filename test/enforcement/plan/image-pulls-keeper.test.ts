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
  it('is asked about just what they are set in, in the same namespaces', () => {
    expect(keeper.spec.matchConstraints).to.deep.equal(setter.spec.matchConstraints);
    expect(keeper.bindings.map(({ mode, spec }) => [mode, spec.matchResources])).to.deep.equal(
      setter.bindings.map(({ spec }) => ['deny', spec.matchResources]),
    );
    expect(keeper.keeps).to.equal(setter.name);
  });

  it('spares the mirrors of static pods, as what sets them does, and whoever breaks the glass', () => {
    expect(keeper.spec.matchConditions).to.deep.equal(setter.spec.matchConditions);
    const { spec } = planPullsKeeper({ ...choice, breakGlassGroups: ['oncall'] }, modes);
    expect(spec.matchConditions?.at(-1)?.expression).to.contain("'oncall'");
  });

  it('spares by an exemption for its rule, and by no other', () => {
    const exemptions = [
      { name: 'a', rules: new Set(['pod-image-pull-policy']), condition: "'this' == 'counts'" },
      { name: 'b', rules: new Set(['pod-privileged']), condition: "'this' == 'does not'" },
    ];
    const [validation] = planPullsKeeper({ ...choice, exemptions }, modes).spec.validations;
    expect(validation?.expression).to.equal("variables.pulls.size() == 0 ||\n'this' == 'counts'");
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
    const [validation] = keeper.spec.validations;
    expect(validation?.messageExpression?.length).to.be.lessThan(1000);
    expect(validation?.message).to.contain('took that back').and.not.contain('\n');
  });
});
