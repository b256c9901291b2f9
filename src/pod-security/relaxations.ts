/**
 * The pods that some checks let pass from a version on, whatever they hold.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/helpers.go and the branches 1.25 and 1.35 of policy/check_*.go.
 */
import { notApplicable } from '../core/rule.ts';
import type { CheckPod } from './check.ts';

const onWindows = notApplicable('the field has no meaning on Windows');
const inUserNamespace = notApplicable('the pod has a user namespace of its own, in which root is nobody on the node');

/** The API server accepts none of these fields on a pod that says it is for Windows. */
export function exceptOnWindows(check: CheckPod): CheckPod {
  return (pod) => (pod.spec.os?.name === 'windows' ? onWindows : check(pod));
}

export function exceptInUserNamespace(check: CheckPod): CheckPod {
  return (pod) => (pod.spec.hostUsers === false ? inUserNamespace : check(pod));
}
