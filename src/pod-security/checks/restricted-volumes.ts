/**
 * Only volumes that Kubernetes itself manages: those that name a storage of their own escape the cluster's control of it.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_restrictedVolumes.go.
 */
import { volumeSourceNames } from '../../core/pod-shape.ts';
import type { Volume } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findVolumes } from '../volumes.ts';
import { conjugateUse, nameEach, sortDistinct } from '../wording.ts';

export const restrictedVolumes = {
  id: 'restrictedVolumes',
  level: 'restricted',
  overrides: ['hostPathVolumes'],
  branches: [{ since: 0, check: checkRestrictedVolumes }],
} as const satisfies PodSecurityCheck;

function checkRestrictedVolumes(pod: PodTemplate): CheckOutcome {
  const refused = findVolumes(pod, isRestricted);
  if (refused === undefined) return undefined;
  const names = refused.map(({ volume }) => volume.name);
  const types = sortDistinct(refused.map(({ volume }) => typeOf(volume)));
  return {
    reason: 'restricted volume types',
    detail: `${nameEach('volume', names)} ${conjugateUse(names.length)} ${nameEach('restricted volume type', types)}`,
    violations: refused.map(({ path, volume }) =>
      violation(
        path,
        typeOf(volume),
        `volume "${volume.name}" is of type "${typeOf(volume)}"; use a persistentVolumeClaim, emptyDir or another type that restricted allows`,
      ),
    ),
  };
}

/** Written out: a loop over their names would cost four times as much. */
function isRestricted(volume: Volume): boolean {
  return (
    volume.configMap === undefined &&
    volume.emptyDir === undefined &&
    volume.projected === undefined &&
    volume.secret === undefined &&
    volume.persistentVolumeClaim === undefined &&
    volume.downwardAPI === undefined &&
    volume.csi === undefined &&
    volume.ephemeral === undefined &&
    volume.image === undefined
  );
}

function typeOf(volume: Volume): string {
  return volumeSourceNames.find((name) => volume[name] !== undefined) ?? 'unknown';
}
