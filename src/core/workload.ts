/**
 * Workloads: what people own and pods run for. Pods are judged through their top-level controller (the Deployment, not
 * its ReplicaSet nor its thirty pods): what runs where something runs, the owner's template where nothing does.
 */
import { ofLatestNamespace } from './latest-namespace.ts';
import { apiVersionOf, kinds } from './kinds.ts';
import type { ObjectOf } from './kinds.ts';
import { REVISION_LABEL } from './metadata-shape.ts';
import type { PodSpec } from './pod-shape.ts';
import { ownersIn, workloadKinds } from './owners.ts';
import type { Owner, OwnerKind, Top } from './owners.ts';
import type { PodTemplate } from './pod-template.ts';
import { readField, readOr } from './shape.ts';
import { isReadable } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import { compareSubjects, compareText, keyOf } from './subject-ref.ts';
import type { SubjectRef } from './subject-ref.ts';

export interface Workload {
  readonly ref: SubjectRef;
  /** The owner's `metadata`, or that of the first pod where the owner is not known. */
  readonly origin: object;
  /** What the owner would run next; absent for pods without an owner and for owners of kinds that are not read. */
  readonly template?: PodTemplate;
  /** Where the template stands in the owner: `spec.template`. */
  readonly templatePath?: string;
  /**
   * The distinct templates of what runs now; empty where nothing runs. Where the owner's own template is not read and
   * nothing runs: those of what it made.
   */
  readonly running: readonly RunningTemplate[];
  /** Set where a pod names an owner that cannot be its owner; says why. */
  readonly unverifiedOwner?: string;
  /** Set where the owner is of a kind that is not read, so that its reference was believed; says so. */
  readonly assumedOwner?: string;
}

export interface RunningTemplate {
  readonly template: PodTemplate;
  /** How many pods run it; 0 for what an owner made and nothing runs. */
  readonly pods: number;
  /** The owner's revisions that they are of: ReplicaSets of a Deployment, or hashes; empty where there are none. */
  readonly revisions: readonly string[];
}

/** All workloads of a namespace, sorted by kind and name. Kinds that could not be read are left out: the caller says so. */
export const workloadsOf = ofLatestNamespace<readonly Workload[]>(workloadKinds, buildWorkloads);

function buildWorkloads(snapshot: Snapshot, namespace: string): readonly Workload[] {
  const owners = ownersIn(snapshot, namespace);
  const running = new Map<unknown, RunningGroup>();
  const byTop = new Map<Top, RunningGroup>();
  const runningVia = new Set<Owner>();
  if (isReadable(snapshot.observation('Pod'))) {
    for (const pod of snapshot.list('Pod', namespace)) {
      const top = owners.topOfPod(pod.metadata);
      let group = byTop.get(top);
      if (group === undefined) {
        if (top.via !== undefined) runningVia.add(top.via);
        // By identity where it is its own subject: in files two pods may have one name.
        const key = isPodRef(top.ref) ? pod.metadata : keyOf(top.ref);
        group = running.get(key) ?? { top, origin: pod.metadata, templates: new Map() };
        running.set(key, group);
        byTop.set(top, group);
      }
      addPod(group.templates, pod, top);
    }
  }

  const workloads: Workload[] = [];
  const dormant = new Map<unknown, RunningGroup>();
  for (const owner of owners.all()) {
    const top = owners.topOf(owner.kind, owner.metadata);
    const key = keyOf(top.ref);
    const group = running.get(key);
    if (top.owner !== owner) {
      // Scaled to zero, or between two runs, what an unread owner made is judged beside what runs of that owner: only an
      // old revision of it is not, which nothing will run again.
      const isOldRevision = group !== undefined && isRevision(owner.kind);
      if (top.via === owner && !runningVia.has(owner) && !isOldRevision) {
        const made = dormant.get(key) ?? { top, origin: owner.metadata, templates: new Map<unknown, TemplateGroup>() };
        dormant.set(key, made);
        made.templates.set(owner, { template: owner.template(), pods: 0, revisions: new Set() });
      }
      continue;
    }
    running.delete(key);
    workloads.push({
      ref: top.ref,
      origin: owner.metadata,
      template: owner.template(),
      templatePath: owner.kind === 'CronJob' ? 'spec.jobTemplate.spec.template' : 'spec.template',
      running: group === undefined ? [] : [...group.templates.values()].map(toRunning),
      ...markOwner(top),
    });
  }
  for (const [key, { top, origin, templates }] of new Map([...dormant, ...running])) {
    const beside = running.has(key) ? (dormant.get(key)?.templates.values() ?? []) : [];
    workloads.push({
      ref: top.ref,
      origin,
      running: [...templates.values(), ...beside].map(toRunning),
      ...markOwner(top),
    });
  }
  return workloads.sort((a, b) => compareSubjects(a.ref, b.ref));
}

/** A ReplicaSet that runs nothing beside one that does is what its owner ran before. */
function isRevision(kind: OwnerKind): boolean {
  return kind === 'ReplicaSet' || kind === 'ReplicationController';
}

/** Whether single pods are all that is known of it: none of them speaks for the others. */
export function isOwnerUnread({ ref, template }: Workload): boolean {
  return template === undefined && !isPodRef(ref);
}

/** A pod is never an owner, so this is the pod itself. */
function isPodRef({ kind, apiVersion }: SubjectRef): boolean {
  return kind === 'Pod' && apiVersion === apiVersionOf(kinds.Pod);
}

interface RunningGroup {
  readonly top: Top;
  readonly origin: object;
  /** One for each distinct spec; equal specs are the same object (see `canonicalPod`). */
  readonly templates: Map<unknown, TemplateGroup>;
}

interface TemplateGroup {
  readonly template: PodTemplate;
  pods: number;
  readonly revisions: Set<string>;
}

function addPod(templates: Map<unknown, TemplateGroup>, pod: ObjectOf<'Pod'>, { ref, revision }: Top): void {
  const identity = specOf(pod) ?? pod;
  let group = templates.get(identity);
  if (group === undefined) {
    group = { template: pod, pods: 0, revisions: new Set() };
    templates.set(identity, group);
  }
  group.pods += 1;
  const name = revision ?? (isPodRef(ref) ? undefined : revisionLabelOf(pod));
  if (name !== undefined) group.revisions.add(name);
}

function revisionLabelOf({ metadata }: ObjectOf<'Pod'>): string | undefined {
  return readOr(
    () => metadata.labels?.[REVISION_LABEL],
    () => undefined,
  );
}

function toRunning({ template, pods, revisions }: TemplateGroup): RunningTemplate {
  return { template, pods, revisions: [...revisions].sort(compareText) };
}

function markOwner({ unverifiedOwner, assumedOwner }: Top): Pick<Workload, 'unverifiedOwner' | 'assumedOwner'> {
  return {
    ...(unverifiedOwner === undefined ? {} : { unverifiedOwner }),
    ...(assumedOwner === undefined ? {} : { assumedOwner }),
  };
}

/** The pod's spec, undefined where it is malformed. */
export function specOf(template: PodTemplate): PodSpec | undefined {
  return readField(template, 'spec');
}
