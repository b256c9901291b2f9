/**
 * Judges a pod as Pod Security admission does, to the byte of what it says.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/checks.go (`AggregateCheckResults`, `ForbiddenDetail`) and
 * admission/admission.go (`EvaluatePod`).
 */
import type { PodTemplate } from '../core/pod-template.ts';
import { isRefusal } from './check.ts';
import type { Refusal } from './check.ts';
import { selectChecks } from './registry.ts';
import type { Level } from './registry.ts';
import type { PolicyVersion } from './version.ts';

export type { Level } from './registry.ts';

export interface PodSecurityVerdict {
  readonly allowed: boolean;
  /** What the API server says of the pod, without what it says first; empty where the pod is allowed. */
  readonly text: string;
  /** The checks that refuse the pod, in the API server's order. */
  readonly checks: readonly FailedCheck[];
}

export interface FailedCheck extends Refusal {
  readonly id: string;
}

const ALLOWED: PodSecurityVerdict = Object.freeze({ allowed: true, text: '', checks: Object.freeze([]) });

/**
 * @param version not newer than the API server: see `clampVersion`
 * @throws {MalformedField} if the pod holds a field that decides in a wrong type; then nothing is known of the pod
 */
export function evaluatePodSecurity(level: Level, version: PolicyVersion, pod: PodTemplate): PodSecurityVerdict {
  let checks: FailedCheck[] | undefined;
  for (const { id, check } of selectChecks(level, version)) {
    const outcome = check(pod);
    if (!isRefusal(outcome)) continue;
    const { reason, detail, violations } = outcome;
    checks ??= [];
    checks.push({ id, reason, detail, violations });
  }
  return checks === undefined ? ALLOWED : { allowed: false, text: printRefusals(checks), checks };
}

/** `host namespaces (hostPID=true), privileged (container "web" must not …)` */
export function printRefusals(refusals: readonly Pick<Refusal, 'reason' | 'detail'>[]): string {
  let text = '';
  for (const { reason, detail } of refusals) {
    if (text !== '') text += ', ';
    text += reason === '' ? 'unknown forbidden reason' : reason;
    if (detail !== '') text += ` (${detail})`;
  }
  return text;
}

/**
 * The warning that the API server gives.
 * @param versionLabel what the namespace asks for, `latest` or `v1.34`, whatever the API server makes of it
 * @param text of the verdict
 */
export function wouldViolate(level: Level, versionLabel: string, text: string): string {
  return `would violate PodSecurity "${level}:${versionLabel}": ${text}`;
}
