/**
 * When each repair is looked at again: what was looked at is left alone while it is the same, until its time comes, and
 * what the API server refused until somebody's rights have changed.
 */
import { kinds } from '../core/kinds.ts';
import type { KindName } from '../core/kinds.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { SubjectRef } from '../core/subject-ref.ts';
import type { RuleMode } from '../remediation/mode.ts';
import type { PresentFinding } from '../remediation/situation.ts';
import { digestOf } from './posture-store.ts';
import type { PostureScope } from './posture-store.ts';
import type { RepairResult } from './repair.ts';
import { RetryTimes } from './retry-times.ts';

interface Entry {
  /** Undefined where something has changed since. */
  readonly basis: Basis | undefined;
  readonly result: RepairResult;
  /** Milliseconds since 1970. */
  readonly recheckAtMs: number | undefined;
}

const UNRECORDED_RETRY_MS = 10_000;
/** Whether it stands: what takes the watch's place while that is cut off may show the object as it was before the patch. */
const PATCHED_RECHECK_MS = 60_000;

export class RepairAgenda {
  /** By scope, then by the address of the record. */
  readonly #entries = new Map<PostureScope, Map<string, Entry>>();
  /** The addresses of those that are being looked at, unless they were opened again since. */
  readonly #underWay = new Set<string>();
  readonly #retries: RetryTimes;
  readonly #nowMs: () => number;

  /** @param nowMs milliseconds since 1970 */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#retries = new RetryTimes(nowMs);
  }

  /** @returns what came of it the last time; undefined where it is to be looked at now */
  settledResult(scope: PostureScope, address: string, basis: Basis): RepairResult | undefined {
    const entry = this.#entries.get(scope)?.get(address);
    if (entry?.basis === undefined || !isSameBasis(entry.basis, basis)) return undefined;
    return entry.recheckAtMs === undefined || this.#nowMs() < entry.recheckAtMs ? entry.result : undefined;
  }

  /** A look begins; what `reopen` tells from now on is not in it. */
  begin(scope: PostureScope, address: string): void {
    this.#underWay.add(address);
    const ofScope = this.#entries.get(scope);
    const before = ofScope?.get(address);
    // It may do something and fail after that: then nothing is as it was left.
    if (before !== undefined) ofScope?.set(address, { ...before, basis: undefined });
  }

  /**
   * A look has ended.
   *
   * @param basis of before the look: what has changed since then may not be in it; undefined where the look has gone by
   * something else, too
   */
  settle(scope: PostureScope, address: string, basis: Basis | undefined, result: RepairResult): void {
    const recheckAtMs = this.#recheckTime(scope, address, result);
    const ofScope = this.#entries.get(scope) ?? new Map<string, Entry>();
    const seen = this.#underWay.delete(address) ? basis : undefined;
    this.#entries.set(scope, ofScope.set(address, { basis: seen, result, recheckAtMs }));
  }

  /** In how many milliseconds to look again although nothing has changed; undefined for never. */
  recheckInMs(scope: PostureScope, address: string): number | undefined {
    const recheckAtMs = this.#entries.get(scope)?.get(address)?.recheckAtMs;
    return recheckAtMs === undefined ? undefined : Math.max(1, recheckAtMs - this.#nowMs());
  }

  /** Why a repair could not be recorded. */
  unrecordedMessage(scope: PostureScope, address: string): string | undefined {
    const result = this.#entries.get(scope)?.get(address)?.result;
    return result?.outcome === 'unrecorded' ? result.message : undefined;
  }

  /** Until when what failed is not tried again, in milliseconds since 1970. */
  notBeforeMs(address: string): number {
    return this.#retries.notBeforeMs(address);
  }

  /** Somebody else has changed its record, or something else that no digest tells. */
  reopen(scope: PostureScope, address: string): void {
    this.#underWay.delete(address);
    this.#entries.get(scope)?.delete(address);
  }

  /** Rights in a scope, or everywhere, are other ones now. @returns where something had failed for want of them */
  permit(scope: PostureScope | 'everywhere'): ReadonlySet<PostureScope> {
    const permitted = this.#retries.permit(scope);
    for (const failed of permitted) this.reopen(failed.scope, failed.address);
    return new Set(permitted.map((failed) => failed.scope));
  }

  forget(scope: PostureScope): void {
    this.#entries.delete(scope);
    this.#retries.forget(scope);
  }

  #recheckTime(scope: PostureScope, address: string, result: RepairResult): number | undefined {
    switch (result.outcome) {
      case 'waits':
        return this.#nowMs() + result.waitMs;
      case 'failed':
        return this.#retries.failed(scope, address);
      case 'unrecorded':
        return this.#nowMs() + UNRECORDED_RETRY_MS;
      case 'settled':
        return result.recheckAtMs;
      case 'patched':
        return this.#nowMs() + PATCHED_RECHECK_MS;
    }
  }
}

/** Everything that a look depends on, but for the record, and for what only the target itself tells. */
export interface Basis {
  readonly digest: string;
  /** As it is watched; another object after each change, also where it was changed and changed back meanwhile. */
  readonly target: unknown;
}

export function basisOf(subject: SubjectRef, finding: PresentFinding, mode: RuleMode, snapshot: Snapshot): Basis {
  const plan = finding.outcome === 'fails' ? { ...finding.plan, rule: undefined } : undefined;
  return { digest: digestOf([finding.outcome, plan, mode]), target: findTarget(snapshot, subject) };
}

export function isSameBasis(one: Basis, other: Basis): boolean {
  return one.target === other.target && one.digest === other.digest;
}

/** The target as far as it is watched: whoever changes it is seen. */
function findTarget(snapshot: Snapshot, { kind, namespace = '', name }: SubjectRef): unknown {
  const isKnown = kind in kinds && isReadable(snapshot.observation(kind as KindName));
  return isKnown ? snapshot.get(kind as KindName, namespace, name) : undefined;
}
