/** Every remedy that there is, by the rule that it is for. */
import type { Finding } from '../core/finding.ts';
import { isInNamespacePosture } from '../core/judge.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { subjectKinds } from '../core/subjects.ts';
import type { PlannedRepair } from './planned-repair.ts';
import { anonymousSubjectsRemedy } from './remedies/anonymous-subjects.ts';
import { defaultAccountRemedy } from './remedies/default-account.ts';
import { imagePullPolicyRemedy } from './remedies/image-pull-policy.ts';
import { podSecurityLabelsRemedy } from './remedies/pod-security-labels.ts';
import type { Remedy } from './remedy.ts';

export const remedies: readonly Remedy[] = [
  defaultAccountRemedy,
  podSecurityLabelsRemedy,
  anonymousSubjectsRemedy,
  imagePullPolicyRemedy,
];

export function remedyOf(ruleId: string): Remedy | undefined {
  return remedies.find(({ rule }) => rule === ruleId);
}

/** Whether there is a remedy for what the rule finds in the posture of the cluster. */
export function isRepairedInCluster(rule: AnyRule): boolean {
  return remedyOf(rule.id) !== undefined && subjectKinds[rule.subject].some((kind) => !isInNamespacePosture(kind));
}

/**
 * @returns undefined for what is no failure, what no remedy is for, and what no patch repairs
 * @throws {NotObserved | MalformedField} where the object could not be read
 */
export function planRepair(finding: Finding, snapshot: Snapshot): PlannedRepair | undefined {
  return finding.outcome === 'fail' ? remedyOf(finding.rule.id)?.plan(finding, snapshot) : undefined;
}
