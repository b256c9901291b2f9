/** What is known again of what stands in a cluster, namespace by namespace; and that nothing else is claimed. */
import { expect } from 'chai';

import type { Evidence, Fact } from '../../../src/core/evidence.ts';
import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import { resolveParams } from '../../../src/core/params.ts';
import { project } from '../../../src/core/project.ts';
import { findEnforcers, findKnownEnforcers } from '../../../src/enforcement/plan/enforcers.ts';
import { buildDefaultPolicy } from '../../../src/core/policy-merge.ts';
import { planFamilies } from '../../../src/enforcement/plan/chosen-families.ts';
import { planClusterRbacGuard, planRbacGuard } from '../../../src/enforcement/plan/rbac-guard.ts';
import { planServiceAccounts } from '../../../src/enforcement/plan/service-accounts.ts';
import { planExecLabel } from '../../../src/enforcement/plan/exec-label.ts';
import { planExecGuard } from '../../../src/enforcement/plan/exec-guard.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import type { PodFamilyOptions } from '../../../src/enforcement/plan/pod-family.ts';
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { EnforcementManifest, PlannedPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { rules as catalogue } from '../../../src/rules/index.ts';
import { fullEvidence } from '../../core/evidence-samples.ts';
import { usual } from '../printed-guards.ts';

const named = catalogue.filter(({ id }) => ['pod-privileged', 'pod-run-as-non-root', 'pod-volume-types'].includes(id));

function pods(options: Partial<PodFamilyOptions> = {}): PlannedPolicy {
  const { policy } = planPodFamily({
    family: 'pod-security',
    rules: named.map((rule) => ({ rule, params: resolveParams(rule) })),
    target: { podSecurityVersion: 37 },
    breakGlassGroups: ['oncall'],
    exemptions: [],
    withoutLabel: 'off',
    keptOut: ['kube-system'],
    ...options,
  });
  if (policy === undefined) throw new Error('nothing is planned');
  return policy;
}

const fact = <T>(value: T): Fact<T> => ({ value, source: 'a test', confidence: 'high', detail: '' });

function enforcersOf(
  policies: readonly PlannedPolicy[],
  {
    labels = { 'merlon.dev/enforce': 'deny' },
    namespace = 'shop',
    planned = [],
    edit = (manifest) => manifest,
    evidence = {},
    missing = [],
    pods: running = [],
  }: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly namespace?: string;
    readonly planned?: readonly PlannedPolicy[];
    readonly edit?: (manifest: EnforcementManifest) => object;
    readonly evidence?: Partial<Evidence>;
    readonly pods?: readonly object[];
    readonly missing?: readonly EnforcementManifest['kind'][];
  } = {},
): readonly string[] {
  const manifests = buildManifests(policies).map((one) => JSON.parse(JSON.stringify(edit(one))) as EnforcementManifest);
  const stored = (kind: EnforcementManifest['kind']) => manifests.filter((one) => one.kind === kind);
  const snapshot = buildObjectSnapshot({
    objects: {
      Pod: running.map((one) => project(kinds.Pod.shape, one)),
      ValidatingAdmissionPolicy: stored('ValidatingAdmissionPolicy').map((one) =>
        project(kinds.ValidatingAdmissionPolicy.shape, one),
      ),
      ValidatingAdmissionPolicyBinding: stored('ValidatingAdmissionPolicyBinding').map((one) =>
        project(kinds.ValidatingAdmissionPolicyBinding.shape, one),
      ),
      MutatingAdmissionPolicy: stored('MutatingAdmissionPolicy').map((one) =>
        project(kinds.MutatingAdmissionPolicy.shape, one),
      ),
      MutatingAdmissionPolicyBinding: stored('MutatingAdmissionPolicyBinding').map((one) =>
        project(kinds.MutatingAdmissionPolicyBinding.shape, one),
      ),
    },
    isWholeCluster: true,
    podSecurityVersion: 37,
    evidence: fullEvidence({
      validatingAdmissionPolicy: fact(true),
      mutatingAdmissionPolicy: fact(true),
      podSecurity: fact(true),
      ...evidence,
    }),
    missing: missing.map((source) => ({ source, state: 'forbidden', message: 'forbidden' })),
  });
  const known = findKnownEnforcers(snapshot, planned, catalogue);
  return findEnforcers(namespace, labels, known, snapshot).map(({ what, mode, by, rules }) =>
    [what, mode, by, ...(rules ?? [])].join(' '),
  );
}

const ofPods = 'ValidatingAdmissionPolicy/merlon-pod-security pod-privileged pod-run-as-non-root pod-volume-types';
const ofExec = 'ValidatingAdmissionPolicy/merlon-exec-guard';
const guard = planExecGuard(usual);

function rename(name: string): (manifest: EnforcementManifest) => object {
  return ({ kind, metadata, spec }) => ({
    kind,
    metadata: { ...metadata, name: kind.endsWith('Binding') ? metadata.name : name },
    spec: 'policyName' in spec ? { ...spec, policyName: name } : spec,
  });
}

describe('what is in force in a namespace', () => {
  it('is what its label asks for, of policies that are known by their text', () => {
    const told = (label: string) => enforcersOf([...guard, pods()], { labels: { 'merlon.dev/enforce': label } });
    expect(told('deny')).to.deep.equal([`exec deny ${ofExec}`, `pod-security deny ${ofPods}`]);
    expect(told('warn')).to.deep.equal([`exec audit ${ofExec}`, `pod-security warn ${ofPods}`]);
    expect(told('audit')).to.deep.equal([`exec audit ${ofExec}`, `pod-security audit ${ofPods}`]);
    expect(told('off')).to.deep.equal([]);
    expect(enforcersOf([...guard, pods()], { namespace: 'kube-system' })).to.deep.equal([]);
  });

  it('is known under any name, whoever applied it', () => {
    expect(enforcersOf([pods()], { edit: rename('acme-pods') })).to.deep.equal([
      `pod-security deny ${ofPods.replace('merlon-pod-security', 'acme-pods')}`,
    ]);
  });

  it('is what is planned, with parameters and exemptions of its own', () => {
    const exemptions = [{ name: 'ClusterHardeningExemption/a', rules: new Set(['pod-privileged']), condition: 'true' }];
    const own = pods({ exemptions });
    expect(enforcersOf([own], { planned: [own] })).to.deep.equal([`pod-security deny ${ofPods}`]);
    expect(enforcersOf([own])).to.deep.equal([]);
  });

  it('is of every family that is planned for namespaces, and of nothing that is in no namespace', () => {
    const modes = { withoutLabel: 'off', keptOut: ['kube-system'] } as const;
    const choice = { clusterAdmins: undefined, breakGlassGroups: [] };
    const planned = [
      ...planServiceAccounts({ canMutate: false, tokenSecrets: false, breakGlassGroups: [] }, modes),
      planRbacGuard(choice, modes),
      planClusterRbacGuard(choice, 'deny'),
    ];
    expect(enforcersOf(planned, { planned })).to.deep.equal([
      'rbac deny ValidatingAdmissionPolicy/merlon-rbac',
      'service-accounts deny ValidatingAdmissionPolicy/merlon-service-accounts',
    ]);
    expect(enforcersOf(planned)).to.deep.equal([]);
  });

  describe('of what is set', () => {
    const setting = planFamilies(
      {
        families: ['image-pulls', 'pod-defaults', 'service-accounts'],
        modes: { withoutLabel: 'off', keptOut: ['kube-system'] },
        breakGlassGroups: ['oncall'],
        minor: 37,
        defaults: ['pod-seccomp-profile', 'pod-capabilities-restricted'],
        tokenSecrets: false,
        clusterAdmins: undefined,
        clusterRbac: 'off',
      },
      buildDefaultPolicy(catalogue).rules,
    ).policies;
    const set = [
      'image-pulls on MutatingAdmissionPolicy/merlon-image-pulls',
      'pod-defaults on MutatingAdmissionPolicy/merlon-pod-defaults pod-capabilities-restricted pod-seccomp-profile',
      'service-accounts on MutatingAdmissionPolicy/merlon-service-accounts',
    ];

    it('is all that is planned, and what keeps it, where things are refused', () => {
      expect(enforcersOf(setting, { planned: setting })).to.deep.equal([
        'image-pulls deny ValidatingAdmissionPolicy/merlon-image-pulls-keeper pod-image-pull-policy',
        set[0],
        set[1],
        'service-accounts deny ValidatingAdmissionPolicy/merlon-service-accounts',
        set[2],
      ]);
      expect(enforcersOf(setting, { planned: setting, labels: { 'merlon.dev/enforce': 'warn' } })).to.deep.equal([
        'image-pulls warn ValidatingAdmissionPolicy/merlon-image-pulls pod-image-pull-policy',
        'service-accounts warn ValidatingAdmissionPolicy/merlon-service-accounts',
      ]);
    });

    it('is known by its text, whoever applied it', () => {
      expect(enforcersOf(setting)).to.deep.equal([
        'image-pulls deny ValidatingAdmissionPolicy/merlon-image-pulls-keeper',
        ...set,
      ]);
    });

    const changed: readonly (readonly [sentence: string, edit: (spec: object) => object])[] = [
      ['lets pass where it fails, or no more', (spec) => ({ ...spec, failurePolicy: 'none of both' })],
      ['is not asked again', (spec) => ({ ...spec, reinvocationPolicy: 'other' })],
      ['has one more condition', (spec) => ({ ...spec, matchConditions: [{ name: 'a', expression: 'false' }] })],
      ['sets nothing', (spec) => ({ ...spec, mutations: [] })],
    ];
    for (const [sentence, edit] of changed) {
      it(`is not claimed of a policy that ${sentence}`, () => {
        const change = (manifest: EnforcementManifest): object =>
          manifest.kind === 'MutatingAdmissionPolicy' ? { ...manifest, spec: edit(manifest.spec) } : manifest;
        const said = enforcersOf(setting, { planned: setting, edit: change });
        expect(said.filter((one) => one.includes('Mutating'))).to.deep.equal([]);
        expect(said).to.have.length(2);
      });
    }

    it('is not claimed of a binding that selects objects, nor where some API server does not ask it, or nobody knows', () => {
      const selecting = (manifest: EnforcementManifest): object =>
        manifest.kind === 'MutatingAdmissionPolicyBinding'
          ? { ...manifest, spec: { ...manifest.spec, matchResources: { objectSelector: { matchLabels: { a: 'b' } } } } }
          : manifest;
      for (const over of [
        { edit: selecting },
        { evidence: { mutatingAdmissionPolicy: fact(false) } },
        { missing: ['MutatingAdmissionPolicy'] },
        { missing: ['MutatingAdmissionPolicyBinding'] },
      ] as const) {
        const said = enforcersOf(setting, { planned: setting, ...over });
        expect(said).to.have.length(2);
        expect(said.join()).not.to.contain('Mutating');
      }
    });

    it('is claimed also where policies that refuse cannot be read', () => {
      const over = { missing: ['ValidatingAdmissionPolicy'], planned: setting } as const;
      expect(enforcersOf(setting, over)).to.deep.equal(set);
    });
  });

  it('is the guard that spares pods by a label only where the label is kept, and no pod has it wrongly', () => {
    const byLabel = planExecGuard({ ...usual, byLabel: true });
    const [keeper, labelSetter] = planExecLabel({ keptOut: [] });
    expect(enforcersOf([labelSetter])).to.deep.equal([]);
    const [elsewhere] = planExecLabel({ keptOut: ['shop'] });
    expect(enforcersOf([...byLabel, keeper])).to.deep.equal([`exec deny ${ofExec}`]);
    expect(enforcersOf(byLabel)).to.deep.equal([]);
    expect(enforcersOf([...byLabel, elsewhere])).to.deep.equal([]);
    const pod = {
      metadata: { name: 'old', namespace: 'shop', labels: { 'merlon.dev/exec': 'open' } },
      spec: { hostPID: true, containers: [{ name: 'main' }] },
    };
    expect(enforcersOf([...byLabel, keeper], { pods: [pod] })).to.deep.equal([]);
    expect(enforcersOf(guard, { pods: [pod] })).to.deep.equal([`exec deny ${ofExec}`]);
  });

  const edits: readonly (readonly [sentence: string, edit: (spec: object) => object])[] = [
    ['lets pass where it fails', (spec) => ({ ...spec, failurePolicy: 'Ignore' })],
    ['refuses nothing', (spec) => ({ ...spec, validations: [{ expression: 'true' }] })],
    ['spares a group that is everybody', () => pods({ breakGlassGroups: ['system:authenticated'] }).spec],
    ['has another condition', (spec) => ({ ...spec, matchConditions: [{ name: 'a', expression: 'false' }] })],
  ];
  for (const [sentence, edit] of edits) {
    it(`is not claimed of a policy that ${sentence}`, () => {
      const change = (manifest: EnforcementManifest): object =>
        manifest.kind.endsWith('Binding') ? manifest : { ...manifest, spec: edit(manifest.spec) };
      expect(enforcersOf([pods()], { edit: change })).to.deep.equal([]);
    });
  }

  it('is as much as the actions of a binding, and not of one that selects objects or requests', () => {
    const bind = (over: object) =>
      enforcersOf([pods()], {
        edit: (manifest) =>
          manifest.metadata.name.endsWith('-deny') ? { ...manifest, spec: { ...manifest.spec, ...over } } : manifest,
      });
    expect(bind({ validationActions: ['Audit'] })).to.deep.equal([`pod-security audit ${ofPods}`]);
    expect(bind({ validationActions: [] })).to.deep.equal([]);
    expect(bind({ matchResources: { objectSelector: { matchLabels: { a: 'b' } } } })).to.deep.equal([]);
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
    expect(bind({ matchResources: { excludeResourceRules: [rule] } })).to.deep.equal([]);
    expect(bind({ paramRef: { name: 'x' } })).to.deep.equal([]);
  });

  it('is not what a binding that is gone would do', () => {
    const without = (manifest: EnforcementManifest): object =>
      manifest.metadata.name.endsWith('-deny')
        ? { ...manifest, spec: { ...manifest.spec, policyName: 'gone' } }
        : manifest;
    expect(enforcersOf([...guard, pods()], { edit: without })).to.deep.equal([]);
    expect(enforcersOf([...guard, pods()], { edit: without, labels: { 'merlon.dev/enforce': 'audit' } })).to.deep.equal(
      [`exec audit ${ofExec}`, `pod-security audit ${ofPods}`],
    );
  });

  it('is not claimed where some API server does not ask policies, or nobody knows', () => {
    expect(enforcersOf([pods()], { evidence: { validatingAdmissionPolicy: fact(false) } })).to.deep.equal([]);
    expect(enforcersOf([pods()], { missing: ['ValidatingAdmissionPolicyBinding'] })).to.deep.equal([]);
  });

  it('is also what labels of Pod Security say, where the API server heeds them', () => {
    const labels = {
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/audit': 'privileged',
    };
    expect(enforcersOf([], { labels })).to.deep.equal([
      'pss/baseline deny pod-security.kubernetes.io/enforce',
      'pss/restricted warn pod-security.kubernetes.io/warn',
    ]);
    expect(enforcersOf([], { labels, evidence: { podSecurity: fact(false) } })).to.deep.equal([]);
  });
});
