/** How much a failed rule matters. */
import { severities } from '../api/v1alpha1/posture-status.ts';

export { severities };
export type Severity = (typeof severities)[number];

const ranks = Object.fromEntries(severities.map((severity, rank) => [severity, rank])) as Record<Severity, number>;

/** 0 for the worst. */
export function rankOf(severity: Severity): number {
  return ranks[severity];
}

/** Whether `severity` is as bad as `threshold` or worse. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return rankOf(severity) <= rankOf(threshold);
}

/** The one that matters less. */
export function milderOf(a: Severity, b: Severity): Severity {
  return rankOf(a) > rankOf(b) ? a : b;
}

/** The one that matters more. */
export function worseOf(a: Severity, b: Severity): Severity {
  return rankOf(b) < rankOf(a) ? b : a;
}

export function isSeverity(text: unknown): text is Severity {
  return severities.some((severity) => severity === text);
}
