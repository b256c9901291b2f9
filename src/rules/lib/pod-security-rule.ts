/**
 * Makes a check of the Pod Security Standards the check of a rule. What Merlon reports of a pod and what the API server
 * says of it come from one visit, so that they cannot disagree.
 *
 * A parameter may only take away from what the check refuses; a rule that demands more adds its own violations. With no
 * parameter set the verdict is Pod Security's.
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import type { CheckResult, RuleContext, Violation } from '../../core/rule.ts';
import { isRefusal, runCheck, selectBranch } from '../../pod-security/check.ts';
import type { CheckPod, PodSecurityCheck } from '../../pod-security/check.ts';

/** One for all pods that pass, which is nearly every one. */
const NO_VIOLATIONS: readonly Violation[] = Object.freeze([]);

/**
 * A rule declares that it reads `ServerVersion` if its check differs between versions; the version of the others is not
 * asked for, so that they judge where it is not known, too.
 *
 * @param isAllowed whether the parameters allow what the check refuses
 */
export function judgeBy<P>(
  check: PodSecurityCheck,
  isAllowed?: (violation: Violation, params: P) => boolean,
): (pod: PodTemplate, context: RuleContext<P>) => CheckResult {
  const isOfAllVersions = check.branches.length === 1 && selectBranch(check, 0) !== undefined;
  // To look for the branch anew would cost more than most checks do, and all pods are judged at one version.
  let latest: { readonly version: number; readonly checkPod: CheckPod } | undefined;

  return (pod, context) => {
    const version = isOfAllVersions ? 0 : context.podSecurityVersion;
    if (latest?.version !== version) {
      const checkPod = selectBranch(check, version)?.check ?? ((unchecked) => runCheck(check, version, unchecked));
      latest = { version, checkPod };
    }
    const outcome = latest.checkPod(pod);
    if (outcome === undefined) return NO_VIOLATIONS;
    if (!isRefusal(outcome)) return outcome;
    const { violations } = outcome;
    return isAllowed === undefined ? violations : violations.filter((one) => !isAllowed(one, context.params));
  };
}
