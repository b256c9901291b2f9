/** What a policy about pods must never be, whatever rules it is made of: each of these has gone wrong on a real API server. */
import { expect } from 'chai';

import { podVariables } from '../../../src/core/enforcement.ts';
import type { Enforcement } from '../../../src/core/enforcement.ts';
import { resolveParams } from '../../../src/core/params.ts';
import type { SelectedRule } from '../../../src/core/policy.ts';
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { PlannedValidatingPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import type { PodFamilyOptions } from '../../../src/enforcement/plan/pod-family.ts';
import { rules } from '../../../src/rules/index.ts';
import { ruleNamed } from '../../core/finding-of.ts';
import { ruleSets } from '../differential/rule-sets.ts';

const usual: PodFamilyOptions = {
  family: 'pod-security',
  rules: [],
  target: { podSecurityVersion: 37 },
  breakGlassGroups: [],
  exemptions: [],
  withoutLabel: 'off',
  keptOut: ['kube-system'],
};

function plan(options: Partial<PodFamilyOptions>): PlannedValidatingPolicy {
  const { policy } = planPodFamily({ ...usual, ...options });
  if (policy === undefined) throw new Error('nothing is planned');
  return policy;
}

function ruleThat(id: string, enforcement: Partial<Enforcement>): SelectedRule {
  return { rule: ruleNamed(id, { enforce: () => ({ family: 'pod-security', ...enforcement }) }), params: {} };
}

for (const { name, rules: chosen } of ruleSets) {
  for (const [sentence, options] of [
    ['as it is printed', {}],
    ['where it refuses everywhere', { withoutLabel: 'deny', keptOut: [], breakGlassGroups: ["it's"] }],
    ['for an older version', { target: { podSecurityVersion: 34 } }],
  ] as const) {
    describe(`pod security with the parameters that are ${name}, ${sentence}`, () => {
      const policy = plan({ rules: chosen, ...options });
      const { spec } = policy;

      it('is asked about pods and what makes them alone, so that no API server needs it to start', () => {
        const asked = spec.matchConstraints.resourceRules.flatMap(({ apiGroups, operations, resources, scope }) => {
          expect([operations, scope]).to.deep.equal([['CREATE', 'UPDATE'], 'Namespaced']);
          return resources.map((resource) => `${apiGroups.join()}/${resource}`);
        });
        expect(asked).to.deep.equal([
          ...['/pods', '/pods/ephemeralcontainers', '/replicationcontrollers'],
          ...[
            'apps/deployments',
            'apps/replicasets',
            'apps/statefulsets',
            'apps/daemonsets',
            'batch/jobs',
            'batch/cronjobs',
          ],
        ]);
      });

      it('looks nothing up that could be gone', () => {
        expect(spec).not.to.have.property('paramKind');
        expect(JSON.stringify(policy)).not.to.contain('params');
      });

      it('looks at new specs alone', () => {
        expect(spec.matchConditions?.map((one) => one.name)[0]).to.equal('pod-spec-is-new');
      });

      it('keeps no optional in a variable', () => {
        const text = (spec.variables ?? []).map(({ expression }) => expression).join('\n');
        const path =
          /(?:podSpec|podAnnotations|object|c|v)(?:\.|\[)[a-zA-Z.]*\?(?:[a-zA-Z.?]+|'[^']*' \+ c\.name\]\.\w+)/g;
        const chains = text.match(path) ?? [];
        expect(chains).to.have.length.greaterThan(30);
        for (const chain of chains) expect(chain).to.match(/\.(?:orValue|hasValue)$/);
      });

      it('has two loops within each other at most', () => {
        for (const { expression } of spec.variables ?? []) {
          expect(depthOfLoops(expression), expression).to.be.most(2);
        }
      });

      it('is refused by the text of no line: each message and each expression of a message is one', () => {
        for (const { message, messageExpression = '' } of spec.validations) {
          expect(`${message}${messageExpression}`).not.to.contain('\n');
        }
      });

      it('has a binding for each mode for good, so that actions are never merged', () => {
        const manifests = buildManifests([policy]).slice(1);
        expect(
          manifests.map(({ metadata, spec }) => ['validationActions' in spec && spec.validationActions, metadata.name]),
        ).to.deep.equal([
          [['Audit'], 'merlon-pod-security-audit'],
          [['Warn', 'Audit'], 'merlon-pod-security-warn'],
          [['Deny', 'Audit'], 'merlon-pod-security-deny'],
        ]);
      });
    });
  }
}

/** How many macros that loop are open at most, by their parentheses. */
function depthOfLoops(expression: string): number {
  const open: boolean[] = [];
  let deepest = 0;
  for (const [token] of expression.matchAll(/\.(?:filter|map|exists|all)\(|'(?:[^'\\]|\\.)*'|\(|\)/g)) {
    if (token === ')') open.pop();
    else if (!token.startsWith("'")) open.push(token !== '(');
    deepest = Math.max(deepest, open.filter((isLoop) => isLoop).length);
  }
  return deepest;
}

describe('a policy of rules', () => {
  it('is none where no rule of the family is enforced', () => {
    const other = ruleThat('a', { family: 'image-pulls', violations: "['a']" });
    expect(planPodFamily({ ...usual, rules: [other, ruleThat('b', {})] })).to.deep.equal({
      policy: undefined,
      leftOut: [],
    });
  });

  it('leaves out what cannot be enforced, with the reason', () => {
    const rules = [ruleThat('a', { notEnforceable: 'is too much' }), ruleThat('b', { violations: "['b']" })];
    const { policy, leftOut } = planPodFamily({ ...usual, rules });
    expect(leftOut).to.deep.equal([{ rule: 'a', reason: 'is too much' }]);
    expect(policy?.rules).to.deep.equal(['b']);
  });

  it('leaves out what a policy only wants noted', () => {
    const noted = { ...ruleThat('a', { violations: "['a']" }), severity: 'info' as const };
    const { policy, leftOut } = planPodFamily({ ...usual, rules: [noted] });
    expect(policy).to.equal(undefined);
    expect(leftOut).to.deep.equal([
      { rule: 'a', reason: 'has severity info: it is noted, and nothing is refused for it' },
    ]);
  });

  it('says each by its id and title, and holds nothing that it does not ask for', () => {
    const { spec } = plan({ rules: [ruleThat('pod-a-1b', { violations: `[${podVariables.spec}.nodeName]` })] });
    expect(spec.variables?.map(({ name }) => name)).to.deep.equal(['podSpec', 'subject', 'podA1b']);
    expect(spec.validations).to.deep.equal([
      {
        expression: 'variables.podA1b.size() == 0',
        message: 'pod-a-1b: A rule of a test',
        messageExpression: "'pod-a-1b: ' + variables.subject + ': ' + variables.podA1b.join(', ')",
        reason: 'Forbidden',
      },
    ]);
  });

  it('lets a break-glass group through by the request, and what is exempt by the rule', () => {
    const exemptions = [
      { name: 'a', rules: new Set(['a']), condition: "request.namespace == 'x'" },
      { name: 'b', rules: new Set(['b']), condition: "request.namespace == 'y'" },
    ];
    const { spec } = plan({
      rules: [ruleThat('a', { violations: "['a']" })],
      exemptions,
      breakGlassGroups: ["on'call"],
    });
    expect(spec.matchConditions?.[1]?.expression).to.contain(String.raw`in ['on\'call']`);
    expect(spec.validations.map(({ expression }) => expression)).to.deep.equal([
      "variables.a.size() == 0 ||\nrequest.namespace == 'x'",
    ]);
  });

  it('holds each rule that is enforced by its default parameters', () => {
    const enforced = rules.filter((rule) => rule.enforce !== undefined);
    expect(enforced.map(({ id }) => id)).to.include.members(['pod-privileged', 'pod-run-as-group']);
    for (const rule of enforced) {
      const said = rule.enforce?.(resolveParams(rule), { podSecurityVersion: 37 });
      expect(said?.notEnforceable, rule.id).to.equal(undefined);
      expect(said?.violations, rule.id).to.be.a('string');
    }
  });
});
