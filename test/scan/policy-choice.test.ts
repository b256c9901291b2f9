import { expect } from 'chai';

import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import type { AcceptedOwnPolicy, AcceptedPolicy } from '../../src/core/accepted-policy.ts';
import { choosePolicy } from '../../src/scan/policy-choice.ts';
import type { Labels } from '../../src/core/policy-scope.ts';
import type { PolicyChoice } from '../../src/scan/policy-choice.ts';
import { ruleNamed } from '../core/finding-of.ts';

const rules = [ruleNamed('pod-a'), ruleNamed('api-server-b', { subject: 'APIServer' } as object)];

function policyOf(name: string, spec: ClusterHardeningPolicySpec = {}): AcceptedPolicy {
  return { name, generation: 0, spec };
}
const everywhere = policyOf('everywhere');
const ofTeam = policyOf('of-team', {
  namespaceSelector: { matchLabels: { team: 'shop' } },
  priority: 10,
  threshold: 'low',
});
const byName = policyOf('by-name', {
  namespaceSelector: {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop', 'pay'] }],
  },
  priority: 10,
});

function choose(
  policies: readonly AcceptedPolicy[],
  written: readonly (Labels | undefined)[],
  scope: 'cluster' | { readonly namespace: string } = { namespace: 'shop' },
  ownPolicies: readonly AcceptedOwnPolicy[] = [],
): PolicyChoice {
  return choosePolicy(scope, { policies, ownPolicies, rules, labelsOf: () => written });
}

describe('the policies that decide for what is in files', () => {
  interface Row {
    readonly sentence: string;
    readonly policies: readonly AcceptedPolicy[];
    readonly written?: readonly (Labels | undefined)[];
    readonly scope?: 'cluster' | { readonly namespace: string };
    readonly decides: string;
    /** The end of what is said; left out where the choice is certain. */
    readonly doubt?: RegExp;
  }
  const rows: readonly Row[] = [
    { sentence: 'is the built-in one where there is none', policies: [], decides: 'default' },
    {
      sentence: 'is one whose selector matches what is written of the namespace',
      policies: [everywhere, ofTeam],
      written: [{ team: 'shop' }],
      decides: 'of-team',
    },
    {
      sentence: 'is another where the selector does not match what is written',
      policies: [everywhere, ofTeam],
      written: [{ team: 'pay' }],
      decides: 'everywhere',
    },
    {
      sentence: 'is not certain where nothing is written of the namespace',
      policies: [everywhere, ofTeam],
      decides: 'everywhere',
      doubt:
        /^which policies decide for namespace "shop" is not known: "of-team" selects by labels, and its labels are in no file that was scanned \(add the Namespace\); judged without it$/,
    },
    {
      sentence: 'is not certain where nothing is written and no other policy selects it',
      policies: [ofTeam],
      decides: 'default',
      doubt: /judged without it$/,
    },
    {
      sentence: 'is certain where the one that cannot be matched would decide nothing anyway',
      policies: [policyOf('first', { priority: 11, threshold: 'info' }), ofTeam],
      decides: 'first',
    },
    {
      sentence: 'is not certain where the one that cannot be matched is weaker, and says what the others do not',
      policies: [policyOf('first', { priority: 11, profile: 'baseline' }), ofTeam],
      decides: 'first',
      doubt: /"of-team" selects by labels/,
    },
    {
      sentence: 'is not certain where the one that cannot be matched delegates more',
      policies: [
        everywhere,
        policyOf('delegates', { namespaceSelector: { matchLabels: { a: 'b' } }, delegation: { loosen: ['*'] } }),
      ],
      decides: 'everywhere',
      doubt: /"delegates" selects by labels/,
    },
    {
      sentence: 'is one that names the namespace',
      policies: [everywhere, policyOf('named', { namespaces: ['sh*'], priority: 1 })],
      decides: 'named',
    },
    {
      sentence: 'is certain where one names other namespaces, whatever labels it asks for',
      policies: [
        everywhere,
        policyOf('named', { namespaces: ['pay'], namespaceSelector: { matchLabels: { a: 'b' } }, threshold: 'low' }),
      ],
      decides: 'everywhere',
    },
    {
      sentence: 'is certain where the selector asks for nothing but the name',
      policies: [everywhere, byName],
      decides: 'by-name',
    },
    {
      sentence: 'is certain where the selector asks for another name',
      policies: [everywhere, byName],
      scope: { namespace: 'other' },
      decides: 'everywhere',
    },
    {
      sentence: 'is certain where the selector asks for another name, whatever else it asks for',
      policies: [
        everywhere,
        policyOf('both', {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'pay', team: 'shop' } },
          priority: 10,
        }),
      ],
      decides: 'everywhere',
    },
    {
      sentence: 'is matched by the name that the API server writes, not by one that is written for it',
      policies: [everywhere, byName],
      written: [{ 'kubernetes.io/metadata.name': 'other' }],
      decides: 'by-name',
    },
    {
      sentence: 'is not certain where a selector asks for the absence of a label that nothing is written of',
      policies: [
        everywhere,
        policyOf('unlabelled', {
          namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] },
          priority: -1,
          rules: [{ rule: 'pod-a', severity: 'low' }],
        }),
      ],
      decides: 'everywhere',
      doubt: /"unlabelled" selects by labels/,
    },
    {
      sentence: 'is one whose selector is empty, whatever is written',
      policies: [policyOf('all', { namespaceSelector: {} })],
      decides: 'all',
    },
    {
      sentence: 'is not certain where what is written of the namespace differs',
      policies: [everywhere, ofTeam],
      written: [{ team: 'shop' }, { team: 'pay' }],
      decides: 'everywhere',
      doubt: /and it is written more than once, with labels that differ; judged without it$/,
    },
    {
      sentence: 'is certain where what differs is of no matter',
      policies: [everywhere, ofTeam],
      written: [{ team: 'shop', a: '1' }, { team: 'shop' }],
      decides: 'of-team',
    },
    {
      sentence: 'is not certain where labels cannot be read',
      policies: [everywhere, ofTeam],
      written: [undefined],
      decides: 'everywhere',
      doubt: /and its labels cannot be read; judged without it$/,
    },
    {
      sentence: 'is for what has no namespace one without a selector',
      policies: [everywhere, ofTeam, policyOf('all', { namespaceSelector: {}, priority: 5 })],
      scope: 'cluster',
      decides: 'everywhere',
    },
    {
      sentence: 'is in doubt where it selects nothing',
      policies: [policyOf('empty', { profile: 'none' })],
      decides: 'empty',
      doubt: /^policy "empty" selects no rule for namespace "shop", so nothing was judged there$/,
    },
    {
      sentence: 'is in doubt where it selects nothing that files tell of',
      policies: [policyOf('empty', { profile: 'none', rules: [{ rule: 'api-server-b' }] })],
      scope: 'cluster',
      decides: 'empty',
      doubt: /^policy "empty" selects no rule for what has no namespace, so nothing was judged there$/,
    },
  ];
  for (const { sentence, policies, written = [], scope, decides, doubt } of rows) {
    it(sentence, () => {
      const choice = choose(policies, written, scope);
      expect(choice.policy.name).to.equal(decides);
      if (doubt === undefined) expect(choice.doubt).to.equal(undefined);
      else expect(choice.doubt).to.match(doubt);
    });
  }

  it('are followed by those of the namespace itself, as far as it is delegated to them', () => {
    const own = (namespace: string, threshold: 'low' | 'critical'): AcceptedOwnPolicy => ({
      namespace,
      name: 'own',
      generation: 0,
      spec: { threshold },
    });
    expect(choose([], [], undefined, [own('shop', 'low'), own('other', 'critical')]).policy.threshold).to.equal('low');
    expect(choose([], [], undefined, [own('shop', 'critical')]).policy.threshold).to.equal('high');
    expect(choose([], [], 'cluster', [own('shop', 'low')]).policy.threshold).to.equal('high');
  });
});
