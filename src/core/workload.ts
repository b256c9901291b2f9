/**
 * Workloads: what people own and pods run for. Pods are judged through their top-level controller (the Deployment, not
 * its ReplicaSet nor its thirty pods): what runs where something runs, the owner's template where nothing does.
 *
 * An owner reference is written by whoever creates the pod, so it is only believed where the API server's own
 * controllers could have written it and the object with that uid exists. Otherwise the pod is its own subject.
 */
import { apiVersionOf, kinds, MIRROR_ANNOTATION, REVISION_LABEL } from './kinds.ts';
import type { KindName, ObjectMeta, ObjectOf, OwnerReference, PodSpec } from './kinds.ts';
import type { PodTemplate } from './pod-template.ts';
import { MalformedField } from './shape.ts';
import { isReadable } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

export interface SubjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for what has no namespace. */
  readonly namespace?: string;
  readonly name: string;
}

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

/** The kinds that workloads are made from; reading any of them may fail, the others are still judged. */
export const workloadKinds = [
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
] as const satisfies readonly KindName[];

type OwnerKind = Exclude<(typeof workloadKinds)[number], 'Pod'>;

const templateReaders: { readonly [K in OwnerKind]: (owner: ObjectOf<K>) => PodTemplate } = {
  Deployment: (owner) => owner.spec.template,
  ReplicaSet: (owner) => owner.spec.template,
  StatefulSet: (owner) => owner.spec.template,
  DaemonSet: (owner) => owner.spec.template,
  Job: (owner) => owner.spec.template,
  CronJob: (owner) => owner.spec.jobTemplate.spec.template,
  ReplicationController: (owner) => owner.spec.template,
};

/** What the API server's own controllers create, and who creates it. */
const controllersOf: Readonly<Record<string, readonly OwnerKind[]>> = {
  Pod: ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController'],
  ReplicaSet: ['Deployment'],
  Job: ['CronJob'],
};

interface Owner {
  readonly kind: OwnerKind;
  readonly metadata: ObjectMeta;
  readonly template: () => PodTemplate;
}

/**
 * All workloads of a namespace, sorted by kind and name. Kinds that could not be read are left out: the caller says so.
 */
export function buildWorkloads(snapshot: Snapshot, namespace: string): readonly Workload[] {
  const owners = new OwnerIndex(snapshot, namespace);
  const running = new Map<unknown, RunningGroup>();
  const runningVia = new Set<Owner>();
  if (isReadable(snapshot.observation('Pod'))) {
    for (const pod of snapshot.list('Pod', namespace)) {
      const top = owners.topOf('Pod', pod.metadata);
      if (top.via !== undefined) runningVia.add(top.via);
      // By identity where it is its own subject: in files two pods may have one name.
      const key = isPodRef(top.ref) ? pod.metadata : keyOf(top.ref);
      let group = running.get(key);
      if (group === undefined) {
        group = { top, origin: pod.metadata, templates: new Map() };
        running.set(key, group);
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
  return workloads.sort((a, b) => compareText(keyOf(a.ref), keyOf(b.ref)));
}

/** A ReplicaSet that runs nothing beside one that does is what its owner ran before. */
function isRevision(kind: OwnerKind): boolean {
  return kind === 'ReplicaSet' || kind === 'ReplicationController';
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

/** The top of an ownership chain. */
interface Top {
  readonly ref: SubjectRef;
  readonly owner?: Owner;
  /** Under an unread owner, the one that it made and that is read. */
  readonly via?: Owner;
  /** Of a Deployment's pod its ReplicaSet. */
  readonly revision?: string;
  readonly unverifiedOwner?: string;
  readonly assumedOwner?: string;
}

class OwnerIndex {
  readonly #namespace: string;
  readonly #observed = new Set<OwnerKind>();
  readonly #byUid = new Map<string, Owner>();
  readonly #byMetadata = new Map<PodOrOwnerMeta, Owner>();

  constructor(snapshot: Snapshot, namespace: string) {
    this.#namespace = namespace;
    for (const kind of workloadKinds) {
      if (kind === 'Pod' || !isReadable(snapshot.observation(kind))) continue;
      this.#observed.add(kind);
      this.#add(kind, snapshot.list(kind, namespace));
    }
  }

  #add<K extends OwnerKind>(kind: K, objects: Iterable<ObjectOf<K>>): void {
    const readTemplate = templateReaders[kind];
    for (const object of objects) {
      const template = (): PodTemplate => delayMalformed(() => readTemplate(object));
      const owner: Owner = { kind, metadata: object.metadata, template };
      this.#byMetadata.set(object.metadata, owner);
      // Manifests in files have no uid yet, so nothing can refer to them.
      const uid = uidOf(object.metadata);
      if (uid !== undefined) this.#byUid.set(uid, owner);
    }
  }

  all(): Iterable<Owner> {
    return this.#byMetadata.values();
  }

  topOf(kind: string, metadata: PodOrOwnerMeta): Top {
    const self = this.#selfOf(kind, metadata);
    const reference = controllerOf(metadata);
    if (reference === undefined) return self;
    if (reference instanceof MalformedField) return { ...self, unverifiedOwner: reference.message };
    // A mirror pod belongs to its node's kubelet, which is no workload.
    if (kind === 'Pod' && reference.kind === 'Node' && isMirror(metadata)) return self;

    const unread = {
      ref: this.#refTo(reference),
      ...(self.owner === undefined ? {} : { via: self.owner }),
      assumedOwner: `${reference.kind} "${reference.name}" is not read, so that it owns this is believed`,
    };
    if (!isReadKind(reference)) return unread;
    if (controllersOf[kind]?.includes(reference.kind) !== true) {
      return { ...self, unverifiedOwner: `a ${reference.kind} does not create a ${kind}` };
    }
    if (!this.#observed.has(reference.kind)) return unread;
    const owner = this.#byUid.get(reference.uid);
    if (owner?.kind !== reference.kind || owner.metadata.name !== reference.name) {
      return { ...self, unverifiedOwner: `${reference.kind} "${reference.name}" with that uid does not exist` };
    }
    const top = this.topOf(owner.kind, owner.metadata);
    return kind === 'Pod' && top.ref.kind === 'Deployment' ? { ...top, revision: owner.metadata.name } : top;
  }

  #selfOf(kind: string, metadata: PodOrOwnerMeta): Top {
    const owner = this.#byMetadata.get(metadata);
    const ref = {
      apiVersion: apiVersionOf(kinds[kind as KindName]),
      kind,
      namespace: this.#namespace,
      name: metadata.name,
    };
    return owner === undefined ? { ref } : { ref, owner };
  }

  #refTo(reference: OwnerReference): SubjectRef {
    return { apiVersion: reference.apiVersion, kind: reference.kind, namespace: this.#namespace, name: reference.name };
  }
}

interface PodOrOwnerMeta {
  readonly name: string;
  readonly uid?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

function controllerOf(metadata: PodOrOwnerMeta): OwnerReference | MalformedField | undefined {
  return readOr(
    () => {
      const reference = metadata.ownerReferences?.find((candidate) => candidate.controller === true);
      // The copy reads every field, so that a malformed one is found here.
      return reference === undefined ? undefined : { ...reference };
    },
    (malformed) => malformed,
  );
}

function uidOf(metadata: PodOrOwnerMeta): string | undefined {
  return readOr(
    () => metadata.uid,
    () => undefined,
  );
}

function isMirror(metadata: PodOrOwnerMeta): boolean {
  return readOr(
    () => metadata.annotations?.[MIRROR_ANNOTATION] !== undefined,
    () => false,
  );
}

/** A template that cannot be read, in a hand-written file, throws when a rule reads it: not here, where no rule is at fault. */
function delayMalformed(read: () => PodTemplate): PodTemplate {
  return readOr(read, (malformed) => ({
    get spec(): never {
      throw malformed;
    },
  }));
}

/** The pod's spec, undefined where it is malformed. */
export function specOf(template: PodTemplate): PodSpec | undefined {
  return readOr(
    () => template.spec,
    () => undefined,
  );
}

function readOr<T, E>(read: () => T, otherwise: (malformed: MalformedField) => E): T | E {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedField) return otherwise(error);
    throw error;
  }
}

/** Whether the reference names a kind that is read, by group and kind: another group's `Job` is another kind. */
function isReadKind(reference: OwnerReference): reference is OwnerReference & { readonly kind: OwnerKind } {
  const kind = workloadKinds.find((name) => name === reference.kind);
  return kind !== undefined && groupOf(reference.apiVersion) === kinds[kind].group;
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** A subject's identity. Quoted: whoever creates a pod chooses every character of the kind and name of its owner. */
export function keyOf({ kind, apiVersion, namespace = '', name }: SubjectRef): string {
  return JSON.stringify([kind, apiVersion, namespace, name]);
}

/** Code-unit order, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
