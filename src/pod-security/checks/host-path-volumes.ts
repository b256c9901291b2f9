/**
 * A directory of the node in a pod outlives the pod, and may hold the node's credentials.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_hostPathVolumes.go.
 */
import type { Volume } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findVolumes } from '../volumes.ts';
import { nameEach } from '../wording.ts';

export const hostPathVolumes = {
  id: 'hostPathVolumes',
  level: 'baseline',
  branches: [{ since: 0, check: checkHostPathVolumes }],
} as const satisfies PodSecurityCheck;

function checkHostPathVolumes(pod: PodTemplate): CheckOutcome {
  const refused = findVolumes(pod, isHostPath);
  if (refused === undefined) return undefined;
  return {
    reason: 'hostPath volumes',
    detail: nameEach(
      'volume',
      refused.map(({ volume }) => volume.name),
    ),
    violations: refused.map(({ path, volume }) =>
      violation(
        `${path}.hostPath`,
        volume.hostPath?.path,
        `volume "${volume.name}" is a directory of the node; use a volume of another type`,
      ),
    ),
  };
}

function isHostPath({ hostPath }: Volume): boolean {
  return hostPath !== undefined;
}
