/**
 * Who owns a pod at the top: a Deployment, not its ReplicaSet.
 *
 * An owner reference is written by whoever creates the pod, so it is only believed where the API server's own
 * controllers could have written it and the object with that uid exists. Otherwise the pod is its own subject.
 */
import { apiVersionOf, kinds } from './kinds.ts';
import { ofLatestNamespace } from './latest-namespace.ts';
import { MIRROR_ANNOTATION } from './pod-shape.ts';
import type { KindName, ObjectOf } from './kinds.ts';
import type { ObjectMeta, OwnerReference } from './metadata-shape.ts';
import type { PodTemplate } from './pod-template.ts';
import { MalformedField, readField, readOr } from './shape.ts';
import { isReadable } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import type { SubjectRef } from './subject-ref.ts';

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

export type OwnerKind = Exclude<(typeof workloadKinds)[number], 'Pod'>;

const templateReaders: { readonly [K in OwnerKind]: (owner: ObjectOf<K>) => PodTemplate } = {
  Deployment: (owner) => owner.spec.template,
  ReplicaSet: (owner) => owner.spec.template,
  StatefulSet: (owner) => owner.spec.template,
  DaemonSet: (owner) => owner.spec.template,
  Job: (owner) => owner.spec.template,
  CronJob: (owner) => owner.spec.jobTemplate.spec.template,
  ReplicationController: (owner) => owner.spec.template,
};

/** Of every pod and everything that makes pods, with its namespace. @throws {NotObserved} */
export function* templatesOf(snapshot: Snapshot): Generator<readonly [string, () => PodTemplate]> {
  for (const kind of workloadKinds) {
    for (const object of snapshot.list(kind)) {
      const readTemplate = (kind === 'Pod' ? (pod: ObjectOf<'Pod'>) => pod : templateReaders[kind]) as (
        of: object,
      ) => PodTemplate;
      yield [object.metadata.namespace ?? '', () => readTemplate(object)];
    }
  }
}

/** What the API server's own controllers create, and who creates it. */
const controllersOf: Readonly<Record<string, readonly OwnerKind[]>> = {
  Pod: ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController'],
  ReplicaSet: ['Deployment'],
  Job: ['CronJob'],
};

export interface Owner {
  readonly kind: OwnerKind;
  readonly metadata: ObjectMeta;
  readonly template: () => PodTemplate;
}

/** The top of an ownership chain. */
export interface Top {
  readonly ref: SubjectRef;
  readonly owner?: Owner;
  /** Under an unread owner, the one that it made and that is read. */
  readonly via?: Owner;
  /** Of a Deployment's pod its ReplicaSet. */
  readonly revision?: string;
  readonly unverifiedOwner?: string;
  readonly assumedOwner?: string;
}

export class OwnerIndex {
  readonly #namespace: string;
  readonly #observed = new Set<OwnerKind>();
  readonly #byUid = new Map<string, Owner>();
  readonly #byMetadata = new Map<PodOrOwnerMeta, Owner>();
  /** Of pods whose owner is there, by their references: in the cluster those of one owner share them. */
  readonly #ofPods = new Map<unknown, Top>();

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

  /** The same object for pods that share their references. */
  topOfPod(metadata: PodOrOwnerMeta): Top {
    const references = referencesOf(metadata);
    if (references === undefined) return this.topOf('Pod', metadata);
    const known = this.#ofPods.get(references);
    if (known !== undefined) return known;
    const top = this.topOf('Pod', metadata);
    // What is only believed may hang on the pod: a mirror pod's node is none of its owners.
    const isFound = top.owner !== undefined || top.via !== undefined;
    if (isFound) this.#ofPods.set(references, top);
    return top;
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

/** Those of a namespace. */
export const ownersIn = ofLatestNamespace(workloadKinds, (snapshot, namespace) => new OwnerIndex(snapshot, namespace));

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

function referencesOf(metadata: PodOrOwnerMeta): readonly OwnerReference[] | undefined {
  return readField(metadata, 'ownerReferences');
}

function uidOf(metadata: PodOrOwnerMeta): string | undefined {
  return readField(metadata, 'uid');
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

/** Whether the reference names a kind that is read, by group and kind: another group's `Job` is another kind. */
function isReadKind(reference: OwnerReference): reference is OwnerReference & { readonly kind: OwnerKind } {
  const kind = workloadKinds.find((name) => name === reference.kind);
  return kind !== undefined && groupOf(reference.apiVersion) === kinds[kind].group;
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
