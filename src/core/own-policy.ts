/** A namespace's own policy, a HardeningPolicy: which version of it is in force, and its status. */
import type { HardeningPolicy, HardeningPolicySpec, HardeningPolicyStatus } from '../api/v1alpha1/hardening-policy.ts';
import type { AcceptedOwnPolicy } from './accepted-policy.ts';
import { buildExpectations } from './expectation.ts';
import type { Expectation } from './expectation.ts';
import type { MergedPolicy } from './policy-merge.ts';
import { findOwnPolicyProblem } from './policy-problem.ts';
import type { PolicyProblem } from './policy-problem.ts';
import { chooseVersion, readyCondition } from './policy-version.ts';
import type { AnyRule } from './rule.ts';
import { compareText } from './subject-ref.ts';

/** One policy, judged. */
export interface JudgedOwnPolicy {
  readonly object: HardeningPolicy;
  /** Why the present version is not in force. */
  readonly problem: PolicyProblem | undefined;
  /** What is in force: the present version, else the last good one; undefined if none was ever good. */
  readonly accepted: AcceptedOwnPolicy | undefined;
}

/** @param remembered what was in force until now, where that is known; otherwise the policy's own status tells */
export function judgeOwnPolicy(
  object: HardeningPolicy,
  rules: readonly AnyRule[],
  remembered?: AcceptedOwnPolicy,
): JudgedOwnPolicy {
  const { name, namespace = '' } = object.metadata;
  return {
    object,
    ...chooseVersion<HardeningPolicySpec, AcceptedOwnPolicy>(
      object,
      (spec) => findOwnPolicyProblem(spec, namespace, rules),
      remembered,
      (version) => ({ namespace, name, ...version }),
    ),
  };
}

/** As many policies of one namespace as count: whoever may write them must not make Merlon slow. */
export const MAX_OWN_POLICIES = 200;

/** The policies of one namespace that count, in order of their names; the oldest are those that count. */
export function countingOwnPolicies(policies: readonly JudgedOwnPolicy[]): readonly JudgedOwnPolicy[] {
  const counting =
    policies.length <= MAX_OWN_POLICIES ? policies : policies.toSorted(compareAge).slice(0, MAX_OWN_POLICIES);
  return counting.toSorted(({ object: { metadata: a } }, { object: { metadata: b } }) => compareText(a.name, b.name));
}

function compareAge(
  { object: { metadata: a } }: JudgedOwnPolicy,
  { object: { metadata: b } }: JudgedOwnPolicy,
): number {
  return compareText(a.creationTimestamp ?? '', b.creationTimestamp ?? '') || compareText(a.name, b.name);
}

/** What the namespace's policies came to. */
export interface OwnPolicyView {
  readonly merged: MergedPolicy;
  /** Whether it is among those that count. */
  readonly counts: boolean;
}

/**
 * @param view undefined while the namespace is not known
 * @param now RFC 3339, second precision; used where the condition's status changes
 */
export function buildOwnPolicyStatus(
  { object, problem, accepted }: JudgedOwnPolicy,
  view: OwnPolicyView | undefined,
  now: string,
): HardeningPolicyStatus {
  const ignored = accepted === undefined ? [] : (view?.merged.ignored.get(accepted) ?? []);
  const counts = view?.counts ?? true;
  return {
    observedGeneration: object.metadata.generation ?? 0,
    rules: accepted === undefined || view === undefined ? 0 : countRules(accepted, view.merged),
    expectations: counts ? (accepted?.spec.expectations?.length ?? 0) : 0,
    ...(accepted === undefined ? {} : { accepted: { generation: accepted.generation, spec: accepted.spec } }),
    ...(ignored.length === 0 ? {} : { ignored }),
    conditions: [
      readyCondition(object, problem, accepted, counts ? describeGood(accepted, view, ignored.length) : TOO_MANY, now),
    ],
  };
}

const TOO_MANY = {
  isReady: false,
  reason: 'TooMany',
  message: `of the policies of a namespace the ${MAX_OWN_POLICIES} oldest count, and this is none of them`,
} as const;

interface Good {
  readonly reason: string;
  readonly message: string;
}

function describeGood(accepted: AcceptedOwnPolicy | undefined, view: OwnPolicyView | undefined, ignored: number): Good {
  const expects = (accepted?.spec.expectations ?? []).length > 0;
  if (expects && view !== undefined && !view.merged.policy.rules.some(({ rule }) => rule.subject === 'Expectation')) {
    return {
      reason: 'NotJudged',
      message:
        'the policy is valid, but what it expects is not judged: the policies that decide here disable rbac-expectations',
    };
  }
  if (ignored > 0) {
    const some = ignored === 1 ? 'one of its settings has' : `${ignored} of its settings have`;
    return { reason: 'PartlyIgnored', message: `the policy is in force, but ${some} no effect: see status.ignored` };
  }
  return { reason: 'Accepted', message: 'the policy is in force' };
}

/** How many rules are judged differently because of it. */
function countRules({ namespace, name }: AcceptedOwnPolicy, { settings }: MergedPolicy): number {
  const isOwn = ({ source }: { readonly source: { readonly name: string; readonly namespace?: string } | undefined }) =>
    source?.namespace === namespace && source.name === name;
  return [...settings.states].filter(
    ([rule, state]) =>
      isOwn(state) ||
      (state.value &&
        ([settings.severities.get(rule)].some((said) => said !== undefined && isOwn(said)) ||
          [...(settings.params.get(rule)?.values() ?? [])].some(isOwn))),
  ).length;
}

const knownExpectations = new WeakMap<AcceptedOwnPolicy, readonly Expectation[]>();

/** Made once of each version. */
export function expectationsOf(policy: AcceptedOwnPolicy): readonly Expectation[] {
  let known = knownExpectations.get(policy);
  if (known === undefined) {
    const { namespace, name, spec } = policy;
    known = buildExpectations({ kind: 'HardeningPolicy', namespace, name }, spec.expectations);
    knownExpectations.set(policy, known);
  }
  return known;
}
