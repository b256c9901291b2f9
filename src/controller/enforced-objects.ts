/**
 * Remembers what came of each admission policy and binding, so that nothing is read or written twice: the store shows when
 * one is another version, and only then it is looked at again.
 */
import { isDeepStrictEqual } from 'node:util';

import { PROBE_GUARD_NAME } from '../api/v1alpha1/group.ts';
import {
  mutatingPolicyBindingSpec,
  mutatingPolicySpec,
  validatingPolicyBindingSpec,
  validatingPolicySpec,
} from '../core/admission-shape.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { project } from '../core/project.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { EnforcementWriter } from '../enforcement/plan/enforcement-writer.ts';
import type { EnforcementManifest } from '../enforcement/plan/planned-policy.ts';
import type { EnforcedRef, StoredObject } from '../enforcement/plan/stored-object.ts';
import type { Trial } from '../enforcement/plan/trial.ts';
import { tryOut } from './canary.ts';
import { DriftRecord } from './drift-record.ts';
import { enforceObject, print, removeObject } from './enforced-object.ts';
import type { EnforceContext, ObjectResult } from './enforced-object.ts';
import { RetryTimes } from './retry-times.ts';

export interface EnforcedObjectsOptions {
  readonly writer: EnforcementWriter;
  readonly snapshot: () => Snapshot;
  readonly mayWrite: () => boolean;
  readonly clock: Pick<Clock, 'now' | 'setTimeout'>;
  readonly log: Log;
}

/** Longer than a watch takes to show what was written. */
const SHOWN_WITHIN_MS = 10_000;
/** What is stored otherwise than it was sent is sent again no more often. */
const RETRY_MS = 60 * 60_000;
/** After rights or the guard of the probes changed, so that one try is after all that is applied at once. */
const SETTLED_MS = 5_000;
const ABSENT = 'absent';
/** Nobody shows what stands. */
const UNSHOWN = 'not shown';

/** What is to be heeded before something is written. */
interface Wish {
  readonly objection?: EnforceContext['objection'];
  readonly trial?: Trial | undefined;
}

interface Memo {
  /** The spec that was wanted; undefined where none was. */
  readonly wanted: EnforcementManifest['spec'] | undefined;
  readonly objection: EnforceContext['objection'];
  readonly result: ObjectResult;
  /** Which version that is about. */
  readonly version: string;
  /** What the store showed then: it may take a moment to show the other. */
  readonly shown: string;
  readonly atMs: number;
  /** When it is looked at again, whatever is shown. */
  readonly againAtMs: number;
  /** Which guard of the probes there was. */
  readonly guard: string;
}

export class EnforcedObjects {
  readonly #options: EnforcedObjectsOptions;
  readonly #memos = new Map<string, Memo>();
  readonly #drift = new DriftRecord();
  readonly #retries: RetryTimes;
  /** Of each policy the text that was tried last and did what it should. */
  readonly #proven = new Map<string, string>();
  #permittedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: EnforcedObjectsOptions) {
    this.#options = options;
    this.#retries = new RetryTimes(() => options.clock.now());
  }

  /** Somebody's rights are others now: what was refused is tried again. @returns whether anything was */
  permit(): boolean {
    this.#permittedAtMs = this.#options.clock.now();
    const permitted = this.#retries.permit('everywhere');
    for (const { address } of permitted) this.#memos.delete(address);
    const barred = [...this.#memos.keys()].filter((address) => this.#tryAgainSoon(address));
    return permitted.length + barred.length > 0;
  }

  /** What could not be tried: once, however often this is said meanwhile. @returns whether it could not */
  #tryAgainSoon(address: string): boolean {
    const memo = this.#memos.get(address);
    if (memo?.result.isBarred !== true) return false;
    const againAtMs = Math.min(memo.againAtMs, this.#options.clock.now() + SETTLED_MS);
    this.#memos.set(address, { ...memo, againAtMs, guard: this.#shownGuard() });
    return true;
  }

  /** When the object is to be looked at again though nothing changes, in milliseconds from now; undefined for never. */
  recheckInMs(ref: EnforcedRef): number | undefined {
    const memo = this.#memos.get(print(ref));
    if (memo === undefined) return undefined;
    const shownMs = memo.shown === memo.version ? Number.POSITIVE_INFINITY : memo.atMs + SHOWN_WITHIN_MS;
    const dueMs = Math.min(shownMs, memo.againAtMs);
    return dueMs === Number.POSITIVE_INFINITY ? undefined : Math.max(0, dueMs - this.#options.clock.now());
  }

  /**
   * @param manifest what is wanted; undefined where the object is to be gone
   * @throws what is to be tried again
   */
  async look(
    ref: EnforcedRef,
    manifest: EnforcementManifest | undefined,
    { objection, trial }: Wish = {},
  ): Promise<ObjectResult> {
    const address = print(ref);
    const shown = this.#shownVersion(ref);
    if (manifest === undefined && shown === ABSENT) {
      this.#memos.delete(address);
      this.#drift.forget(address);
      return { state: 'Gone', message: '' };
    }
    const guard = this.#shownGuard();
    if (this.#memos.get(address)?.guard !== guard) this.#tryAgainSoon(address);
    const memo = this.#memos.get(address);
    const isSameWish = memo !== undefined && isDeepStrictEqual(memo.wanted, manifest?.spec);
    if (isSameWish && isDeepStrictEqual(memo.objection, objection) && this.#holds(memo, shown)) {
      this.#memos.set(address, { ...memo, shown });
      return memo.result;
    }
    if (!isSameWish) this.#drift.forget(address);
    const wish = { objection, trial, isDrift: isSameWish && wasInForce(memo) };
    const result = await this.#act(ref, manifest, wish);
    this.#memos.set(address, {
      wanted: manifest?.spec,
      objection,
      result,
      // What is gone Merlon does not make again; that somebody else did is seen when it is shown.
      version:
        isUnread(result) || (shown === UNSHOWN && result.state === 'Gone') ? shown : versionOf(result.object?.metadata),
      shown,
      atMs: this.#options.clock.now(),
      againAtMs: this.#againAtMs(address, result),
      guard,
    });
    return result;
  }

  async #act(
    ref: EnforcedRef,
    manifest: EnforcementManifest | undefined,
    { objection, trial, isDrift }: Wish & { readonly isDrift: boolean },
  ): Promise<ObjectResult> {
    const { writer, mayWrite, clock, log } = this.#options;
    const address = print(ref);
    const assertMayWrite = (): void => {
      if (!mayWrite()) throw new Error('another process writes now');
    };
    const isContested = isDrift && this.#drift.contestedUntilMs(address, clock.now()) !== undefined;
    const acted = await (manifest === undefined
      ? removeObject(ref, { writer, assertMayWrite })
      : enforceObject(manifest, {
          writer,
          objection,
          isContested,
          assertMayWrite,
          tryOut: trial === undefined ? undefined : () => this.#tryOut(address, trial, assertMayWrite),
        }));
    const isShown = acted.state === 'Forbidden' && manifest !== undefined && this.#isShown(ref, manifest);
    const result: ObjectResult = isShown
      ? { state: 'InForceByOthers', message: `who applied ${address} may not be read` }
      : acted;
    if (result.isWritten === true) {
      if (isDrift) this.#drift.repaired(address, clock.now());
      const what = manifest === undefined ? 'taken away' : isDrift ? 'put right' : 'applied';
      log.info('an admission policy is written', { ...ref, what, state: result.state });
    } else if (result.state === 'Contested' || result.state === 'Foreign' || result.state === 'Refused') {
      log.warn('an admission policy is not as it should be', { ...ref, reason: result.state });
    }
    return result;
  }

  /** Once for each text that did what it should. */
  async #tryOut(address: string, trial: Trial, assertMayWrite: () => void): Promise<ObjectResult | undefined> {
    const text = JSON.stringify(trial.canary.spec);
    if (this.#proven.get(address) === text) return undefined;
    const { writer, clock, log } = this.#options;
    const failed = await tryOut(trial, { writer, clock, assertMayWrite });
    if (failed === undefined) this.#proven.set(address, text);
    else log.warn('an admission policy failed its trial', { reason: failed.message });
    return failed;
  }

  #holds({ version, shown: shownThen, atMs, againAtMs }: Memo, shown: string): boolean {
    const nowMs = this.#options.clock.now();
    if (nowMs >= againAtMs) return false;
    return shown === version || (shown === shownThen && nowMs < atMs + SHOWN_WITHIN_MS);
  }

  /** Whether the store shows all that decides, and it is what is meant. */
  #isShown({ kind, name }: EnforcedRef, { spec }: EnforcementManifest): boolean {
    const shown = this.#options.snapshot().get(kind, '', name)?.spec;
    return shown !== undefined && isDeepStrictEqual(shown, project(specShapes[kind], spec));
  }

  #againAtMs(address: string, result: ObjectResult): number {
    const { state, isBarred = false } = result;
    const nowMs = this.#options.clock.now();
    if (isUnread(result)) return this.#retries.failed('cluster', address);
    // Rights may have changed since it was asked.
    if (isBarred && nowMs - this.#permittedAtMs < SETTLED_MS) return nowMs + SETTLED_MS;
    if (state === 'NotStored' || state === 'Untried' || state === 'NotApplicable') return nowMs + RETRY_MS;
    const contested = this.#drift.contestedUntilMs(address, nowMs);
    return state === 'Contested' && contested !== undefined ? contested : Number.POSITIVE_INFINITY;
  }

  #shownGuard(): string {
    const kinds = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'] as const;
    return kinds.map((kind) => this.#shownVersion({ kind, name: PROBE_GUARD_NAME })).join(', ');
  }

  #shownVersion({ kind, name }: EnforcedRef): string {
    const snapshot = this.#options.snapshot();
    const observation = snapshot.observation(kind);
    // Of what is not served, nothing stands.
    if (observation.state === 'absent') return ABSENT;
    if (!isReadable(observation)) return UNSHOWN;
    return versionOf(snapshot.get(kind, '', name)?.metadata);
  }
}

const specShapes = {
  ValidatingAdmissionPolicy: validatingPolicySpec,
  ValidatingAdmissionPolicyBinding: validatingPolicyBindingSpec,
  MutatingAdmissionPolicy: mutatingPolicySpec,
  MutatingAdmissionPolicyBinding: mutatingPolicyBindingSpec,
} as const;

/** What was forbidden or refused was not seen. */
function isUnread({ state, object }: ObjectResult): boolean {
  return object === undefined && ['Forbidden', 'Refused', 'InForceByOthers', 'Left'].includes(state);
}

function wasInForce(memo: Memo): boolean {
  return memo.result.state === 'InForce' || memo.result.state === 'Contested';
}

/** What is written to its spec counts up its generation; its status and its managers do not matter. */
function versionOf(
  metadata:
    | Pick<StoredObject['metadata'], 'uid' | 'generation' | 'labels' | 'deletionTimestamp'>
    | {
        readonly uid?: string | undefined;
        readonly generation?: number | undefined;
        readonly labels?: Readonly<Record<string, string>> | undefined;
        readonly deletionTimestamp?: unknown;
      }
    | undefined,
): string {
  if (metadata === undefined) return ABSENT;
  const { uid, generation, labels = {}, deletionTimestamp } = metadata;
  const isGoing = deletionTimestamp === undefined ? '' : ' going';
  return `${uid ?? ''} ${generation ?? 0} ${labels['app.kubernetes.io/managed-by'] ?? ''}${isGoing}`;
}
