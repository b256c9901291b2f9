/**
 * From findings to what stands in a posture's status: exact counts, the worst findings within bounds, and the verdict.
 * Nothing here knows a clock: times are added when a status is about to be written (see `conditions.ts`).
 */
import type { FindingEnforcement, PostureFinding } from '../api/v1alpha1/posture-status.ts';
import {
  MAX_API_VERSION_LENGTH,
  MAX_FINDINGS,
  MAX_KIND_LENGTH,
  MAX_MESSAGE_LENGTH,
  MAX_NAME_LENGTH,
  MAX_OBSERVED_LENGTH,
  MAX_PATH_LENGTH,
  MAX_REVISIONS,
  MAX_VIOLATIONS,
} from '../api/v1alpha1/posture-status.ts';
import type { Finding } from './finding.ts';
import type { Violation } from './rule.ts';
import { isAtLeast } from './severity.ts';
import type { Severity } from './severity.ts';
import type { SubjectRef } from './subject-ref.ts';

export type Verdict = 'True' | 'False' | 'Unknown';

/**
 * False if any failure reaches the threshold; else Unknown if an unknown of that severity remains, because what could
 * not be looked at may be a failure; else True.
 */
export function buildVerdict(findings: readonly Finding[], threshold: Severity): Verdict {
  const atThreshold = findings.filter(({ severity }) => isAtLeast(severity, threshold));
  if (atThreshold.some(({ outcome }) => outcome === 'fail')) return 'False';
  return atThreshold.some(({ outcome }) => outcome === 'unknown') ? 'Unknown' : 'True';
}

export interface ListedFindings {
  readonly findings: readonly PostureFinding[];
  readonly omittedFindings: number;
}

/** What the API server makes of the next object that is as wrong; undefined where nothing is known to. */
export type EnforcementOf = (finding: Finding) => FindingEnforcement | undefined;

/** @param findings worst first, as the evaluator gives them; passes are counted elsewhere and not listed */
export function listFindings(findings: readonly Finding[], enforcementOf?: EnforcementOf): ListedFindings {
  const listed = findings.flatMap((finding) => (isListed(finding) ? [finding] : []));
  return {
    findings: listed.slice(0, MAX_FINDINGS).map((finding) => toPostureFinding(finding, enforcementOf?.(finding))),
    omittedFindings: Math.max(0, listed.length - MAX_FINDINGS),
  };
}

type ListedFinding = Finding & Pick<PostureFinding, 'outcome'>;

function isListed(finding: Finding): finding is ListedFinding {
  return finding.outcome === 'fail' || finding.outcome === 'unknown' || finding.outcome === 'exempt';
}

function toPostureFinding(finding: ListedFinding, enforcement: FindingEnforcement | undefined): PostureFinding {
  const { rule, severity, outcome, subject, message, violations } = finding;
  const { exemption, pods, unverifiedOwner, assumedOwner } = finding;
  const omittedViolations = violations.length - MAX_VIOLATIONS;
  // In the order in which an API server stores them: what stands and what is to stand are compared field by field.
  return {
    ...(assumedOwner === undefined ? {} : { assumedOwner: shorten(assumedOwner, MAX_MESSAGE_LENGTH) }),
    ...(enforcement === undefined ? {} : { enforcement }),
    ...(exemption === undefined ? {} : { exemption }),
    message: shorten(message, MAX_MESSAGE_LENGTH),
    ...(omittedViolations > 0 ? { omittedViolations } : {}),
    outcome,
    ...(pods === undefined ? {} : { pods: pods.concerned }),
    ...(pods?.revisions === undefined
      ? {}
      : { revisions: pods.revisions.slice(0, MAX_REVISIONS).map((revision) => shorten(revision, MAX_NAME_LENGTH)) }),
    rule: rule.id,
    severity,
    subject: shortenSubject(subject),
    ...(unverifiedOwner === undefined ? {} : { unverifiedOwner: shorten(unverifiedOwner, MAX_MESSAGE_LENGTH) }),
    ...(violations.length === 0 ? {} : { violations: violations.slice(0, MAX_VIOLATIONS).map(toPostureViolation) }),
  };
}

/** Whoever creates a pod chooses how its owner is called; that must not keep the posture from being written. */
export function shortenSubject({ apiVersion, kind, name, namespace }: SubjectRef): SubjectRef {
  return {
    apiVersion: shorten(apiVersion, MAX_API_VERSION_LENGTH),
    kind: shorten(kind, MAX_KIND_LENGTH),
    name: shorten(name, MAX_NAME_LENGTH),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

function toPostureViolation({ path, observed, message }: Violation): NonNullable<PostureFinding['violations']>[number] {
  return {
    message: shorten(message, MAX_MESSAGE_LENGTH),
    ...(observed === undefined ? {} : { observed: shorten(observed, MAX_OBSERVED_LENGTH) }),
    path: shorten(path, MAX_PATH_LENGTH),
  };
}

/** Cut to what the CRD admits, by code points, as the API server counts a string's length. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const points = Array.from(text);
  return points.length <= maxLength ? text : `${points.slice(0, maxLength - 1).join('')}…`;
}
