/**
 * What makes pods in a namespace, as Pod Security admission will meet it: the pods that run, and the templates that the
 * next ones come from. Findings are about whoever owns a pod at the top; here it is about the object whose template is
 * read, also where something that is not read owns that object.
 */
import { isDeepStrictEqual } from 'node:util';

import { apiVersionOf, kinds } from '../core/kinds.ts';
import { ownersIn } from '../core/owners.ts';
import type { Owner, OwnerKind, Top } from '../core/owners.ts';
import type { PodTemplate } from '../core/pod-template.ts';
import { readOr } from '../core/shape.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { compareSubjects, keyOf } from '../core/subject-ref.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import { specOf } from '../core/workload.ts';

export interface PodMaker {
  /** The maker itself; the pod where nothing makes it; the owner that a pod names where that is not read. */
  readonly subject: SubjectRef;
  /** What pods are made from; empty where nothing makes more of them, or it is not read. */
  readonly templates: readonly PodTemplate[];
  /** The distinct pods that run. */
  readonly pods: readonly PodTemplate[];
  /** Set where the next pods may come from something that is not read; says from what. */
  readonly unread?: string;
  /** Set where the maker has a template of its own. */
  readonly declared?: Declared;
}

export interface Declared {
  readonly kind: OwnerKind;
  /** Of the pods that the template makes; undefined where they are not known. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Whether a pod of this very template, and not of an earlier one, is known to run. */
  readonly isRunning: boolean;
}

/** All makers of a namespace, sorted by kind and name. Kinds that could not be read are left out: the caller says so. */
export function buildPodMakers(snapshot: Snapshot, namespace: string): readonly PodMaker[] {
  const owners = ownersIn(snapshot, namespace);
  const groups = new Map<unknown, Group>();
  const groupOf = (key: unknown, subject: SubjectRef): Group => {
    const known = groups.get(key);
    if (known !== undefined) return known;
    const group: Group = { subject, between: [], pods: new Map(), unread: undefined };
    groups.set(key, group);
    return group;
  };
  for (const owner of owners.all()) {
    const top = owners.topOf(owner.kind, owner.metadata);
    const maker = top.owner ?? top.via ?? owner;
    const group = groupOf(maker, refOf(maker, namespace));
    if (maker === owner) group.maker = owner;
    else group.between.push(owner.template());
    if (maker === top.via && isMadeAnew(maker.kind)) group.unread = nameSubject(top.ref);
  }
  const byTop = new Map<Top, Group>();
  const pods = isReadable(snapshot.observation('Pod')) ? snapshot.list('Pod', namespace) : [];
  for (const pod of pods) {
    const top = owners.topOfPod(pod.metadata);
    let group = byTop.get(top);
    if (group === undefined) {
      const { ref, owner, via, assumedOwner } = top;
      const maker = owner ?? via;
      const isAlone = maker === undefined && assumedOwner === undefined;
      group = groupOf(maker ?? (isAlone ? pod : keyOf(ref)), maker === undefined ? ref : refOf(maker, namespace));
      if (maker === undefined && !isAlone) group.unread = nameSubject(ref);
      byTop.set(top, group);
    }
    group.pods.set(specOf(pod) ?? pod, pod);
  }
  return [...groups.values()]
    .map((group) => toMaker(group, snapshot, namespace))
    .sort((a, b) => compareSubjects(a.subject, b.subject));
}

/** As `Deployment "web"`. */
export function nameSubject({ kind, name }: SubjectRef): string {
  return `${kind} "${name}"`;
}

interface Group {
  readonly subject: SubjectRef;
  maker?: Owner;
  readonly between: PodTemplate[];
  /** By their spec: in a cluster equal specs are the same object. */
  readonly pods: Map<unknown, PodTemplate>;
  unread: string | undefined;
}

/** Their owner makes another one, from a template of its own, rather than change the one that is there. */
function isMadeAnew(kind: OwnerKind): boolean {
  return kind === 'ReplicaSet' || kind === 'ReplicationController' || kind === 'Job';
}

function toMaker({ subject, maker, between, pods, unread }: Group, snapshot: Snapshot, namespace: string): PodMaker {
  const template = maker?.template();
  return {
    subject,
    templates:
      template === undefined || maker === undefined ? [] : [template, ...nextBetween(maker, template, between)],
    pods: [...pods.values()],
    ...(unread === undefined ? {} : { unread }),
    ...(template === undefined || maker === undefined
      ? {}
      : {
          declared: {
            kind: maker.kind,
            labels: labelsOf(maker, snapshot, namespace),
            isRunning: pods.size > 0 && isPresent(maker, template, between, snapshot, namespace),
          },
        }),
  };
}

/**
 * Of what stands between a maker and its pods, that which may still make some. Every Job of a CronJob, finished or not,
 * because the API server also looks at the pods that finished ones leave behind; the ReplicaSets of a Deployment only
 * where none has its present template: then it is paused, or its controller has not come to it yet.
 */
function nextBetween({ kind }: Owner, template: PodTemplate, between: readonly PodTemplate[]): readonly PodTemplate[] {
  if (kind !== 'Deployment') return between;
  const spec = specOf(template);
  // In a cluster equal templates share their spec; to compare those that differ would cost more.
  const isThere = between.some((one) => specOf(one) === spec) || between.some((one) => isSame(one, template));
  return isThere ? [] : between;
}

/** Whether the pods that run are of the template that stands there now, as far as their controller says so. */
function isPresent(
  { kind, metadata }: Owner,
  template: PodTemplate,
  between: readonly PodTemplate[],
  snapshot: Snapshot,
  namespace: string,
): boolean {
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet': {
      const { observedGeneration, updatedReplicas } = snapshot.get(kind, namespace, metadata.name)?.status ?? {};
      return observedGeneration === metadata.generation && (updatedReplicas ?? 0) > 0;
    }
    case 'DaemonSet': {
      const { observedGeneration, updatedNumberScheduled } = snapshot.get(kind, namespace, metadata.name)?.status ?? {};
      return observedGeneration === metadata.generation && (updatedNumberScheduled ?? 0) > 0;
    }
    case 'CronJob':
      return between.every((one) => isSame(one, template));
    case 'Job':
      // Its template cannot be changed.
      return true;
    case 'ReplicaSet':
    case 'ReplicationController':
      // Theirs can, and the pods stay as they are.
      return false;
  }
}

function isSame(a: PodTemplate, b: PodTemplate): boolean {
  const [specOfA, specOfB] = [specOf(a), specOf(b)];
  if (specOfA === undefined || specOfB === undefined) return false;
  return (
    (specOfA === specOfB || isDeepStrictEqual(specOfA, specOfB)) &&
    isDeepStrictEqual(a.metadata?.annotations, b.metadata?.annotations)
  );
}

function labelsOf(
  { kind, metadata: { name } }: Owner,
  snapshot: Snapshot,
  namespace: string,
): Readonly<Record<string, string>> | undefined {
  // A ReplicaSet's are not read.
  if (kind === 'ReplicaSet') return undefined;
  return readOr(
    () => {
      const template =
        kind === 'CronJob'
          ? snapshot.get(kind, namespace, name)?.spec.jobTemplate.spec.template
          : snapshot.get<TemplatedKind>(kind, namespace, name)?.spec.template;
      return template === undefined ? undefined : (template.metadata?.labels ?? {});
    },
    () => undefined,
  );
}

type TemplatedKind = Exclude<OwnerKind, 'CronJob' | 'ReplicaSet'>;

function refOf({ kind, metadata: { name } }: Owner, namespace: string): SubjectRef {
  return { apiVersion: apiVersionOf(kinds[kind]), kind, namespace, name };
}
