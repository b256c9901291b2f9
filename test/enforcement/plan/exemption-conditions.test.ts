import { readFile } from 'node:fs/promises';

import { expect } from 'chai';
import fc from 'fast-check';

import type { ClusterHardeningExemptionSpec } from '../../../src/api/v1alpha1/exemption.ts';
import { ExemptionMatcher } from '../../../src/core/exemption-matcher.ts';
import { ExemptionTable, MAX_OWN_EXEMPTIONS } from '../../../src/core/exemption-table.ts';
import type { ExemptionTerms } from '../../../src/core/exemption-terms.ts';
import { isTrueOf } from '../condition-reader.ts';
import { judgeExemption } from '../../../src/core/exemption.ts';
import type { AnyExemption, Exemption, JudgedExemption } from '../../../src/core/exemption.ts';
import { DEFAULT_EXEMPTION_TERMS } from '../../../src/core/exemption-terms.ts';
import {
  MAX_CONDITION_LENGTH,
  MAX_EXEMPTED_SUBJECTS,
  MAX_PRINTED_LENGTH,
  planExemptions,
} from '../../../src/enforcement/plan/exemption-conditions.ts';
import type { ConditionOptions } from '../../../src/enforcement/plan/exemption-conditions.ts';
import { findingOf, ruleNamed } from '../../core/finding-of.ts';

const catalogue = [ruleNamed('pod-a'), ruleNamed('pod-b'), ruleNamed('other')];
const options: ConditionOptions = {
  rules: catalogue.filter(({ id }) => id.startsWith('pod-')),
  terms: DEFAULT_EXEMPTION_TERMS,
  nowMs: Date.parse('2026-01-01T00:00:00Z'),
  isReplanned: false,
};

function exemptionOf(
  spec: Partial<ClusterHardeningExemptionSpec>,
  namespace?: string,
  name = 'agents',
): JudgedExemption {
  const object = {
    apiVersion: 'merlon.dev/v1alpha1',
    kind: namespace === undefined ? 'ClusterHardeningExemption' : 'HardeningExemption',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
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
    ['a namespace of its own', exemptionOf({}, 'x'), 'NotDelegated', /^is of a namespace/],
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
      ['TooMany', `makes more than ${MAX_EXEMPTED_SUBJECTS} subjects, and a policy takes no more`],
      ['TooMany', `makes more than ${MAX_EXEMPTED_SUBJECTS} subjects, and a policy takes no more`],
    ]);
  });

  it('is refused where conditions would be longer than an API server takes, however few subjects it has', () => {
    const subjects = Array.from({ length: 50 }, (_, index) => ({ serviceAccount: `${'a.'.repeat(100)}*${index}` }));
    const planned = planExemptions(
      [0, 1, 2, 3].map(() => exemptionOf({ subjects })),
      options,
    );
    expect(planned.refused.map(({ reason }) => reason)).to.deep.equal(['TooMany']);
    expect(planned.refused[0]?.message).to.equal(
      `makes conditions of more than ${MAX_CONDITION_LENGTH} characters, and a policy takes no more`,
    );
    const printed = planned.exemptions.map(({ condition }) => condition).join(' || ');
    expect(printed.length).to.be.within(1, 100_000);
  });

  it('is refused where the policy would be larger than etcd takes, as each rule has its conditions', () => {
    const many = Array.from({ length: 20 }, (_, index) => ruleNamed(`pod-${index}`));
    const subjects = Array.from({ length: 60 }, (_, index) => ({ serviceAccount: `${'a.'.repeat(100)}*${index}` }));
    const one = { ...exemptionOf({}).object, spec: { ...exemptionOf({}).object.spec, subjects } };
    const judged = [judgeExemption(one, many), judgeExemption(one, many)];
    const planned = planExemptions(judged, { ...options, rules: many });
    expect(planned.exemptions).to.have.length(1);
    expect(planned.refused.map(({ reason, message }) => [reason, message])).to.deep.equal([
      [
        'TooMany',
        `makes conditions of more than ${MAX_PRINTED_LENGTH} characters, each once for every rule, and a policy takes no more`,
      ],
    ]);
  });

  describe('of a namespace', () => {
    const delegating: ExemptionTerms = {
      ...DEFAULT_EXEMPTION_TERMS,
      mayNamespaceExempt: () => true,
      mayNamespaceExemptEnforced: ({ id }) => id === 'pod-a',
    };
    const given: ConditionOptions = {
      ...options,
      termsIn: (namespace) => (namespace === 'x' ? delegating : undefined),
    };

    it('counts in its own alone, for those rules alone that are delegated, whatever it says', () => {
      const subjects = [{ namespace: 'everywhere', serviceAccount: 'a' }, {}];
      const planned = planExemptions([exemptionOf({ subjects }, 'x')], given);
      expect(planned.refused).to.deep.equal([]);
      expect(planned.exemptions).to.deep.equal([
        {
          name: 'HardeningExemption/x/agents',
          rules: new Set(['pod-a']),
          condition: `request.namespace == 'x' && ((${account} == 'a') || (true))`,
        },
      ]);
      expect(planned.counting.map(({ rules }) => [...rules])).to.deep.equal([['pod-a']]);
    });

    it('does not where nothing is delegated there, or it is not known what is', () => {
      expect(planExemptions([exemptionOf({}, 'y')], given).refused.map(({ reason }) => reason)).to.deep.equal([
        'NotDelegated',
      ]);
      const only = [exemptionOf({ rules: ['pod-b'] }, 'x')];
      expect(planExemptions(only, given).refused.map(({ reason }) => reason)).to.deep.equal(['NotDelegated']);
    });

    it('nor where it lives too long there, is never exempt there, or cannot be told', () => {
      const reasonsUnder = (terms: Partial<ExemptionTerms>, judged: JudgedExemption) =>
        planExemptions([judged], { ...given, termsIn: () => ({ ...delegating, ...terms }) }).refused.map(
          (one) => one.reason,
        );
      expect(reasonsUnder({ maxLifetimeDays: 1 }, exemptionOf({}, 'x'))).to.deep.equal(['NotPermitted']);
      expect(reasonsUnder({ isNever: () => true }, exemptionOf({}, 'x'))).to.deep.equal(['NotPermitted']);
      expect(reasonsUnder({ mayNamespaceExempt: () => false }, exemptionOf({}, 'x'))).to.deep.equal(['NotPermitted']);
      expect(reasonsUnder({}, exemptionOf({ subjects: [{ name: 'web' }] }, 'x'))).to.deep.equal(['NotInCel']);
      expect(reasonsUnder({}, exemptionOf({ expiresAt: '2025-12-31T00:00:00Z' }, 'x'))).to.deep.equal(['Expired']);
    });

    it('takes no more of a policy than leaves some to others', () => {
      const subjects = Array.from({ length: 50 }, (_, index) => ({ serviceAccount: `a${index}` }));
      const judged = ['x', 'x', 'y'].map((namespace, index) => exemptionOf({ subjects }, namespace, `e${index}`));
      const planned = planExemptions(judged, { ...given, termsIn: () => delegating });
      expect(planned.exemptions.map(({ name }) => name)).to.deep.equal([
        'HardeningExemption/x/e0',
        'HardeningExemption/y/e2',
      ]);
      expect(planned.refused.map(({ message }) => message)).to.deep.equal([
        'makes more than 80 subjects, and a policy takes no more of one namespace',
      ]);
    });

    it('comes after those of the cluster where there are too many, and is counted as they are', () => {
      const many = Array.from({ length: 150 }, (_, index) => ({ serviceAccount: `a${index}` }));
      const planned = planExemptions(
        [
          exemptionOf({ subjects: many }, 'x'),
          exemptionOf({ subjects: many.map((one) => ({ ...one, namespace: 'x' })) }),
        ],
        given,
      );
      expect(planned.exemptions.map(({ name }) => name)).to.deep.equal(['ClusterHardeningExemption/agents']);
      expect(planned.refused.map(({ name, reason }) => [name, reason])).to.deep.equal([
        ['HardeningExemption/x/agents', 'TooMany'],
      ]);
    });

    it('does not count where it is not one of those that count in reports', () => {
      const judged = Array.from({ length: MAX_OWN_EXEMPTIONS + 1 }, (_, index) =>
        exemptionOf({ subjects: [{ serviceAccount: 'a' }] }, 'x', `e${String(index).padStart(3, '0')}`),
      );
      const planned = planExemptions(judged, { ...given, rules: options.rules });
      const notCounted = planned.refused.filter(({ message }) => message.startsWith('is not one of the'));
      expect(notCounted.map(({ name }) => name)).to.deep.equal([`HardeningExemption/x/e${MAX_OWN_EXEMPTIONS}`]);
    });
  });

  it('that cannot be used is refused with what is wrong with it, where it is about what is enforced', () => {
    const [first, ...others] = planExemptions([exemptionOf({ rules: ['pod-a', 'no-such-rule'] })], options).refused;
    expect(others).to.deep.equal([]);
    expect(first).to.include({ reason: 'Invalid' });
    expect(first?.message).to.contain('spec.rules[1] names "no-such-rule"');
    expect(planExemptions([exemptionOf({ rules: ['other', 'no-such-rule'] })], options).refused).to.deep.equal([]);
  });

  it('lets through what the one matcher exempts, as far as it counts, and nothing that is not exempt', () => {
    const namespaces = ['shop', 'shop-2', 'x', 'team.x'];
    const accounts = ['default', 'agent', "it's"];
    const pattern = (names: readonly string[]) =>
      fc.oneof(fc.constantFrom(...names), fc.constantFrom('*', 'sh*', '*x', 's*p', '**', 'a*t', "*'*"));
    const subject = fc.record(
      {
        namespace: pattern(namespaces),
        serviceAccount: pattern(accounts),
        name: fc.constantFrom('*', 'web'),
        kind: fc.constantFrom('Deployment'),
      },
      { requiredKeys: [] },
    );
    const given = fc.record({
      namespace: fc.option(fc.constantFrom(...namespaces), { nil: undefined }),
      rules: fc.subarray(['pod-a', 'pod-b', 'other'], { minLength: 1 }),
      subjects: fc.array(subject, { minLength: 1, maxLength: 3 }),
    });
    const ids = fc.subarray(['pod-a', 'pod-b']);
    const said = fc.record({ never: ids, exempt: ids, enforced: ids });
    const termsOf = ({
      never,
      exempt,
      enforced,
    }: {
      never: string[];
      exempt: string[];
      enforced: string[];
    }): ExemptionTerms => ({
      ...DEFAULT_EXEMPTION_TERMS,
      isNever: ({ id }) => never.includes(id),
      mayNamespaceExempt: ({ id }) => exempt.includes(id),
      mayNamespaceExemptEnforced: ({ id }) => exempt.includes(id) && enforced.includes(id),
    });
    fc.assert(
      fc.property(fc.array(given, { maxLength: 4 }), said, (all, stated) => {
        const terms = termsOf(stated);
        const judged = all.map(({ namespace, ...spec }, index) => exemptionOf(spec, namespace, `e${index}`));
        const { exemptions, counting } = planExemptions(judged, { ...options, terms, termsIn: () => terms });
        const exemptBy = (
          these: readonly Exemption[],
          under: ExemptionTerms,
          id: string,
          namespace: string,
          name: string,
        ) => {
          const table = new ExemptionTable();
          for (const one of these) table.set(one);
          const matcher = new ExemptionMatcher({ table, terms: under, scope: { namespace }, nowMs: options.nowMs });
          const failing = findingOf({
            rule: ruleNamed(id),
            subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' },
          });
          return (
            matcher.apply(failing, { containersAt: () => [], accounts: () => [name], isOwnerUnread: false }).outcome ===
            'exempt'
          );
        };
        for (const id of ['pod-a', 'pod-b']) {
          for (const namespace of namespaces) {
            for (const name of accounts) {
              const isLetThrough = exemptions.some(
                (one) => one.rules.has(id) && isTrueOf(one.condition, { namespace, account: name }),
              );
              const everything = { ...DEFAULT_EXEMPTION_TERMS, mayNamespaceExempt: () => true };
              expect(exemptBy(counting, everything, id, namespace, name)).to.equal(isLetThrough);
              const reported = exemptBy(
                judged.flatMap((one) => one.exemption ?? []),
                terms,
                id,
                namespace,
                name,
              );
              if (isLetThrough) expect(reported, `${id} of ${namespace}/${name}`).to.equal(true);
            }
          }
        }
      }),
    );
  });
});

describe('docs/exemptions.md', () => {
  it('names the bounds of what exemptions can become', async () => {
    const page = await readFile(new URL('../../../docs/exemptions.md', import.meta.url), 'utf8');
    const text = page.replaceAll(/\s+/g, ' ');
    const bounds = [MAX_EXEMPTED_SUBJECTS, MAX_CONDITION_LENGTH, MAX_PRINTED_LENGTH].map((one) =>
      one.toLocaleString('en'),
    );
    const [subjects, length, printed] = bounds;
    expect(text)
      .to.contain(`in one policy for ${subjects} subjects`)
      .and.contain(`for conditions of ${length} characters`)
      .and.contain(`for ${printed} where each counts once for every rule`)
      .and.contain(`of its own exemptions the oldest ${MAX_OWN_EXEMPTIONS} count`);
  });
});
