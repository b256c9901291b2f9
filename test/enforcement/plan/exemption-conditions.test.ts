import { expect } from 'chai';

import type { ClusterHardeningExemptionSpec } from '../../../src/api/v1alpha1/exemption.ts';
import { judgeExemption } from '../../../src/core/exemption.ts';
import type { AnyExemption, JudgedExemption } from '../../../src/core/exemption.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../../src/core/exemption-terms.ts';
import { MAX_EXEMPTED_SUBJECTS, planExemptions } from '../../../src/enforcement/plan/exemption-conditions.ts';
import type { ConditionOptions } from '../../../src/enforcement/plan/exemption-conditions.ts';
import { ruleNamed } from '../../core/finding-of.ts';

const catalogue = [ruleNamed('pod-a'), ruleNamed('pod-b'), ruleNamed('other')];
const options: ConditionOptions = {
  rules: catalogue.filter(({ id }) => id.startsWith('pod-')),
  terms: DEFAULT_EXEMPTION_TERMS,
  nowMs: Date.parse('2026-01-01T00:00:00Z'),
  isReplanned: false,
};

function exemptionOf(spec: Partial<ClusterHardeningExemptionSpec>, namespace?: string): JudgedExemption {
  const object = {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: namespace === undefined ? 'ClusterHardeningExemption' : 'HardeningExemption',
    metadata: { name: 'agents', ...(namespace === undefined ? {} : { namespace }) },
    spec: { rules: ['pod-*'], subjects: [{ namespace: 'x' }], reason: 'it has always been so', ...spec },
  } as AnyExemption;
  return judgeExemption(object, catalogue);
}

describe('an exemption as a condition', () => {
  const account = `(object.kind == 'Pod' && 'kubernetes.io/config.mirror' in object.metadata.?annotations.orValue({}) ?
  '' : variables.podSpec.?serviceAccountName.orValue('default'))`;
  const told: readonly (readonly [
    sentence: string,
    subjects: ClusterHardeningExemptionSpec['subjects'],
    condition: string,
  ])[] = [
    ['of a namespace', [{ namespace: 'x' }], "(request.namespace == 'x')"],
    [
      'of namespaces',
      [{ namespace: 'team-*.x', name: '*' }],
      String.raw`(request.namespace.matches('^(?s:team-.*\\.x)$'))`,
    ],
    ['of an account', [{ namespace: '*', serviceAccount: "it's" }], String.raw`(${account} == 'it\'s')`],
    [
      'of one of several',
      [{ namespace: 'x', serviceAccount: 'a' }, { name: '**' }],
      `(request.namespace == 'x' && ${account} == 'a') || (true)`,
    ],
  ];
  for (const [sentence, subjects, condition] of told) {
    it(`${sentence} is told`, () => {
      const { exemptions, refused } = planExemptions([exemptionOf({ subjects })], options);
      expect(refused).to.deep.equal([]);
      expect(exemptions).to.deep.equal([
        { name: 'ClusterHardeningExemption/agents', rules: new Set(['pod-a', 'pod-b']), condition },
      ]);
    });
  }

  const refused: readonly (readonly [
    sentence: string,
    judged: JudgedExemption,
    reason: string,
    message: RegExp,
    given?: Partial<ConditionOptions>,
  ])[] = [
    ['a kind', exemptionOf({ subjects: [{ kind: 'DaemonSet' }] }), 'NotInCel', /^asks for a kind, which/],
    ['a name', exemptionOf({ subjects: [{ namespace: 'x' }, { name: 'a*' }] }), 'NotInCel', /^asks for a name/],
    ['labels', exemptionOf({ subjects: [{ labels: { a: 'b' } }] }), 'NotInCel', /^asks for labels/],
    ['a container', exemptionOf({ subjects: [{ container: 'a' }] }), 'NotInCel', /^asks for a container/],
    ['a namespace of its own', exemptionOf({}, 'x'), 'NotOfCluster', /^is of a namespace/],
    ['an end that is past', exemptionOf({ expiresAt: '2025-12-31T00:00:00Z' }), 'Expired', /^has expired/],
    ['an end', exemptionOf({ expiresAt: '2027-01-01T00:00:00Z' }), 'Expires', /knows no clock/],
    [
      'no permission',
      exemptionOf({}),
      'NotPermitted',
      /^is not allowed/,
      { terms: { ...DEFAULT_EXEMPTION_TERMS, isNever: () => true } },
    ],
  ];
  for (const [sentence, judged, reason, message, given] of refused) {
    it(`with ${sentence} is refused, with the reason`, () => {
      const planned = planExemptions([judged], { ...options, ...given });
      expect(planned.exemptions).to.deep.equal([]);
      expect(planned.refused.map((one) => one.reason)).to.deep.equal([reason]);
      expect(planned.refused[0]?.message).to.match(message);
    });
  }

  it('counts until it ends where the policy is planned anew then', () => {
    const judged = [exemptionOf({ expiresAt: '2027-01-01T00:00:00Z' })];
    expect(planExemptions(judged, { ...options, isReplanned: true }).exemptions).to.have.length(1);
  });

  it('exempts from those rules alone that policy allows, and of no other is heard', () => {
    const terms = { ...DEFAULT_EXEMPTION_TERMS, isNever: ({ id }: { readonly id: string }) => id === 'pod-a' };
    const [planned] = planExemptions([exemptionOf({})], { ...options, terms }).exemptions;
    expect([...(planned?.rules ?? [])]).to.deep.equal(['pod-b']);
    expect(planExemptions([exemptionOf({ rules: ['other'] })], options)).to.deep.equal({
      exemptions: [],
      counting: [],
      refused: [],
    });
  });

  it('is refused where there are too many, and the policy with those before it stands', () => {
    const subjects = Array.from({ length: 50 }, (_, index) => ({ namespace: `n${index}` }));
    const judged = [0, 1, 2, 3].map(() => exemptionOf({ subjects })).concat(exemptionOf({}), exemptionOf({}));
    const planned = planExemptions(judged, options);
    expect(planned.exemptions).to.have.length(4);
    expect(planned.refused.map(({ reason, message }) => [reason, message])).to.deep.equal([
      ['TooMany', `has 1 subjects, and a policy takes no more than ${MAX_EXEMPTED_SUBJECTS}`],
      ['TooMany', `has 1 subjects, and a policy takes no more than ${MAX_EXEMPTED_SUBJECTS}`],
    ]);
  });
});
