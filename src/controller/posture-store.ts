/**
 * The postures as they stand in the cluster, as far as it takes to know whether one must be written: a digest of the
 * whole status, and the parts whose times a new status carries on. The findings are not held.
 */
import { hash } from 'node:crypto';

import type { PostureStatus } from '../api/v1alpha1/posture-status.ts';
import type { CarriedStatus } from '../core/status.ts';
import type { Scope } from '../core/scope.ts';
import type { Named } from './store.ts';

/** The scope of a posture: a namespace's name, or the cluster. */
export type PostureScope = 'cluster' | `namespace/${string}`;

export function toScope(scope: PostureScope): Scope {
  return scope === 'cluster' ? scope : { namespace: scope.slice('namespace/'.length) };
}

export interface StoredPosture {
  readonly resourceVersion: string;
  /** Of the whole status; undefined where there is none yet. */
  readonly digest: string | undefined;
  readonly carried: CarriedStatus | undefined;
}

/** A posture object as the API server sends it, of unknown content: people may have edited it. */
export interface PostureObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly resourceVersion?: string };
  readonly status?: PostureStatus;
}

/** Namespaced and cluster postures are two kinds, each with a watch of its own. */
export type PostureKind = 'namespaces' | 'cluster';

export function postureKindOf(scope: PostureScope): PostureKind {
  return scope === 'cluster' ? 'cluster' : 'namespaces';
}

/** A cluster that was restored counts its versions from an earlier one: then what the watch shows is no older event. */
const MAX_ECHO_DELAY_MS = 10_000;

export class PostureStore {
  readonly #stored = new Map<PostureScope, StoredPosture>();
  /** Own writes whose watch event is still to come; what comes before it is older than what is stored. */
  readonly #awaited = new Map<PostureScope, { readonly resourceVersion: string; readonly sinceMs: number }>();
  /** Up to which version the watch has shown everything: what it has not shown by then is gone. */
  readonly #shownUpTo = new Map<PostureKind, string>();
  /** What was written last, or found right: the times in it are the true ones, whatever somebody writes over them. */
  readonly #written = new Map<PostureScope, CarriedStatus>();
  /** Of what was written last, or found right: as a whole, and without the numbers of pods. */
  readonly #ownDigests = new Map<PostureScope, StatusDigests>();
  readonly #onChange: (scope: PostureScope) => void;
  readonly #now: () => number;

  /** @param now milliseconds on a clock that only goes forward */
  constructor(onChange: (scope: PostureScope) => void, now: () => number) {
    this.#onChange = onChange;
    this.#now = now;
  }

  /** An object that the watch shows. */
  upsert(object: PostureObject): void {
    const scope = scopeOfPosture(object);
    if (scope === undefined) return;
    const { resourceVersion = '' } = object.metadata;
    this.#shownUpTo.set(postureKindOf(scope), resourceVersion);
    const awaited = this.#awaited.get(scope);
    if (awaited !== undefined) {
      const isOverdue = this.#now() - awaited.sinceMs > MAX_ECHO_DELAY_MS;
      if (isOlder(resourceVersion, awaited.resourceVersion) && !isOverdue) return;
      this.#awaited.delete(scope);
      // The echo of our own write, of which the answer has told what was stored.
      if (resourceVersion === awaited.resourceVersion && !isOverdue) return;
    }
    const stored = toStoredPosture(object);
    const before = this.#stored.get(scope);
    this.#stored.set(scope, stored);
    if (before === undefined || before.digest !== stored.digest) this.#onChange(scope);
  }

  remove(object: Named): void {
    const scope = scopeOfPosture(object);
    if (scope === undefined) return;
    const { resourceVersion } = object.metadata;
    // Of a deletion that only shows in a list no version is known; `listed` tells it.
    if (resourceVersion !== undefined) this.#shownUpTo.set(postureKindOf(scope), resourceVersion);
    this.#drop(scope);
  }

  /**
   * Every posture of a kind has been shown as it was at that version. Own writes up to then that were not among them are
   * gone: the watch that would have shown both the write and the deletion was cut off.
   */
  listed(kind: PostureKind, resourceVersion: string): void {
    this.#shownUpTo.set(kind, resourceVersion);
    for (const [scope, awaited] of this.#awaited) {
      if (postureKindOf(scope) === kind && !isOlder(resourceVersion, awaited.resourceVersion)) this.#drop(scope);
    }
  }

  /** The API server says that it is not there, whatever the watch has shown. */
  absent(scope: PostureScope): void {
    this.#drop(scope);
  }

  #drop(scope: PostureScope): void {
    this.#awaited.delete(scope);
    if (this.#stored.delete(scope)) this.#onChange(scope);
  }

  /**
   * What the API server answered to our own write.
   * @returns what it stored
   */
  written(scope: PostureScope, object: PostureObject, status: PostureStatus | undefined): StoredPosture {
    if (status !== undefined) this.#own(scope, status);
    const stored = toStoredPosture(object);
    this.#noteWritten(scope, stored);
    return stored;
  }

  #noteWritten(scope: PostureScope, stored: StoredPosture): void {
    const shown = this.#stored.get(scope);
    // The watch may be faster than the answer, and show what somebody wrote after us, or that it was deleted.
    if (shown !== undefined && isOlder(stored.resourceVersion, shown.resourceVersion)) return;
    if (shown === undefined && isOlder(stored.resourceVersion, this.#shownUpTo.get(postureKindOf(scope)) ?? '')) {
      this.#onChange(scope);
      return;
    }
    if (shown?.resourceVersion !== stored.resourceVersion) {
      this.#awaited.set(scope, { resourceVersion: stored.resourceVersion, sinceMs: this.#now() });
    }
    this.#stored.set(scope, stored);
  }

  /** What stands is what would be written now: its times count as if we had written them. */
  confirmed(scope: PostureScope, status: PostureStatus): void {
    if (!this.#written.has(scope)) this.#own(scope, status);
  }

  #own(scope: PostureScope, status: PostureStatus): void {
    this.#written.set(scope, pickCarried(status));
    this.#ownDigests.set(scope, digestsOf(status));
  }

  /**
   * Whether what stands is Merlon's own last word and says the same: how many pods a finding concerns is no reason to
   * write, unless somebody else wrote over it.
   */
  says(scope: PostureScope, status: PostureStatus): boolean {
    const stored = this.#stored.get(scope);
    if (stored?.digest === undefined) return false;
    const { whole, verdict } = digestsOf(status);
    if (stored.digest === whole) return true;
    const own = this.#ownDigests.get(scope);
    return stored.digest === own?.whole && own.verdict === verdict;
  }

  get(scope: PostureScope): StoredPosture | undefined {
    return this.#stored.get(scope);
  }

  /** What a new status carries its times on from. */
  carriedOf(scope: PostureScope): CarriedStatus | undefined {
    return this.#written.get(scope) ?? this.#stored.get(scope)?.carried;
  }

  forget(scope: PostureScope): void {
    this.#written.delete(scope);
    this.#ownDigests.delete(scope);
    this.#awaited.delete(scope);
  }
}

/** Objects of other names are not ours (the CRD refuses them). */
function scopeOfPosture({ metadata: { name, namespace } }: Named): PostureScope | undefined {
  if (namespace !== undefined) return name === 'current' ? `namespace/${namespace}` : undefined;
  return name === 'cluster' ? 'cluster' : undefined;
}

/**
 * Source: KEP-5504, resource versions of one kind are integers that can be compared (promised from Kubernetes 1.35, so
 * since etcd). Of versions that are none, neither is older.
 */
export function isOlder(version: string, than: string): boolean {
  return /^\d+$/.test(version) && /^\d+$/.test(than) && BigInt(version) < BigInt(than);
}

function toStoredPosture({ metadata, status }: PostureObject): StoredPosture {
  return {
    resourceVersion: metadata.resourceVersion ?? '',
    digest: status === undefined ? undefined : digestsOf(status).whole,
    carried: status === undefined ? undefined : pickCarried(status),
  };
}

export interface StatusDigests {
  readonly whole: string;
  /** Without the numbers of pods. */
  readonly verdict: string;
}

/** A status has hundreds of values, and on its way into the cluster its digests are asked for again and again. */
const knownDigests = new WeakMap<PostureStatus, StatusDigests>();

export function digestsOf(status: PostureStatus): StatusDigests {
  const known = knownDigests.get(status);
  if (known !== undefined) return known;
  const verdict = digestOf(withoutPods(status));
  const digests = { whole: digestOf([verdict, status.findings?.map(({ pods }) => pods)]), verdict };
  knownDigests.set(status, digests);
  return digests;
}

function withoutPods(status: PostureStatus): unknown {
  const { findings } = status;
  if (findings === undefined) return status;
  return {
    ...status,
    findings: findings.map((finding) => (finding.pods === undefined ? finding : { ...finding, pods: undefined })),
  };
}

function pickCarried(status: CarriedStatus): CarriedStatus {
  const { compliant, summary, changedTime, conditions } = status;
  return {
    ...(compliant === undefined ? {} : { compliant }),
    ...(summary === undefined ? {} : { summary }),
    ...(changedTime === undefined ? {} : { changedTime }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** The same for the same JSON value, whatever the order of its fields. */
export function digestOf(json: unknown): string {
  return hash('sha256', json === undefined ? 'null' : JSON.stringify(inOrder(json)), 'base64');
}

/** With the fields of each object in order; copied only where they are not, as an API server sends them in order. */
function inOrder(json: unknown): unknown {
  if (isInOrder(json)) return json;
  if (Array.isArray(json)) return json.map(inOrder);
  const object = json as Readonly<Record<string, unknown>>;
  const names = Object.keys(object).sort();
  return Object.fromEntries(names.map((name) => [name, inOrder(object[name])]));
}

function isInOrder(json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return true;
  if (Array.isArray(json)) return json.every(isInOrder);
  const object = json as Readonly<Record<string, unknown>>;
  let before = '';
  for (const name in object) {
    if (name < before || !isInOrder(object[name])) return false;
    before = name;
  }
  return true;
}
