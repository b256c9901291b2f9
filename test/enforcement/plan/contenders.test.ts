/** Who may take back what is set: by whom it is asked, where, and what becomes of it. */
import { expect } from 'chai';

import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import { buildDefaultPolicy } from '../../../src/core/policy-merge.ts';
import { project } from '../../../src/core/project.ts';
import { planFamilies } from '../../../src/enforcement/plan/chosen-families.ts';
import type { FurtherFamily } from '../../../src/enforcement/plan/chosen-families.ts';
import { describeAnybody, describeContention, findContentions } from '../../../src/enforcement/plan/contenders.ts';
import type { Contention } from '../../../src/enforcement/plan/contenders.ts';
import { findKnownEnforcers } from '../../../src/enforcement/plan/enforcers.ts';
import { planExecLabel } from '../../../src/enforcement/plan/exec-label.ts';
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest, PlannedPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { rules as catalogue } from '../../../src/rules/index.ts';
import { fullEvidence } from '../../core/evidence-samples.ts';

const fact = { value: true, source: 'a test', confidence: 'high', detail: '' } as const;
const onPods = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] };
const onAccounts = { ...onPods, resources: ['serviceaccounts'] };
const shop = { name: 'shop', labels: { 'merlon.dev/enforce': 'deny', team: 'a' } };
const web = { name: 'web', labels: { 'merlon.dev/enforce': 'deny' } };
const free = { name: 'free', labels: { team: 'b' } };

function planOf(...families: readonly FurtherFamily[]): readonly PlannedPolicy[] {
  return planFamilies(
    {
      families,
      modes: { withoutLabel: 'off', keptOut: ['kube-system'] },
      breakGlassGroups: [],
      minor: 37,
      defaults: undefined,
      tokenSecrets: false,
      clusterAdmins: undefined,
      clusterRbac: 'off',
    },
    buildDefaultPolicy(catalogue).rules,
  ).policies;
}

/** @param fields of its one webhook */
function hook(fields: object, name = 'mesh'): object {
  return {
    metadata: { name },
    webhooks: [{ name: 'a.b.c', rules: [onPods], reinvocationPolicy: 'IfNeeded', ...fields }],
  };
}

function mutating(name: string, spec: object): readonly object[] {
  return [
    { kind: 'MutatingAdmissionPolicy', metadata: { name }, spec },
    { kind: 'MutatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: name } },
  ];
}

function find(
  {
    stands = planOf('image-pulls'),
    hooks = [],
    others = [],
    missing = [],
  }: {
    readonly stands?: readonly PlannedPolicy[];
    readonly hooks?: readonly object[];
    readonly others?: readonly object[];
    readonly missing?: readonly ('MutatingWebhookConfiguration' | 'ValidatingAdmissionPolicy')[];
  },
  namespaces: Parameters<typeof findContentions>[1] = [shop, web, free],
): readonly Contention[] {
  const objects = [...buildManifests(stands), ...others].map(
    (one) => JSON.parse(JSON.stringify(one)) as { readonly kind: string },
  );
  const ofKind = (kind: EnforcementManifest['kind']) =>
    objects.filter((one) => one.kind === kind).map((one) => project(kinds[kind].shape, one));
  const snapshot = buildObjectSnapshot({
    objects: {
      MutatingWebhookConfiguration: hooks.map((one) => project(kinds.MutatingWebhookConfiguration.shape, one)),
      ValidatingAdmissionPolicy: ofKind('ValidatingAdmissionPolicy'),
      ValidatingAdmissionPolicyBinding: ofKind('ValidatingAdmissionPolicyBinding'),
      MutatingAdmissionPolicy: ofKind('MutatingAdmissionPolicy'),
      MutatingAdmissionPolicyBinding: ofKind('MutatingAdmissionPolicyBinding'),
    },
    isWholeCluster: true,
    podSecurityVersion: 37,
    evidence: fullEvidence({ validatingAdmissionPolicy: fact, mutatingAdmissionPolicy: fact }),
    missing: missing.map((source) => ({ source, state: 'forbidden', message: `listing ${source} is forbidden` })),
  });
  return findContentions(findKnownEnforcers(snapshot, stands, catalogue), namespaces, snapshot);
}

const contended = (...by: readonly string[]): readonly Contention[] => [{ family: 'image-pulls', by, isRefused: true }];
const MESH = 'MutatingWebhookConfiguration "mesh"';

describe('what is set may be taken back', () => {
  const askedAgain = { reinvocationPolicy: 'IfNeeded', matchConstraints: { resourceRules: [onPods] } };

  it('by nobody where nobody else is asked, whatever else of Merlon is', () => {
    expect(
      find({ stands: [...planOf('image-pulls', 'pod-defaults'), ...planExecLabel({ keptOut: [] })] }),
    ).to.deep.equal([]);
  });

  it('by a webhook that is asked about pods again', () => {
    expect(find({ hooks: [hook({})] })).to.deep.equal(contended(MESH));
  });

  it('by a policy that is asked about pods again', () => {
    expect(find({ others: mutating('sidecars', askedAgain) })).to.deep.equal(
      contended('MutatingAdmissionPolicy "sidecars"'),
    );
  });

  for (const resources of [['pods/ephemeralcontainers'], ['pods/*'], ['*/*']]) {
    const rule = { ...onPods, operations: ['UPDATE'], resources };
    it(`by whoever is asked about debug containers again: ${resources.join()}`, () => {
      expect(find({ hooks: [hook({ rules: [rule] })] })).to.deep.equal(contended(MESH));
      const others = mutating('debug-cache', { ...askedAgain, matchConstraints: { resourceRules: [rule] } });
      expect(find({ others })).to.deep.equal(contended('MutatingAdmissionPolicy "debug-cache"'));
    });
  }

  it('by a policy with the name of one that sets, and another text', () => {
    const pulls = planOf('image-pulls').filter(({ name }) => name.endsWith('-keeper'));
    const others = [
      ...buildManifests(planOf('image-pulls').filter(({ kind }) => kind === 'MutatingAdmissionPolicy')).map((one) => ({
        ...one,
        metadata: { name: one.metadata.name.replace('merlon', 'acme') },
        spec: 'policyName' in one.spec ? { ...one.spec, policyName: 'acme-image-pulls' } : one.spec,
      })),
      ...mutating('merlon-image-pulls', askedAgain),
    ];
    expect(find({ stands: pulls, others })).to.deep.equal(contended('MutatingAdmissionPolicy "merlon-image-pulls"'));
  });

  const sparing: readonly (readonly [what: string, fields: object])[] = [
    ['is asked once', { reinvocationPolicy: 'Never' }],
    ['says nothing of how often it is asked', { reinvocationPolicy: undefined }],
    ['is asked about something else', { rules: [{ ...onPods, resources: ['services'] }] }],
    ['is asked where nothing is set', { namespaceSelector: { matchLabels: { team: 'b' } } }],
    ['is asked about updates', { rules: [{ ...onPods, operations: ['UPDATE'] }] }],
  ];
  for (const [what, fields] of sparing) {
    it(`by no webhook that ${what}`, () => {
      expect(find({ hooks: [hook(fields)] })).to.deep.equal([]);
    });
  }

  it('by a webhook of which that cannot be read', () => {
    expect(find({ hooks: [hook({ reinvocationPolicy: 7 })] })).to.deep.equal(contended(MESH));
  });

  it('by each of them once, in order', () => {
    const two = {
      metadata: { name: 'mesh' },
      webhooks: [1, 2].map(() => ({ rules: [onPods], reinvocationPolicy: 'IfNeeded' })),
    };
    expect(find({ hooks: [two, hook({}, 'agent')] })).to.deep.equal(
      contended('MutatingWebhookConfiguration "agent"', MESH),
    );
  });

  it('and is refused only where what keeps it is in force wherever somebody is asked', () => {
    const alone = planOf('image-pulls').filter(({ name }) => name === 'merlon-image-pulls');
    const keptIn = (namespace: string) =>
      planOf('image-pulls')
        .filter(({ name }) => name.endsWith('-keeper'))
        .map((one) => ({
          ...one,
          bindings: one.bindings.map((binding) => ({
            ...binding,
            spec: {
              ...binding.spec,
              matchResources: {
                ...binding.spec.matchResources,
                namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
              },
            },
          })),
        })) as unknown as readonly PlannedPolicy[];
    const isRefused = (stands: readonly PlannedPolicy[], fields: object) =>
      find({ stands, hooks: [hook(fields)] }).map((one) => one.isRefused);
    expect(isRefused(alone, {})).to.deep.equal([false]);
    expect(isRefused([...alone, ...keptIn('shop')], {})).to.deep.equal([false]);
    const inShop = { namespaceSelector: { matchLabels: { team: 'a' } } };
    expect(isRefused([...alone, ...keptIn('shop')], inShop)).to.deep.equal([true]);
  });

  it('of default accounts by whoever is asked about accounts, also once', () => {
    const hooks = [hook({ rules: [onAccounts], reinvocationPolicy: 'Never' }), hook({}, 'of-pods')];
    expect(find({ stands: planOf('service-accounts'), hooks })).to.deep.equal([
      { family: 'service-accounts', by: [MESH], isRefused: true },
    ]);
  });

  it('by nobody knows whom where webhooks or namespaces cannot be read', () => {
    const said = { family: 'image-pulls', by: undefined } as const;
    expect(find({ missing: ['MutatingWebhookConfiguration'] })).to.deep.equal([
      { ...said, unread: 'listing MutatingWebhookConfiguration is forbidden', isRefused: true },
    ]);
    expect(find({}, { unread: 'listing namespaces is forbidden' })).to.deep.equal([
      { ...said, unread: 'listing namespaces is forbidden', isRefused: false },
    ]);
    // Then nothing is known to refuse it.
    const over = { hooks: [hook({})], missing: ['ValidatingAdmissionPolicy'] } as const;
    expect(find(over).map(({ isRefused }) => isRefused)).to.deep.equal([false]);
  });

  it('nowhere where nothing is set', () => {
    expect(find({ hooks: [hook({})] }, [free])).to.deep.equal([]);
    expect(find({ stands: [], hooks: [hook({})] })).to.deep.equal([]);
  });

  it('is said by name, of few and of many, and without for those who may not know', () => {
    const five = {
      family: 'image-pulls',
      by: ['A "1"', 'A "2"', 'A "3"', 'A "4"', 'A "5"'],
      isRefused: false,
    } as const;
    expect(describeContention(five)).to.equal(
      'A "1", A "2", A "3", 2 more may take back what image-pulls sets: nothing that is known refuses it',
    );
    const one = { family: 'service-accounts', by: [MESH], isRefused: true } as const;
    expect(describeContention(one)).to.equal(
      'MutatingWebhookConfiguration "mesh" may take back what service-accounts sets: pods with the token of such an account are refused',
    );
    expect(describeAnybody(one)).to.match(/^another policy or webhook may take back what service-accounts sets: /);
    expect(describeAnybody(one)).not.to.contain('mesh');
    const unread = { family: 'image-pulls', by: undefined, unread: 'it is forbidden', isRefused: true } as const;
    expect(describeContention(unread)).to.equal(
      'whether anybody may take back what image-pulls sets is not known (it is forbidden): such pods are refused',
    );
  });
});
