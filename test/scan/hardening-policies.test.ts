import { expect } from 'chai';
import fc from 'fast-check';

import { explainParameters } from '../../src/report/explain-parameters.ts';
import { rules } from '../../src/rules/index.ts';
import { loadHardeningPolicies } from '../../src/scan/hardening-policies.ts';
import type { LoadedPolicies } from '../../src/scan/hardening-policies.ts';
import { streamOf } from './read-text.ts';

/** Reads what stands on standard input. */
function load(text: string): Promise<LoadedPolicies> {
  return loadHardeningPolicies(['-'], { stdin: streamOf(text) }, rules);
}

const policy = (name: string, spec: string) =>
  `apiVersion: merlon.dev/v1alpha1\nkind: ClusterHardeningPolicy\nmetadata:\n  name: ${name}\nspec:${spec}\n`;

describe('policies in files', () => {
  it('are read as they are written, several in one file and in lists', async () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${policy('c', ' {priority: 3}').trimEnd().replaceAll('\n', '\n  ')}\n`;
    const text = `${policy('a', ' {threshold: low}')}---\n${policy('b', ' {}')}---\n${list}`;
    expect(await load(text)).to.deep.equal({
      policies: [
        { name: 'a', generation: 0, spec: { threshold: 'low' } },
        { name: 'b', generation: 0, spec: {} },
        { name: 'c', generation: 0, spec: { priority: 3 } },
      ],
      ownPolicies: [],
      problems: [],
      leftOut: [],
    });
  });

  it('may be those of namespaces, one of a name in each', async () => {
    const own = (namespace: string) =>
      `apiVersion: merlon.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: own, namespace: ${namespace}}\nspec: {}\n`;
    const { ownPolicies, problems } = await load([own('a'), own('b'), own('a')].join('---\n'));
    expect(ownPolicies).to.deep.equal([
      { namespace: 'a', name: 'own', generation: 0, spec: {} },
      { namespace: 'b', name: 'own', generation: 0, spec: {} },
    ]);
    expect(problems.map(({ reason }) => reason)).to.deep.equal([
      'HardeningPolicy "a/own" is already at -:1, and a cluster has one of a name',
    ]);
  });

  it('may come out of a cluster, with what it says of them', async () => {
    const text = policy('a', ' {}').replace('  name: a', '  name: a\n  uid: x\n  generation: 7');
    const { policies, problems } = await load(`${text}status: {conditions: 7, x: y}\n`);
    expect([problems, policies]).to.deep.equal([[], [{ name: 'a', generation: 0, spec: {} }]]);
  });

  it('may set what "merlon explain" prints of the parameters of each rule', async () => {
    const settings = rules.flatMap(({ id, params }) => (params === undefined ? [] : explainParameters(id, params)));
    const { policies, problems } = await load(policy('a', `\n  rules:\n  ${settings.join('\n  ')}`));
    expect(problems).to.deep.equal([]);
    expect(policies[0]?.spec.rules?.length).to.be.greaterThan(3);
  });

  it('may say null where there is a default', async () => {
    const { policies, problems } = await load(policy('a', ' {priority: }'));
    expect([problems, policies[0]?.spec]).to.deep.equal([[], {}]);
  });

  describe('are refused with their line where', () => {
    const rows: readonly (readonly [sentence: string, text: string, line: number, reason: string | RegExp])[] = [
      [
        'a document is of another kind',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
        1,
        'ConfigMap "a" is no ClusterHardeningPolicy or HardeningPolicy: --policy takes nothing else',
      ],
      [
        'a policy of a namespace names none',
        'apiVersion: merlon.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: a}\nspec: {}\n',
        1,
        'HardeningPolicy "a" needs a "metadata.namespace": it is about that namespace',
      ],
      [
        'an expectation is about another namespace',
        'apiVersion: merlon.dev/v1alpha1\nkind: HardeningPolicy\nmetadata: {name: a, namespace: b}\nspec:\n  expectations:\n  - subject: {kind: ServiceAccount, name: c}\n    only: true\n  - subject:\n      kind: ServiceAccount\n      namespace: d\n      name: c\n    only: true\n',
        10,
        'HardeningPolicy "b/a": spec.expectations[1].subject.namespace is "d", and a HardeningPolicy is about the service accounts of its own namespace, "b"',
      ],
      [
        'they are written for another version',
        policy('a', ' {}').replace('v1alpha1', 'v1'),
        1,
        'there is no ClusterHardeningPolicy in "merlon.dev/v1"; write apiVersion merlon.dev/v1alpha1',
      ],
      [
        'the API server would have to find a name',
        policy('a', ' {}').replace('name:', 'generateName:'),
        1,
        'a ClusterHardeningPolicy needs a "metadata.name"',
      ],
      [
        'they have the name of the built-in one',
        policy('default', ' {}'),
        4,
        'ClusterHardeningPolicy "default": metadata.name is that of the built-in policy; choose another',
      ],
      ['the name is none for an object', policy('A_b', ' {}'), 1, /^"A_b" is no name for an object: /],
      [
        'there is no spec',
        'apiVersion: merlon.dev/v1alpha1\nkind: ClusterHardeningPolicy\nmetadata: {name: a}\n',
        1,
        'ClusterHardeningPolicy "a": spec is missing',
      ],
      ['the spec is empty', policy('a', ''), 5, 'ClusterHardeningPolicy "a": spec must be an object, and is null'],
      [
        'something stands beside the spec',
        `${policy('a', ' {}')}rules: []\n`,
        6,
        'ClusterHardeningPolicy "a": rules does not exist; there is "spec", "status"',
      ],
      [
        'a field does not exist',
        policy('a', '\n  treshold: low'),
        6,
        'ClusterHardeningPolicy "a": spec.treshold does not exist; there is "priority", "namespaceSelector", "namespaces", "profile", "rules", "threshold", "expectations", "attestations", "authorization", "exemptions", "delegation", "remediation", "enforcement"',
      ],
      [
        'a field has a value that is not allowed',
        policy('a', '\n  profile: baseline\n  threshold: mid'),
        7,
        'ClusterHardeningPolicy "a": spec.threshold is "mid", and must be one of "critical", "high", "medium", "low", "info"',
      ],
      [
        'a field has a wrong type, which YAML makes of it',
        policy('a', '\n  namespaceSelector:\n    matchLabels:\n      team: shop\n      tier: 1'),
        9,
        'ClusterHardeningPolicy "a": spec.namespaceSelector.matchLabels.tier must be a string, and is 1',
      ],
      [
        'a rule does not exist',
        policy('a', '\n  rules:\n  - rule: pod-privileged\n  - state: Disabled\n    rule: pod-privilegd'),
        9,
        /^ClusterHardeningPolicy "a": spec.rules names "pod-privilegd", .*did you mean "pod-privileged"/,
      ],
      [
        'a rule is set twice',
        policy('a', '\n  rules:\n  - rule: pod-privileged\n  - rule: pod-privileged\n    severity: low'),
        8,
        'ClusterHardeningPolicy "a": spec.rules[1] repeats ["pod-privileged"]',
      ],
      [
        'a rule is given parameters that it does not have',
        policy('a', '\n  rules:\n  - rule: pod-privileged\n    params:\n      x: 1'),
        8,
        'ClusterHardeningPolicy "a": spec.rules["pod-privileged"].params is set, and rule "pod-privileged" has no parameters',
      ],
      [
        'a selector can match nothing',
        policy('a', '\n  namespaceSelector:\n    matchExpressions:\n    - {key: env, operator: In}'),
        6,
        'ClusterHardeningPolicy "a": spec.namespaceSelector has the operator In on "env" without values',
      ],
      ['a document does not parse', 'apiVersion: merlon.dev/v1alpha1\nkind: [\n', 3, /./],
      [
        'two have one name',
        `${policy('a', ' {}')}---\n${policy('a', ' {threshold: low}')}`,
        7,
        'ClusterHardeningPolicy "a" is already at -:1, and a cluster has one of a name',
      ],
    ];
    for (const [sentence, text, line, reason] of rows) {
      it(sentence, async () => {
        const { problems } = await load(text);
        expect(problems.map((problem) => [problem.path, problem.line])).to.deep.equal([['-', line]]);
        if (typeof reason === 'string') expect(problems[0]?.reason).to.equal(reason);
        else expect(problems[0]?.reason).to.match(reason);
      });
    }
  });

  it('are read or refused, whatever stands in place of a field', async () => {
    const spec = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          rules: fc.oneof(fc.array(fc.record({ rule: fc.jsonValue(), params: fc.jsonValue() })), fc.jsonValue()),
          namespaceSelector: fc.jsonValue(),
          threshold: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    const property = fc.asyncProperty(spec, async (value) => {
      const object = { apiVersion: 'merlon.dev/v1alpha1', kind: 'ClusterHardeningPolicy', metadata: { name: 'a' } };
      const { policies, problems } = await load(JSON.stringify({ ...object, spec: value }));
      expect(policies.length + problems.length).to.equal(1);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('are looked for in vain where there are none', async () => {
    expect((await load('# nothing\n')).problems).to.deep.equal([
      { path: '-', reason: 'no ClusterHardeningPolicy or HardeningPolicy is there' },
    ]);
  });

  it('count as far as nothing is wrong in them', async () => {
    const { policies, problems } = await load(`${policy('a', ' {x: y}')}---\n${policy('b', ' {}')}`);
    expect(problems).to.have.length(1);
    expect(policies.map(({ name }) => name)).to.deep.equal(['b']);
  });

  it('count once where two have one name and the first is wrong', async () => {
    const { policies, problems } = await load(`${policy('a', ' {x: y}')}---\n${policy('a', ' {}')}`);
    expect(problems).to.have.length(2);
    expect(policies).to.deep.equal([]);
  });
});
