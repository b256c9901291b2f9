/** What is said beside a finding of what the API server makes of the next pod like it; that nothing more is said. */
import { expect } from 'chai';

import { Evaluator } from '../../../src/core/evaluate.ts';
import type { Evidence, Fact } from '../../../src/core/evidence.ts';
import { kinds } from '../../../src/core/kinds.ts';
import { buildObjectSnapshot } from '../../../src/core/object-snapshot.ts';
import { resolveParams } from '../../../src/core/params.ts';
import type { SelectedRule } from '../../../src/core/policy.ts';
import { project } from '../../../src/core/project.ts';
import { findKnownEnforcers } from '../../../src/enforcement/plan/enforcers.ts';
import { findingEnforcementOf } from '../../../src/enforcement/plan/finding-enforcement.ts';
import { planImagePulls } from '../../../src/enforcement/plan/image-pulls.ts';
import { planPullsKeeper } from '../../../src/enforcement/plan/image-pulls-keeper.ts';
import { buildManifests } from '../../../src/enforcement/plan/planned-policy.ts';
import type { PlannedPolicy } from '../../../src/enforcement/plan/planned-policy.ts';
import { defaultingRulesOf, planPodDefaults } from '../../../src/enforcement/plan/pod-defaults.ts';
import { planPodFamily } from '../../../src/enforcement/plan/pod-family.ts';
import { imagePullPolicy } from '../../../src/rules/pod/image-pull-policy.ts';
import { privilegeEscalation } from '../../../src/rules/pod/privilege-escalation.ts';
import { privileged } from '../../../src/rules/pod/privileged.ts';
import { rootGroups } from '../../../src/rules/pod/root-groups.ts';
import { volumeTypes } from '../../../src/rules/pod/volume-types.ts';
import { fullEvidence } from '../../core/evidence-samples.ts';

const rules = [privileged, privilegeEscalation, volumeTypes, rootGroups, imagePullPolicy];
const byDefault: readonly SelectedRule[] = rules.map((rule) => ({ rule, params: resolveParams(rule) }));

const fact = <T>(value: T): Fact<T> => ({ value, source: 'a test', confidence: 'high', detail: '' });

const bad = { containers: [{ name: 'main', image: 'x:1', securityContext: { privileged: true } }] };

interface Cluster {
  /** Of the pod; undefined where none runs. */
  readonly spec?: object | undefined;
  /** Of the template of the ReplicaSet that owns the pod, where one does. */
  readonly declared?: object;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** How the policy stands there; undefined where none does. */
  readonly policy?: { readonly name?: string; readonly isEdited?: boolean; readonly family?: 'image-pulls' };
  /** What the policy is printed with, and planned with. */
  readonly heldTo?: readonly SelectedRule[];
  readonly isPlanned?: boolean;
  /** What stands there besides. */
  readonly others?: readonly PlannedPolicy[];
  readonly judgedBy?: readonly SelectedRule[];
  readonly evidence?: Partial<Evidence>;
}

/** Of each failure what is said beside it: `pod-privileged deny ValidatingAdmissionPolicy/x`. */
function say({
  declared,
  annotations = {},
  labels = {},
  policy,
  heldTo = byDefault,
  isPlanned = false,
  others = [],
  judgedBy = byDefault,
  evidence = {},
  ...cluster
}: Cluster): readonly string[] {
  const spec = 'spec' in cluster ? cluster.spec : bad;
  const { policy: planned } = planPodFamily({
    family: policy?.family ?? 'pod-security',
    rules: heldTo,
    target: { podSecurityVersion: 37 },
    breakGlassGroups: [],
    exemptions: [],
    withoutLabel: 'off',
    keptOut: [],
  });
  if (planned === undefined) throw new Error('nothing is planned');
  const named = { ...planned, name: policy?.name ?? planned.name };
  const bindings = planned.bindings.map((one) => ({ ...one, spec: { ...one.spec, policyName: named.name } }));
  const edited = policy?.isEdited === true ? { ...planned.spec, failurePolicy: 'Ignore' } : planned.spec;
  const own = policy === undefined ? [] : [{ ...named, bindings, spec: edited as typeof planned.spec }];
  const manifests = buildManifests([...own, ...others]);
  const stored = manifests.map((one) => JSON.parse(JSON.stringify(one)) as (typeof manifests)[number]);
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'r', controller: true };
  const pod = {
    metadata: {
      ...{ name: 'agent', namespace: 'shop', uid: 'p', annotations },
      ...(declared === undefined ? {} : { ownerReferences: [owner] }),
    },
    spec,
  };
  const replicaSet = {
    metadata: { name: 'web', namespace: 'shop', uid: 'r' },
    spec: { template: { metadata: {}, spec: declared } },
  };
  const snapshot = buildObjectSnapshot({
    objects: {
      Namespace: [project(kinds.Namespace.shape, { metadata: { name: 'shop', labels } })],
      Pod: spec === undefined ? [] : [project(kinds.Pod.shape, pod)],
      ReplicaSet: declared === undefined ? [] : [project(kinds.ReplicaSet.shape, replicaSet)],
      ValidatingAdmissionPolicy: stored
        .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
        .map((one) => project(kinds.ValidatingAdmissionPolicy.shape, one)),
      ValidatingAdmissionPolicyBinding: stored
        .filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding')
        .map((one) => project(kinds.ValidatingAdmissionPolicyBinding.shape, one)),
      MutatingAdmissionPolicy: stored
        .filter(({ kind }) => kind === 'MutatingAdmissionPolicy')
        .map((one) => project(kinds.MutatingAdmissionPolicy.shape, one)),
      MutatingAdmissionPolicyBinding: stored
        .filter(({ kind }) => kind === 'MutatingAdmissionPolicyBinding')
        .map((one) => project(kinds.MutatingAdmissionPolicyBinding.shape, one)),
    },
    isWholeCluster: true,
    podSecurityVersion: 37,
    evidence: fullEvidence({
      ...{ validatingAdmissionPolicy: fact(true), mutatingAdmissionPolicy: fact(true), podSecurity: fact(true) },
      ...evidence,
    }),
  });
  const plan = isPlanned ? [planned, ...others] : [];
  const known = findKnownEnforcers(snapshot, plan, rules, isPlanned ? heldTo : []);
  const enforcementOf = findingEnforcementOf({ namespace: 'shop', labels, known, snapshot, judgedBy });
  const evaluator = new Evaluator({
    ruleThrew: (rule, error) => {
      throw new Error(rule, { cause: error });
    },
  });
  return evaluator.evaluate({ namespace: 'shop' }, judgedBy, snapshot).flatMap((finding) => {
    const said = enforcementOf(finding);
    return said === undefined ? [] : [`${finding.rule.id} ${said.mode} ${said.by}`];
  });
}

const modes = { withoutLabel: 'off', keptOut: [] } as const;
const pullsSetter = planImagePulls(modes);
const pullsKeeper = planPullsKeeper({ rules: [imagePullPolicy.id], breakGlassGroups: [], exemptions: [] }, modes);
const defaults = planPodDefaults(defaultingRulesOf(rules), modes);

const own = 'ValidatingAdmissionPolicy/merlon-pod-security';
const level = (mode: string, value: string) => ({ [`pod-security.kubernetes.io/${mode}`]: value });

describe('what is said beside a finding of what becomes of the next pod like it', () => {
  it('is nothing where nothing is enforced', () => {
    expect(say({})).to.deep.equal([]);
    expect(say({ policy: {} })).to.deep.equal([]);
    expect(say({ labels: level('enforce', 'privileged') })).to.deep.equal([]);
  });

  it('is the mode of a policy that holds pods to the rule, and its name', () => {
    for (const mode of ['deny', 'warn', 'audit']) {
      expect(say({ policy: {}, labels: { 'merlon.dev/enforce': mode } })).to.deep.equal([
        `pod-privileged ${mode} ${own}`,
        `pod-privilege-escalation ${mode} ${own}`,
      ]);
    }
  });

  it('is the same of a policy that somebody else applied, under whatever name', () => {
    const labels = { 'merlon.dev/enforce': 'deny' };
    expect(say({ policy: { name: 'platform' }, labels })).to.deep.equal([
      'pod-privileged deny ValidatingAdmissionPolicy/platform',
      'pod-privilege-escalation deny ValidatingAdmissionPolicy/platform',
    ]);
    expect(say({ policy: { family: 'image-pulls', name: 'pulls' }, labels })).to.deep.equal([
      'pod-image-pull-policy deny ValidatingAdmissionPolicy/pulls',
    ]);
    expect(say({ policy: { name: 'platform', isEdited: true }, labels })).to.deep.equal([]);
  });

  it('is not said where the policy has other parameters than the finding was judged by', () => {
    const labels = { 'merlon.dev/enforce': 'deny' };
    const spec = {
      containers: [{ name: 'main', image: 'x:1' }],
      volumes: [{ name: 'data', nfs: { server: 's', path: '/' } }],
    };
    const nfs = [{ rule: volumeTypes, params: { ...resolveParams(volumeTypes), allowed: ['secret'] } }];
    const said = `pod-volume-types deny ${own}`;
    expect(say({ policy: {}, labels, spec, heldTo: nfs, isPlanned: true, judgedBy: nfs })).to.deep.equal([said]);
    const others = byDefault.filter(({ rule }) => rule === volumeTypes);
    expect(say({ policy: {}, labels, spec, heldTo: nfs, isPlanned: true, judgedBy: others })).to.deep.equal([]);
    expect(say({ policy: {}, labels, spec, heldTo: others, judgedBy: others })).to.deep.equal([said]);
  });

  it('is not said of what is only noted', () => {
    const labels = { 'merlon.dev/enforce': 'deny' };
    const spec = { ...bad, securityContext: { runAsGroup: 1, fsGroup: 1 } };
    const noted = [
      { rule: rootGroups, severity: 'high' as const, params: { ...resolveParams(rootGroups), imageGroups: 'note' } },
    ];
    const plan = { policy: {}, labels, heldTo: noted, isPlanned: true, judgedBy: noted };
    expect(say({ ...plan, spec })).to.deep.equal([]);
    expect(say({ ...plan, spec: { ...bad, securityContext: { fsGroup: 0 } } })).to.deep.equal([
      `pod-root-groups deny ${own}`,
    ]);
  });

  it('is the label of Pod Security whose level has the check that refuses it', () => {
    expect(say({ labels: level('enforce', 'baseline') })).to.deep.equal([
      'pod-privileged deny pod-security.kubernetes.io/enforce',
    ]);
    expect(say({ labels: { ...level('enforce', 'baseline'), ...level('warn', 'restricted') } })).to.deep.equal([
      'pod-privileged deny pod-security.kubernetes.io/enforce',
      'pod-privilege-escalation warn pod-security.kubernetes.io/warn',
    ]);
    expect(say({ labels: level('audit', 'restricted') })).to.deep.equal([
      'pod-privileged audit pod-security.kubernetes.io/audit',
      'pod-privilege-escalation audit pod-security.kubernetes.io/audit',
    ]);
  });

  it('is not a level that has no such check in its version, or whose check lets it pass', () => {
    const old = { ...level('enforce', 'restricted'), 'pod-security.kubernetes.io/enforce-version': 'v1.7' };
    expect(say({ labels: old })).to.deep.equal(['pod-privileged deny pod-security.kubernetes.io/enforce']);
    const volumes = (volume: object) => ({ ...bad, volumes: [{ name: 'data', ...volume }] });
    const restricted = level('enforce', 'restricted');
    const only = byDefault.filter(({ rule }) => rule === volumeTypes);
    expect(say({ labels: restricted, judgedBy: only, spec: volumes({ csi: { driver: 'd' } }) })).to.deep.equal([]);
    expect(
      say({ labels: restricted, judgedBy: only, spec: volumes({ nfs: { server: 's', path: '/' } }) }),
    ).to.deep.equal(['pod-volume-types deny pod-security.kubernetes.io/enforce']);
  });

  it('is the strictest where several do it', () => {
    const labels = { ...level('enforce', 'baseline'), 'merlon.dev/enforce': 'warn' };
    expect(say({ policy: {}, labels })).to.deep.equal([
      'pod-privileged deny pod-security.kubernetes.io/enforce',
      `pod-privilege-escalation warn ${own}`,
    ]);
    const both = { ...level('enforce', 'baseline'), 'merlon.dev/enforce': 'deny' };
    expect(say({ policy: {}, labels: both })[0]).to.equal(`pod-privileged deny ${own}`);
  });

  it('is not said where an API server may not ask, nor of static pods', () => {
    const labels = { ...level('enforce', 'baseline'), 'merlon.dev/enforce': 'deny' };
    const evidence = { podSecurity: fact(false), validatingAdmissionPolicy: fact(false) };
    expect(say({ policy: {}, labels, evidence })).to.deep.equal([]);
    expect(say({ policy: {}, labels, annotations: { 'kubernetes.io/config.mirror': 'x' } })).to.deep.equal([]);
  });

  describe('where something is set in new pods', () => {
    const labels = { 'merlon.dev/enforce': 'deny' };
    const restricted = { ...labels, ...level('enforce', 'restricted') };
    const escalation = (allowed: boolean | undefined, kept: object = {}) => ({
      containers: [
        {
          ...{ name: 'main', image: 'x:1', imagePullPolicy: 'Always' },
          securityContext: { ...(allowed === undefined ? {} : { allowPrivilegeEscalation: allowed }), ...kept },
        },
      ],
    });
    const [unset, open, closed] = [escalation(undefined), escalation(true), escalation(false)];
    const pulled = (imagePullPolicy: string, image = 'x:1') => ({
      containers: [{ name: 'main', image, imagePullPolicy }],
    });
    const [seldom, always] = [pulled('IfNotPresent'), pulled('Always')];
    const debugged = (spec: object, debugging: object) => ({
      ...spec,
      ephemeralContainers: [{ name: 'debug', image: 'x:1', imagePullPolicy: 'Always', ...debugging }],
    });
    const twin = { family: 'image-pulls' } as const;
    const [set, kept] = [{ others: [pullsSetter] }, { others: [pullsKeeper] }];
    const setAndKept = { others: [pullsSetter, pullsKeeper] };
    const [pods, defaulted] = [{ policy: {} }, { others: defaults }];
    const both = { ...pods, ...defaulted };
    const unasked = { evidence: { mutatingAdmissionPolicy: { unobserved: 'nobody knows' } } } as const;
    const objectSelector = { matchLabels: { a: 'b' } };
    const matchResources = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector } as const;
    const selecting = defaults.map((one) => ({
      ...one,
      bindings: one.bindings.map(({ spec, ...binding }) => ({
        ...binding,
        spec: { ...spec, matchResources },
      })),
    }));
    const escalates = `pod-privilege-escalation deny ${own}`;
    const keeps = 'pod-image-pull-policy deny ValidatingAdmissionPolicy/merlon-image-pulls-keeper';
    const pulls = 'pod-image-pull-policy deny ValidatingAdmissionPolicy/merlon-image-pulls';
    const byLabel = (mode: string, label: string) =>
      `pod-privilege-escalation ${mode} pod-security.kubernetes.io/${label}`;

    const rows: readonly (readonly [what: string, cluster: Cluster, said: readonly string[]])[] = [
      ['nothing of a pod without a value that is set', { ...both, spec: unset }, []],
      ['what refuses it where it is not set', { ...pods, spec: unset }, [escalates]],
      ['what refuses a pod that says another value', { ...both, spec: open }, [escalates]],
      [
        'what refuses a pod whose value is left alone',
        { ...both, spec: escalation(undefined, { privileged: true }) },
        [`pod-privileged deny ${own}`, escalates],
      ],
      [
        'what warns where nothing is set for less than deny',
        { ...both, spec: unset, labels: { 'merlon.dev/enforce': 'warn' } },
        [`pod-privilege-escalation warn ${own}`],
      ],
      ['what refuses such a template, though its pods run', { ...both, spec: unset, declared: unset }, [escalates]],
      ['the same where nothing runs', { ...both, spec: undefined, declared: unset }, [escalates]],
      ['nothing of older pods whose template says it', { ...both, spec: unset, declared: closed }, []],
      ['what refuses pods that somebody makes so', { ...both, spec: open, declared: closed }, [escalates]],
      ['what refuses a debug container, in which nothing is set', { ...both, spec: debugged(closed, {}) }, [escalates]],
      [
        'nothing of a pod that a level refuses without the value',
        { ...defaulted, labels: restricted, spec: unset },
        [],
      ],
      [
        'the level that refuses another value',
        { ...defaulted, labels: restricted, spec: open },
        [byLabel('deny', 'enforce')],
      ],
      [
        'the warning of a template whose pods are taken',
        { ...defaulted, labels: restricted, spec: unset, declared: unset },
        [byLabel('warn', 'enforce')],
      ],
      [
        'the level that refuses the pods of a template, which itself is taken',
        { ...defaulted, labels: restricted, spec: undefined, declared: open },
        [byLabel('deny', 'enforce')],
      ],
      [
        'what is written down of a template, and not of a pod: as written',
        { ...defaulted, labels: { ...labels, ...level('audit', 'restricted') }, spec: unset, declared: unset },
        [byLabel('audit', 'audit')],
      ],
      [
        'nothing that is written down of a pod in which it is set',
        { ...defaulted, labels: { ...labels, ...level('audit', 'restricted') }, spec: unset },
        [],
      ],
      ['nothing where nobody knows whether it is set', { ...both, ...unasked, spec: unset }, []],
      ['what refuses another value, whether it is set or not', { ...both, ...unasked, spec: open }, [escalates]],
      [
        'nothing of a level that refuses what may be set',
        { ...defaulted, ...unasked, labels: restricted, spec: unset },
        [],
      ],
      [
        'what refuses where no API server sets it',
        { ...both, evidence: { mutatingAdmissionPolicy: fact(false) }, spec: unset },
        [escalates],
      ],
      ['nothing where it is set in some pods', { ...pods, others: selecting, spec: unset }, []],
      ['nothing of pulls that are set', { ...set, spec: seldom }, []],
      ['nothing of pulls that are set and kept', { ...setAndKept, spec: seldom }, []],
      ['nothing of a template whose pulls are set and kept', { ...setAndKept, spec: seldom, declared: seldom }, []],
      ['what keeps pulls, where nothing sets them', { ...kept, spec: seldom }, [keeps]],
      ['the same of what makes pods, which are refused', { ...kept, spec: undefined, declared: seldom }, [keeps]],
      ['nothing of older pods then', { ...kept, spec: always, declared: always }, []],
      [
        'what refuses a template, as nothing is set in it',
        { ...set, policy: twin, spec: seldom, declared: seldom },
        [pulls],
      ],
      ['nothing of a pod then', { ...set, policy: twin, spec: seldom }, []],
      [
        'nothing of debug containers whose pulls are set',
        { ...setAndKept, spec: debugged(seldom, { imagePullPolicy: 'Never' }) },
        [],
      ],
      [
        'what keeps pulls of debug containers',
        { ...kept, spec: debugged(always, { imagePullPolicy: 'Never' }) },
        [keeps],
      ],
      [
        'what refuses an image by digest, too',
        { policy: twin, spec: pulled('IfNotPresent', `x@sha256:${'0'.repeat(64)}`) },
        [pulls],
      ],
    ];
    for (const isPlanned of [false, true]) {
      describe(isPlanned ? 'by what is planned' : 'by what nobody planned', () => {
        for (const [what, cluster, said] of rows) {
          it(`is ${what}`, () => {
            expect(say({ isPlanned, labels, ...cluster })).to.deep.equal(said);
          });
        }
      });
    }
  });
});
