/**
 * What a namespace enforces, as far as anybody can know who sees its labels and not how the API server was started:
 * what the labels leave open is decided by `--admission-control-config-file`, for which there is no evidence yet.
 */
import { POD_SECURITY_LABEL_PREFIX, resolveAdmissionPolicy } from './admission.ts';
import type { AdmissionMode } from './admission.ts';
import type { Level } from './registry.ts';
import type { PolicyVersion } from './version.ts';

export interface EnforcedLevel {
  /** Undefined where no label says it: then the cluster's default decides, which is not known. */
  readonly level: Level | undefined;
  /** As asked for; undefined where no label says it. */
  readonly version: PolicyVersion | 'latest' | undefined;
}

type Labels = Readonly<Record<string, string>>;

export function readEnforcedLevel(labels: Labels | undefined): EnforcedLevel {
  const { enforce } = resolveAdmissionPolicy(labels).policy;
  return {
    level: hasLabel(labels, levelLabel('enforce')) ? enforce.level : undefined,
    version: hasLabel(labels, versionLabel('enforce')) ? enforce.version : undefined,
  };
}

export function levelLabel(mode: AdmissionMode): string {
  return `${POD_SECURITY_LABEL_PREFIX}${mode}`;
}

export function versionLabel(mode: AdmissionMode): string {
  return `${POD_SECURITY_LABEL_PREFIX}${mode}-version`;
}

function hasLabel(labels: Labels | undefined, label: string): boolean {
  return labels !== undefined && Object.hasOwn(labels, label);
}
