/** What the posture of a namespace holds besides its findings: the Pod Security level that it enforces, and could; and what else is enforced. */
import type { NamespacePostureStatus, PodSecurityStatus } from '../api/v1alpha1/security-posture.ts';
import { MAX_MESSAGE_LENGTH } from '../api/v1alpha1/posture-status.ts';
import { shorten } from '../core/posture.ts';
import type { UntimedStatus } from '../core/status.ts';
import { describeAdvice, printLabelCommand } from './advice-text.ts';
import type { LevelAdvice } from './level-advisor.ts';
import { printVersion } from './version.ts';

export type UntimedNamespaceStatus = UntimedStatus &
  Required<Pick<NamespacePostureStatus, 'podSecurity'>> &
  Pick<NamespacePostureStatus, 'enforcement'>;

export function buildNamespaceStatus(
  status: UntimedStatus,
  namespace: string,
  advice: LevelAdvice,
  enforcement?: NamespacePostureStatus['enforcement'],
): UntimedNamespaceStatus {
  return {
    ...status,
    podSecurity: buildPodSecurity(namespace, advice),
    ...(enforcement === undefined ? {} : { enforcement }),
  };
}

function buildPodSecurity(namespace: string, advice: LevelAdvice): PodSecurityStatus {
  const { enforced, ready, version, change } = advice;
  return {
    enforced: enforced.level ?? 'unknown',
    ...(enforced.version === undefined ? {} : { enforcedVersion: printVersion(enforced.version) }),
    ready,
    ...(version === undefined ? {} : { readyVersion: printVersion(version) }),
    message: shorten(describeAdvice(advice), MAX_MESSAGE_LENGTH),
    ...(change === undefined ? {} : { command: printLabelCommand(namespace, change) }),
  };
}
