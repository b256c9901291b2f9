/** Annotations that exempt the object on which they stand, or whose pod template has them, from one rule. */
import { EXEMPT_ANNOTATION_PREFIX } from '../api/v1alpha1/group.ts';
import { MIN_REASON_LENGTH } from '../api/v1alpha1/exemption.ts';
import type { ExemptedWorkload } from './exempted-workload.ts';
import type { ExemptionTerms } from './exemption-terms.ts';
import type { Finding } from './finding.ts';
import { readOr } from './shape.ts';

type Annotated = { readonly annotations?: Readonly<Record<string, string>> } | undefined;

/**
 * Nobody knows since when an annotation stands, so it is honoured only where exemptions need not end; and, because whoever
 * may change the object may write it, only for rules that the namespace may exempt by itself.
 */
export function isExemptByAnnotation(
  { rule, origin, posture }: Finding,
  { template, isOwnerUnread }: Pick<ExemptedWorkload, 'template' | 'isOwnerUnread'>,
  terms: ExemptionTerms,
): boolean {
  if (!terms.byAnnotation || terms.maxLifetimeDays !== undefined) return false;
  if (terms.isNever(rule) || !terms.mayNamespaceExempt(rule)) return false;
  if (isOwnerUnread) return false;
  // Whoever may write into a namespace has no say in the posture of the cluster.
  if (posture === 'cluster') return false;
  return hasReason(() => origin, rule.id) || (template !== undefined && hasReason(() => template.metadata, rule.id));
}

/** Whether it says something. */
export function isStatedReason(reason: string): boolean {
  return reason.trim().length >= MIN_REASON_LENGTH;
}

function hasReason(read: () => Annotated, rule: string): boolean {
  const key = `${EXEMPT_ANNOTATION_PREFIX}${rule}`;
  return readOr(
    () => {
      const annotations = read()?.annotations;
      if (annotations === undefined || !Object.hasOwn(annotations, key)) return false;
      return isStatedReason(annotations[key] ?? '');
    },
    () => false,
  );
}
