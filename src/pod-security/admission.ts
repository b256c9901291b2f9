/**
 * What the labels of a namespace ask of Pod Security admission, as the API server reads them. A label that it cannot read
 * does not count for nothing: enforce then means restricted, audit and warn mean privileged.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, api/helpers.go (`PolicyToEvaluate`, `CompareLevels`) and api/constants.go.
 */
import type { Level } from './registry.ts';
import { parsePolicyVersion } from './version.ts';
import type { PolicyVersion } from './version.ts';

export type AdmissionMode = 'enforce' | 'audit' | 'warn';

export interface LevelVersion {
  readonly level: Level;
  /** As asked for; an older API server makes its own newest of it, see `clampVersion`. */
  readonly version: PolicyVersion | 'latest';
}

export type AdmissionPolicy = Readonly<Record<AdmissionMode, LevelVersion>>;

/** A label that the API server refuses on a new namespace. */
export interface InvalidLabel {
  readonly label: string;
  readonly value: string;
  /** What is wrong and what to do, in a sentence. */
  readonly message: string;
}

export interface ResolvedPolicy {
  readonly policy: AdmissionPolicy;
  readonly invalidLabels: readonly InvalidLabel[];
}

export const POD_SECURITY_LABEL_PREFIX = 'pod-security.kubernetes.io/';

/** Where an API server is not configured otherwise (`--admission-control-config-file`). */
const builtInDefaults: AdmissionPolicy = {
  enforce: { level: 'privileged', version: 'latest' },
  audit: { level: 'privileged', version: 'latest' },
  warn: { level: 'privileged', version: 'latest' },
};

/** From the weakest to the strictest. */
const levels: readonly Level[] = ['privileged', 'baseline', 'restricted'];

/**
 * @param labels of the namespace
 * @param defaults of the cluster, for the modes that the labels do not speak of
 */
export function resolveAdmissionPolicy(
  labels: Readonly<Record<string, string>> | undefined,
  defaults: AdmissionPolicy = builtInDefaults,
): ResolvedPolicy {
  const enforce = readMode(labels, 'enforce', defaults.enforce);
  const audit = readMode(labels, 'audit', defaults.audit);
  const warn = readMode(labels, 'warn', defaults.warn);
  return {
    policy: {
      enforce: enforce.asked,
      audit: audit.asked,
      warn: enforce.hasLevel && !warn.isLevelGiven ? followEnforce(warn, enforce.asked) : warn.asked,
    },
    invalidLabels: [...enforce.invalid, ...audit.invalid, ...warn.invalid],
  };
}

/** Negative where `a` is weaker than `b`, 0 where they are the same. */
export function compareLevels(a: Level, b: Level): number {
  return levels.indexOf(a) - levels.indexOf(b);
}

interface ReadMode {
  readonly asked: LevelVersion;
  readonly isLevelGiven: boolean;
  /** It is given and can be read. */
  readonly hasLevel: boolean;
  readonly isVersionGiven: boolean;
  readonly invalid: readonly InvalidLabel[];
}

function readMode(
  labels: Readonly<Record<string, string>> | undefined,
  mode: AdmissionMode,
  byDefault: LevelVersion,
): ReadMode {
  const levelLabel = `${POD_SECURITY_LABEL_PREFIX}${mode}`;
  const versionLabel = `${POD_SECURITY_LABEL_PREFIX}${mode}-version`;
  const levelText = valueOf(labels, levelLabel);
  const versionText = valueOf(labels, versionLabel);
  const level = levels.find((known) => known === levelText);
  const version = versionText === undefined ? undefined : parsePolicyVersion(versionText);
  const onBadLevel = mode === 'enforce' ? 'restricted' : 'privileged';
  return {
    asked: {
      level: levelText === undefined ? byDefault.level : (level ?? onBadLevel),
      version: versionText === undefined ? byDefault.version : (version ?? 'latest'),
    },
    isLevelGiven: levelText !== undefined,
    hasLevel: level !== undefined,
    isVersionGiven: versionText !== undefined,
    invalid: [
      ...(levelText === undefined || level !== undefined
        ? []
        : [invalidLabel(levelLabel, levelText, 'privileged, baseline or restricted')]),
      ...(versionText === undefined || version !== undefined
        ? []
        : [invalidLabel(versionLabel, versionText, 'latest or a version such as v1.34')]),
    ],
  };
}

/** Who enforces more than is warned of by default is warned of what is enforced, so that templates speak up, too. */
function followEnforce({ asked, isVersionGiven }: ReadMode, enforce: LevelVersion): LevelVersion {
  if (compareLevels(enforce.level, asked.level) <= 0) return asked;
  return { level: enforce.level, version: isVersionGiven ? asked.version : enforce.version };
}

function valueOf(labels: Readonly<Record<string, string>> | undefined, label: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, label) ? labels[label] : undefined;
}

function invalidLabel(label: string, value: string, allowed: string): InvalidLabel {
  return { label, value, message: `label "${label}" is "${value}", which Kubernetes cannot read; write ${allowed}` };
}
