/**
 * What a check of the Pod Security Standards is. The standards change from version to version: a check has one branch
 * for each version that changed it, and at a version that is older than its first branch it does not exist.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/checks.go.
 */
import type { PodTemplate } from '../core/pod-template.ts';
import { notApplicable } from '../core/rule.ts';
import type { NotApplicable, Violation } from '../core/rule.ts';
import { printVersion } from './version.ts';
import type { PolicyVersion } from './version.ts';

/** Why a pod is refused: in Pod Security's own words, and place by place. */
export interface Refusal {
  /** `hostPort` */
  readonly reason: string;
  /** `container "web" uses hostPort 80` */
  readonly detail: string;
  readonly violations: readonly Violation[];
}

/** Undefined where the pod is allowed; not applicable where it is allowed because the check does not concern it. */
export type CheckOutcome = Refusal | NotApplicable | undefined;

/** @throws {MalformedField} if the pod holds a field that decides in a wrong type */
export type CheckPod = (pod: PodTemplate) => CheckOutcome;

export interface PodSecurityCheck {
  /** Kubernetes' own: `capabilities_baseline`. */
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** The baseline checks that it stands in for, where it exists. */
  readonly overrides?: readonly string[];
  /** From the oldest to the newest. */
  readonly branches: readonly CheckBranch[];
}

export interface CheckBranch {
  readonly since: PolicyVersion;
  readonly check: CheckPod;
}

export function runCheck(check: PodSecurityCheck, version: PolicyVersion, pod: PodTemplate): CheckOutcome {
  const branch = selectBranch(check, version);
  if (branch !== undefined) return branch.check(pod);
  const [first] = check.branches;
  const since = first === undefined ? '' : `; it begins with ${printVersion(first.since)}`;
  return notApplicable(`Pod Security has no such check in ${printVersion(version)}${since}`);
}

/** @returns undefined where the check does not exist yet */
export function selectBranch({ branches }: PodSecurityCheck, version: PolicyVersion): CheckBranch | undefined {
  return branches.findLast(({ since }) => since <= version);
}

export function isRefusal(outcome: CheckOutcome): outcome is Refusal {
  return outcome !== undefined && !('outcome' in outcome);
}
