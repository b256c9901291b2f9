/**
 * Judges one scope from what is known of a cluster: which policy decides, what its rules find, and what was missing.
 * The operator and `merlon scan --cluster` both ask here, so that they cannot say different things.
 */
import type { POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import { mergeAuthorization } from './expectation.ts';
import type { Expected } from './expectation.ts';
import { matchExemptions } from './exemption-matcher.ts';
import type { GivenExemptions } from './exemption-matcher.ts';
import { FindingCollector } from './finding-collector.ts';
import { describeAttested, factNames } from './evidence.ts';
import type { FactName } from './evidence.ts';
import { isOfCluster, subjectKinds } from './subjects.ts';
import type { Evaluator } from './evaluate.ts';
import type { Scope } from './scope.ts';
import { kinds } from './kinds.ts';
import type { KindName, ObjectOf } from './kinds.ts';
import type { JudgedPolicy } from './policy-status.ts';
import { countingOwnPolicies, expectationsOf } from './own-policy.ts';
import type { JudgedOwnPolicy } from './own-policy.ts';
import { clusterExpectationsOf } from './policy.ts';
import type { EffectivePolicy } from './policy.ts';
import type { AcceptedPolicy } from './accepted-policy.ts';
import { policyMergerOf } from './policy-merge.ts';
import type { MergedPolicy } from './policy-merge.ts';
import { isNamedByPolicy, matchPolicy, selectPolicies } from './policy-scope.ts';
import type { Labels } from './policy-scope.ts';
import type { RemediationSay } from './remediation-terms.ts';
import { inputsOf } from './source.ts';
import type { AnyRule } from './rule.ts';
import type { Source } from './source.ts';
import { isMissing, isReadable, NotObserved } from './snapshot.ts';
import type { Observation, Snapshot } from './snapshot.ts';
import type { Doubt, Judged } from './status.ts';
import { compareText } from './subject-ref.ts';

export interface Judge {
  readonly rules: readonly AnyRule[];
  readonly evaluator: Evaluator;
  readonly snapshot: Snapshot;
  readonly policies: readonly JudgedPolicy[];
  /** How well the policies themselves could be read. */
  readonly policyInput: Observation<typeof POLICY_KIND>;
  /** The policies of namespaces; to judge one namespace, those of others may be left out. */
  readonly ownPolicies: readonly JudgedOwnPolicy[];
  readonly ownPolicyInput: Observation<typeof OWN_POLICY_KIND>;
  /** By default none. */
  readonly exemptions?: GivenExemptions;
}

export interface JudgeOptions {
  /** Where the findings go; by default into a collector of their own that keeps what is open. */
  readonly collector?: FindingCollector;
}

/** The policies that concern a scope, and what they come to. */
export interface ConcernedPolicies extends MergedPolicy {
  /** Of the cluster policies, the strongest first. */
  readonly selected: readonly AcceptedPolicy[];
  /** Those of the namespace itself that count, or for the cluster those of all namespaces. */
  readonly own: readonly JudgedOwnPolicy[];
  /** The namespace's; undefined where they are not known, and for the cluster. */
  readonly labels: Labels | undefined;
}

/** @returns undefined for a namespace that is gone or going */
export function findPolicies(
  scope: Scope,
  { snapshot, policies, ownPolicies, rules }: Pick<Judge, 'snapshot' | 'policies' | 'ownPolicies' | 'rules'>,
): ConcernedPolicies | undefined {
  const found = scope === 'cluster' ? 'unknown' : labelsOf(snapshot, scope.namespace);
  if (found === undefined) return undefined;
  const labels = found === 'unknown' ? undefined : found;
  const selected = selectPolicies(acceptedOf(policies), scope, labels);
  const own = ownPoliciesOf(scope, ownPolicies);
  const merged = policyMergerOf(rules).merge(selected, scope === 'cluster' ? [] : acceptedOf(own));
  return { ...merged, selected, own, labels };
}

/** What they say of repairs in a scope. */
export function remediationSayOf({ policy, selected }: ConcernedPolicies, scope: Scope): RemediationSay {
  const { remediation: terms, sources } = policy;
  return { terms, sources, isNamed: scope !== 'cluster' && isNamedByPolicy(selected, scope.namespace) };
}

/** @returns undefined for a namespace that is gone or going: it has no posture */
export function judgeScope(
  scope: Scope,
  judge: Judge,
  { collector = new FindingCollector('open') }: JudgeOptions = {},
): Judged | undefined {
  const concerned = findPolicies(scope, judge);
  if (concerned === undefined) return undefined;
  const { selected, own, labels, policy } = concerned;
  const isSelected = ({ accepted }: JudgedPolicy): boolean => selected.some((one) => one === accepted);
  const policyProblem =
    describeFirstProblem(judge.policies.filter(isSelected)) ?? describeFirstProblem(scope === 'cluster' ? [] : own);
  const doubt = findDoubt(policy, judge, scope, labels);
  const sources = sourcesOf(judge.rules, scope === 'cluster' ? 'cluster' : 'namespace');
  const exemptions = matchExemptions(judge.exemptions, policy.exemptions, scope);
  collector.exemptBy(exemptions);
  judge.evaluator.judge(scope, policy.rules, judge.snapshot, collector, gatherExpected(judge.policies, own));
  collector.exemptBy(undefined);
  return {
    ...collector.finish(judge.evaluator.sortedOf(scope)),
    policy,
    ...(doubt === undefined ? {} : { doubt }),
    inputs: [
      ...sources.flatMap((source) => observe(source, judge.snapshot)),
      judge.policyInput,
      judge.ownPolicyInput,
      ...(judge.exemptions?.inputs ?? []),
    ],
    ...(policyProblem === undefined ? {} : { policyProblem }),
    ...(exemptions === undefined ? {} : { exemptions: exemptions.uses }),
  };
}

function acceptedOf<Accepted>(policies: readonly { readonly accepted: Accepted | undefined }[]): readonly Accepted[] {
  return policies.flatMap(({ accepted }) => (accepted === undefined ? [] : [accepted]));
}

/** Those that count: of a namespace, or for the cluster of all namespaces, always in the same order. */
function ownPoliciesOf(scope: Scope, all: readonly JudgedOwnPolicy[]): readonly JudgedOwnPolicy[] {
  const concerned = all.filter(
    ({ object: { metadata } }) => scope === 'cluster' || metadata.namespace === scope.namespace,
  );
  const byNamespace = Map.groupBy(concerned, ({ object: { metadata } }) => metadata.namespace ?? '');
  return [...byNamespace]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([, policies]) => countingOwnPolicies(policies));
}

/** What all policies expect, in an order that is the same on every machine: whoever names a subject means it. */
function gatherExpected(policies: readonly JudgedPolicy[], own: readonly JudgedOwnPolicy[]): Expected {
  const accepted = policies.flatMap((one) => one.accepted ?? []).toSorted((a, b) => compareText(a.name, b.name));
  return {
    expectations: [
      ...accepted.flatMap((one) => clusterExpectationsOf(one)),
      ...own.flatMap((one) => (one.accepted === undefined ? [] : expectationsOf(one.accepted))),
    ],
    authorization: mergeAuthorization(accepted),
  };
}

/** Of the first by name that is invalid now. */
function describeFirstProblem(policies: readonly (JudgedPolicy | JudgedOwnPolicy)[]): string | undefined {
  const [first] = policies
    .filter(({ problem }) => problem !== undefined)
    .toSorted((a, b) => compareText(a.object.metadata.name, b.object.metadata.name));
  return first === undefined ? undefined : describeProblem(first);
}

/** What is wrong with a policy, and what of it is in force; undefined where nothing is. */
export function describeProblem({ object, accepted, problem }: JudgedPolicy | JudgedOwnPolicy): string | undefined {
  if (problem === undefined) return undefined;
  const inForce = accepted === undefined ? 'nothing of it is' : `its generation ${accepted.generation} is`;
  return `${object.kind} "${object.metadata.name}" is invalid, ${inForce} in force: ${problem.message}`;
}

/** A policy that nobody could read, or match, may be stricter than the ones that were found. */
function findDoubt(
  policy: EffectivePolicy,
  { policies, policyInput, ownPolicyInput }: Judge,
  scope: Scope,
  labels: Labels | undefined,
): Doubt | undefined {
  // Where the API server does not serve policies there are none.
  if (!isReadable(policyInput) && policyInput.state !== 'absent') {
    return { reason: 'PolicyUnknown', message: `which policy decides here is not known: ${policyInput.message}` };
  }
  if (scope !== 'cluster' && !isReadable(ownPolicyInput) && ownPolicyInput.state !== 'absent') {
    return {
      reason: 'PolicyUnknown',
      message: `what the namespace itself expects is not known: ${ownPolicyInput.message}`,
    };
  }
  if (acceptedOf(policies).some((one) => matchPolicy(one, scope, labels) === 'unknown')) {
    return {
      reason: 'PolicyUnknown',
      message: 'which policy decides here is not known: the labels of namespaces could not be read',
    };
  }
  return policy.rules.length > 0
    ? undefined
    : { reason: 'NothingSelected', message: `policy "${policy.name}" selects no rule, so nothing was judged` };
}

/** How well a source is known; evidence is as complete as its facts. */
function observe(source: Source, snapshot: Snapshot): readonly Observation[] {
  const observation = snapshot.observation(source);
  if (source !== 'Evidence' || !isReadable(observation)) return [observation];
  const facts = factNames.map((name) => ({ name, fact: observeFact(snapshot, name) }));
  const attested = facts
    .filter(({ fact }) => fact.state === 'attested')
    .map(({ name, fact }) => ({ ...fact, message: `${name} ${fact.message}` }));
  const unobserved = facts.filter(({ fact }) => isMissing(fact));
  if (unobserved.length === 0) return attested.length === 0 ? [observation] : attested;
  // Mostly it is one source of many facts that cannot be read.
  const reasons = [...Map.groupBy(unobserved, ({ fact }) => fact.message)].map(
    ([reason, some]) => `${some.map(({ name }) => name).join(', ')}: ${reason}`,
  );
  const state = unobserved.some(({ fact }) => fact.state === 'forbidden') ? 'forbidden' : 'unobserved';
  return [...attested, { source, state, message: reasons.join('; ') }];
}

/** Whether a fact is known, and by whom, or why not. */
export function observeFact(snapshot: Snapshot, name: FactName): Observation<'Evidence'> {
  try {
    const { source, confidence, attestation } = snapshot.fact(name);
    if (attestation !== undefined) {
      return { source: 'Evidence', state: 'attested', message: describeAttested(attestation) };
    }
    return { source: 'Evidence', state: 'observed', message: `by ${source}, confidence ${confidence}` };
  } catch (error) {
    if (!(error instanceof NotObserved)) throw error;
    const state = error.permissions.length > 0 ? 'forbidden' : 'unobserved';
    return { source: 'Evidence', state, message: error.message };
  }
}

/** Every namespace that has a posture. Without the right to list namespaces: those that service accounts live in. */
export function namespacesOf(snapshot: Snapshot): readonly string[] {
  if (isReadable(snapshot.observation('Namespace'))) {
    return [...snapshot.list('Namespace')]
      .filter((object) => !isTerminating(object))
      .map(({ metadata }) => metadata.name);
  }
  if (!isReadable(snapshot.observation('ServiceAccount'))) return [];
  return [...new Set([...snapshot.list('ServiceAccount')].flatMap(({ metadata }) => metadata.namespace ?? []))];
}

/**
 * What policies select a namespace by.
 *
 * @returns undefined where the namespace is gone or going; `unknown` where labels cannot be read: then only a policy that
 *   asks for none can be known to apply
 */
export function labelsOf(snapshot: Snapshot, namespace: string): Labels | 'unknown' | undefined {
  if (!isReadable(snapshot.observation('Namespace'))) return 'unknown';
  const object = snapshot.get('Namespace', '', namespace);
  return object === undefined || isTerminating(object) ? undefined : (object.metadata.labels ?? {});
}

function isTerminating({ metadata, status }: ObjectOf<'Namespace'>): boolean {
  return metadata.deletionTimestamp !== undefined || status?.phase === 'Terminating';
}

type PostureOf = 'namespace' | 'cluster';

/** By list of rules: every judgement asks. */
const knownSources = new WeakMap<readonly AnyRule[], Map<PostureOf, readonly Source[]>>();

/** What the postures of namespaces, or that of the cluster, are made from. */
export function sourcesOf(rules: readonly AnyRule[], posture: PostureOf): readonly Source[] {
  const ofRules = knownSources.get(rules) ?? new Map<PostureOf, readonly Source[]>();
  knownSources.set(rules, ofRules);
  const sources = ofRules.get(posture) ?? findSources(rules, posture);
  ofRules.set(posture, sources);
  return sources;
}

function findSources(rules: readonly AnyRule[], posture: PostureOf): readonly Source[] {
  // Namespaces are what the postures of both are about: the cluster's sums them up.
  const sources = new Set<Source>(['Namespace']);
  for (const rule of rules) {
    const own = subjectKinds[rule.subject].filter((kind) => isInNamespacePosture(kind) === (posture === 'namespace'));
    const hasSubjects =
      own.length > 0 || rule.subject === 'Expectation' || (isOfCluster(rule.subject) && posture === 'cluster');
    if (hasSubjects) for (const source of [...own, ...(rule.reads ?? [])].flatMap(inputsOf)) sources.add(source);
  }
  return [...sources];
}

/** A namespace is judged in its own posture, everything else without a namespace in the cluster's. */
export function isInNamespacePosture(kind: KindName): boolean {
  return kind === 'Namespace' || kinds[kind].isNamespaced;
}
