/**
 * The strictest Pod Security level that a namespace may enforce today without refusing a pod of what is in it: what runs,
 * and what is scaled to zero, scheduled, or half rolled out. What cannot be known leaves the level unknown, not ready.
 *
 * Every workload must pass as it runs, because that is what mutation has made of it and what debugging has added, and as
 * its templates say, because that is what the next pods come from.
 *
 * It advises the version that it judged by, not `latest`: the checks of a version never change, so the next upgrade of
 * the API server refuses nothing that this one admits. The rule `namespace-pod-security-version` remembers old pins.
 */
import { kinds } from '../core/kinds.ts';
import { workloadKinds } from '../core/owners.ts';
import type { PodTemplate } from '../core/pod-template.ts';
import type { Source } from '../core/source.ts';
import { MalformedField, readOr } from '../core/shape.ts';
import { isReadable, NotObserved } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { compareText } from '../core/subject-ref.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { compareLevels } from './admission.ts';
import { readEnforcedLevel } from './enforced-level.ts';
import type { EnforcedLevel } from './enforced-level.ts';
import { evaluatePodSecurity } from './evaluate.ts';
import { buildPodMakers, nameSubject } from './pod-makers.ts';
import type { PodMaker } from './pod-makers.ts';
import { findMutation, mutatorKinds } from './pod-mutators.ts';
import { podSecurityChecks } from './registry.ts';
import type { Level } from './registry.ts';
import { clampVersion } from './version.ts';
import type { PolicyVersion } from './version.ts';

export interface LevelAdvice {
  readonly enforced: EnforcedLevel;
  /** The strictest that everything passes. */
  readonly ready: Level | 'unknown';
  /** What was judged by, and is advised; undefined where the API server's version is not known. */
  readonly version: PolicyVersion | undefined;
  /** How many workloads there are, counting bare pods. */
  readonly workloads: number;
  /** What fails the level above `ready`; where that is unknown, `restricted`. */
  readonly obstacles: readonly Obstacle[];
  /** Why the level above `ready` is not known to be passed, beside the obstacles, in sentences without a full stop. */
  readonly doubts: readonly string[];
  /** What to enforce instead of what is enforced now; undefined where there is nothing to gain. */
  readonly change: LabelChange | undefined;
}

export interface Obstacle {
  readonly level: CheckedLevel;
  readonly subject: SubjectRef;
  /** Set where there are pods and templates and only the ones fail: what runs, or what the next pods are made from. */
  readonly where?: 'pods' | 'templates';
  /** As Pod Security says them: `privileged`, `host namespaces`. */
  readonly reasons: readonly string[];
}

export interface LabelChange {
  readonly level: CheckedLevel;
  readonly version: PolicyVersion;
}

export type CheckedLevel = Exclude<Level, 'privileged'>;

/** What an advice is made from, besides the namespace itself. */
export const adviceSources: readonly Source[] = [...workloadKinds, ...mutatorKinds, 'ServerVersion'];

export function adviseLevel(snapshot: Snapshot, namespace: string): LevelAdvice {
  const labels = readLabels(snapshot, namespace);
  const enforced = labels === undefined ? nothingKnown : readEnforcedLevel(labels);
  const makers = buildPodMakers(snapshot, namespace);
  const version = readVersion(snapshot);
  if (version instanceof NotObserved) {
    return {
      enforced,
      ready: 'unknown',
      version: undefined,
      workloads: makers.length,
      obstacles: [],
      doubts: [`the version of the API server is not known (${version.message})`],
      change: undefined,
    };
  }
  const known = [...findUnread(snapshot), ...makers.flatMap((maker) => findDoubt(maker, snapshot, labels) ?? [])];
  const restricted = judgeLevel('restricted', version, makers, known);
  const baseline = isPassed(restricted) ? restricted : judgeLevel('baseline', version, makers, known);
  const ready = selectReady(restricted, baseline);
  const above = { restricted: undefined, baseline: restricted, privileged: baseline, unknown: baseline }[ready];
  return {
    enforced,
    ready,
    version,
    workloads: makers.length,
    obstacles: (ready === 'unknown' ? restricted : above)?.obstacles ?? [],
    doubts: above?.doubts ?? [],
    change: planChange(enforced, ready, version),
  };
}

interface JudgedLevel {
  readonly level: CheckedLevel;
  readonly obstacles: readonly Obstacle[];
  readonly doubts: readonly string[];
}

function judgeLevel(
  level: CheckedLevel,
  version: PolicyVersion,
  makers: readonly PodMaker[],
  known: readonly string[],
): JudgedLevel {
  const obstacles: Obstacle[] = [];
  const doubts = [...known];
  for (const { subject, templates, pods } of makers) {
    const inPods = judgeTemplates(level, version, pods);
    const inTemplates = judgeTemplates(level, version, templates);
    const malformed = inPods.malformed ?? inTemplates.malformed;
    if (malformed !== undefined) doubts.push(`${nameSubject(subject)} cannot be judged: ${malformed}`);
    const reasons = new Map([...inPods.reasons, ...inTemplates.reasons]);
    if (reasons.size === 0) continue;
    obstacles.push({
      level,
      subject,
      ...(pods.length > 0 && inPods.reasons.size === 0 ? { where: 'templates' } : {}),
      ...(templates.length > 0 && inTemplates.reasons.size === 0 ? { where: 'pods' } : {}),
      reasons: sortReasons(reasons),
    });
  }
  return { level, obstacles, doubts };
}

/** By their check's place among all. */
type Reasons = ReadonlyMap<string, number>;

interface Refusals {
  readonly reasons: Reasons;
  /** Set where one of them holds a field of a wrong type. */
  readonly malformed?: string;
}

function judgeTemplates(level: CheckedLevel, version: PolicyVersion, templates: readonly PodTemplate[]): Refusals {
  const reasons = new Map<string, number>();
  let malformed: string | undefined;
  for (const template of templates) {
    try {
      for (const { id, reason } of evaluatePodSecurity(level, version, template).checks) {
        reasons.set(
          reason,
          podSecurityChecks.findIndex((check) => check.id === id),
        );
      }
    } catch (error) {
      if (!(error instanceof MalformedField)) throw error;
      if (malformed === undefined || error.message < malformed) malformed = error.message;
    }
  }
  return malformed === undefined ? { reasons } : { reasons, malformed };
}

/** In Pod Security's order, whatever the order in which the pods are known. */
function sortReasons(reasons: Reasons): readonly string[] {
  return [...reasons]
    .sort(([a, placeA], [b, placeB]) => placeA - placeB || compareText(a, b))
    .map(([reason]) => reason);
}

function isPassed({ obstacles, doubts }: JudgedLevel): boolean {
  return obstacles.length === 0 && doubts.length === 0;
}

/** What is refused for certain is not unknown, whatever else there may be. */
function selectReady(restricted: JudgedLevel, baseline: JudgedLevel): Level | 'unknown' {
  if (baseline.obstacles.length > 0) return 'privileged';
  if (isPassed(restricted)) return 'restricted';
  return isPassed(baseline) ? 'baseline' : 'unknown';
}

/** Never a weaker level, and of the same one a newer version in place of a pinned older one. */
function planChange(
  enforced: EnforcedLevel,
  ready: Level | 'unknown',
  version: PolicyVersion,
): LabelChange | undefined {
  if (ready === 'unknown' || ready === 'privileged') return undefined;
  const gain = enforced.level === undefined ? 1 : compareLevels(ready, enforced.level);
  const isOlder = typeof enforced.version === 'number' && enforced.version < version;
  return gain > 0 || (gain === 0 && isOlder) ? { level: ready, version } : undefined;
}

const nothingKnown: EnforcedLevel = { level: undefined, version: undefined };

function readLabels(snapshot: Snapshot, namespace: string): Readonly<Record<string, string>> | undefined {
  if (!isReadable(snapshot.observation('Namespace'))) return undefined;
  return readOr(
    () => ({ ...snapshot.get('Namespace', '', namespace)?.metadata.labels }),
    () => undefined,
  );
}

/** The newest version that both the API server and Merlon know. */
function readVersion(snapshot: Snapshot): PolicyVersion | NotObserved {
  try {
    return clampVersion('latest', snapshot.podSecurityVersion());
  } catch (error) {
    if (error instanceof NotObserved) return error;
    throw error;
  }
}

function findUnread(snapshot: Snapshot): readonly string[] {
  return workloadKinds.flatMap((kind) => {
    const observation = snapshot.observation(kind);
    return isReadable(observation) ? [] : [`${kinds[kind].plural} could not be listed (${observation.message})`];
  });
}

/** Why nobody can say what the next pods of a maker will be. */
function findDoubt(
  { subject, declared, unread }: PodMaker,
  snapshot: Snapshot,
  namespaceLabels: Readonly<Record<string, string>> | undefined,
): string | undefined {
  const name = nameSubject(subject);
  if (unread !== undefined) {
    return `what the next pods of ${unread} are made from is not read`;
  }
  if (declared === undefined || declared.isRunning) return undefined;
  const mutation = findMutation(snapshot, { namespaceLabels, makerKind: declared.kind, labels: declared.labels });
  return mutation === undefined ? undefined : `no pod of ${name} shows what becomes of its template: ${mutation}`;
}
