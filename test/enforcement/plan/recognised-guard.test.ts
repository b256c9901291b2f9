import { expect } from 'chai';

import { validatingPolicyBindingSpec, validatingPolicySpec } from '../../../src/core/admission-shape.ts';
import { project } from '../../../src/core/project.ts';
import { planExecGuard } from '../../../src/enforcement/plan/exec-guard.ts';
import type { ExecGuardOptions } from '../../../src/enforcement/plan/exec-guard.ts';
import { bindsByLabel, bindsEveryPod, recogniseExecGuard } from '../../../src/enforcement/plan/recognised-guard.ts';
import { usual } from '../printed-guards.ts';

function planned(options: Partial<ExecGuardOptions>) {
  const [guard, debug] = planExecGuard({ ...usual, ...options });
  if (guard === undefined) throw new Error('there is always a guard');
  return { guard, debug };
}

/** What is seen of it in a cluster. */
const stored = (spec: object) => project(validatingPolicySpec, structuredClone(spec));

describe('a policy in a cluster', () => {
  const choices: readonly Partial<ExecGuardOptions>[] = [
    {},
    { hostNetwork: true },
    { connections: ['portforward'] },
    { connections: ['proxy'] },
    { connections: ['portforward', 'proxy'], hostNetwork: true },
    { breakGlassGroups: ['oncall'] },
    { breakGlassGroups: ["it's", '\\', 'ü', ''], connections: ['proxy'] },
    { withoutLabel: 'deny', keptOut: [] },
    { withoutLabel: 'audit', keptOut: ['a', 'b'] },
  ];
  for (const choice of choices) {
    it(`that was printed with ${JSON.stringify(choice)} is the guard, and tells with what`, () => {
      const { connections = [], hostNetwork = false, breakGlassGroups = [] } = choice;
      const seen = recogniseExecGuard(stored(planned(choice).guard.spec));
      expect(seen).to.deep.equal({ connections, hostNetwork, breakGlassGroups });
    });
  }

  it('may say another thing to whom it refuses, and is the guard', () => {
    const { spec } = planned({}).guard;
    const validations = spec.validations.map((one) => ({ ...one, message: 'ask the platform team' }));
    expect(recogniseExecGuard(stored({ ...spec, validations }))).not.to.equal(undefined);
  });

  const { spec } = planned({ breakGlassGroups: ['oncall'] }).guard;
  const resourceRules = spec.matchConstraints.resourceRules;
  const altered: readonly (readonly [sentence: string, spec: object])[] = [
    ['lets pass where it fails', { ...spec, failurePolicy: 'Ignore' }],
    ['has no condition', { ...spec, matchConditions: [] }],
    [
      'has one more',
      { ...spec, matchConditions: [...(spec.matchConditions ?? []), { name: 'a', expression: 'false' }] },
    ],
    ['has no variables', { ...spec, variables: [] }],
    ['has another variable', { ...spec, variables: [{ name: 'escalations', expression: '[]' }] }],
    ['refuses nothing', { ...spec, validations: [{ ...spec.validations[0], expression: 'true' }] }],
    ['has no parameters', { ...spec, paramKind: undefined }],
    ['excludes exec', { ...spec, matchConstraints: { ...spec.matchConstraints, excludeResourceRules: resourceRules } }],
    [
      'wants labels',
      { ...spec, matchConstraints: { ...spec.matchConstraints, objectSelector: { matchLabels: { a: 'b' } } } },
    ],
    [
      'is about exec alone',
      {
        ...spec,
        matchConstraints: {
          ...spec.matchConstraints,
          resourceRules: resourceRules.map((rule) => ({ ...rule, resources: ['pods/exec'] })),
        },
      },
    ],
  ];
  for (const [sentence, other] of altered) {
    it(`that ${sentence} is not the guard`, () => {
      expect(recogniseExecGuard(stored(other))).to.equal(undefined);
    });
  }

  it('that is not there, or guards debug containers, is not the guard', () => {
    expect(recogniseExecGuard(undefined)).to.equal(undefined);
    expect(recogniseExecGuard(stored(planned({ ephemeralContainers: true }).debug?.spec ?? {}))).to.equal(undefined);
  });
});

describe('a binding in a cluster', () => {
  const binding = planned({}).guard.bindings[1]?.spec;
  const see = (spec: object) => bindsEveryPod(project(validatingPolicyBindingSpec, structuredClone(spec)));
  const matchResources = binding?.matchResources;

  it('shows it every pod as it is printed, wherever it is in force', () => {
    expect(see(binding ?? {})).to.equal(true);
    expect(see({ ...binding, matchResources: { ...matchResources, namespaceSelector: {} } })).to.equal(true);
  });

  it('spares some by their label where it was printed so, and none otherwise', () => {
    const byLabel = planned({ byLabel: true }).guard.bindings[1]?.spec ?? {};
    const seen = project(validatingPolicyBindingSpec, structuredClone(byLabel));
    expect([bindsByLabel(seen), bindsEveryPod(seen)]).to.deep.equal([true, false]);
    expect(bindsByLabel(project(validatingPolicyBindingSpec, structuredClone(binding ?? {})))).to.equal(false);
    const selector = { matchExpressions: [{ key: 'merlon.dev/exec', operator: 'NotIn', values: ['open', 'x'] }] };
    const other = { ...byLabel, paramRef: { selector, parameterNotFoundAction: 'Allow' } };
    expect(bindsByLabel(project(validatingPolicyBindingSpec, other))).to.equal(false);
  });

  it('does not where it names pods, selects them, limits requests, or has no parameters', () => {
    expect(see({ ...binding, paramRef: { name: 'web' } })).to.equal(false);
    expect(see({ ...binding, paramRef: { selector: {}, namespace: 'a' } })).to.equal(false);
    expect(see({ ...binding, paramRef: { selector: { matchLabels: { a: 'b' } } } })).to.equal(false);
    expect(see({ ...binding, paramRef: undefined })).to.equal(false);
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'], resources: ['pods/attach'] };
    expect(see({ ...binding, matchResources: { ...matchResources, resourceRules: [rule] } })).to.equal(false);
    expect(see({ ...binding, matchResources: { ...matchResources, excludeResourceRules: [rule] } })).to.equal(false);
  });
});
