/** Levels of Pod Security that the labels of a namespace have the API server hold pods to. */
import { factIfKnown, isReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { resolveAdmissionPolicy } from '../../pod-security/admission.ts';
import type { AdmissionMode } from '../../pod-security/admission.ts';
import { levelLabel } from '../../pod-security/enforced-level.ts';
import type { Level } from '../../pod-security/registry.ts';
import type { PolicyVersion } from '../../pod-security/version.ts';
import type { EnforcementMode } from './planned-policy.ts';

const modesOfLabels = { enforce: 'deny', warn: 'warn', audit: 'audit' } as const satisfies Record<
  AdmissionMode,
  EnforcementMode
>;

/** A level of Pod Security that a label of a namespace asks for. */
export interface LabelledLevel {
  readonly label: string;
  readonly mode: EnforcementMode;
  readonly level: Exclude<Level, 'privileged'>;
  readonly version: PolicyVersion | 'latest';
  /** Set where no label asks for the mode: it goes with what is enforced. */
  readonly follows?: 'enforce';
}

/** @returns none where it is not known that every API server heeds labels of Pod Security */
export function findLabelledLevels(
  labels: Readonly<Record<string, string>>,
  snapshot: Snapshot,
): readonly LabelledLevel[] {
  if (!isReadable(snapshot.observation('Evidence'))) return [];
  if (!snapshot.apiServers().every((server) => factIfKnown(server, 'podSecurity')?.value === true)) return [];
  const { policy } = resolveAdmissionPolicy(labels);
  return (['enforce', 'warn', 'audit'] as const).flatMap((asked): readonly LabelledLevel[] => {
    const isGiven = Object.hasOwn(labels, levelLabel(asked));
    const { level, version } = policy[asked];
    if (level === 'privileged') return [];
    const mode = modesOfLabels[asked];
    if (isGiven) return [{ label: levelLabel(asked), mode, level, version }];
    // Nothing else than what is enforced is known to ask for it: the defaults that are supposed here are privileged.
    return [{ label: levelLabel('enforce'), mode, level, version, follows: 'enforce' }];
  });
}
