/**
 * What a Lease says, and what that means for somebody who wants to hold it. Nothing here compares the times within the
 * Lease with a clock: other machines' clocks may be wrong. What counts is for how long the Lease has not changed.
 *
 * Source: client-go v0.37.2, tools/leaderelection; k8s.io/api v0.37.2, coordination/v1.
 */

export interface LeaseRecord {
  /** Empty when nobody holds it. */
  readonly holder: string;
  readonly durationMs: number;
  /** In milliseconds since 1970, by the holder's clock; for people. */
  readonly acquiredAtMs: number;
  readonly renewedAtMs: number;
  /** How often it has changed hands. */
  readonly transitions: number;
}

export interface ObservedLease {
  readonly record: LeaseRecord;
  /** Equal as long as the Lease is unchanged. */
  readonly version: string;
  /** On the local clock that only goes forward: when this version was first seen. */
  readonly sinceMs: number;
}

export type LeaseDecision = 'create' | 'renew' | 'takeOver' | 'wait';

/** @param nowMs on the same clock as `sinceMs` */
export function decideLease(observed: ObservedLease | undefined, identity: string, nowMs: number): LeaseDecision {
  if (observed === undefined) return 'create';
  const { record, sinceMs } = observed;
  if (record.holder === identity) return 'renew';
  if (record.holder === '' || nowMs - sinceMs >= record.durationMs) return 'takeOver';
  return 'wait';
}

/** Keeps the first sight of an unchanged Lease. */
export function observeLease(
  before: ObservedLease | undefined,
  found: { readonly record: LeaseRecord; readonly version: string },
  nowMs: number,
): ObservedLease {
  return before?.version === found.version ? before : { ...found, sinceMs: nowMs };
}

/** What to write to hold it. */
export function buildHeldRecord(
  before: LeaseRecord | undefined,
  identity: string,
  durationMs: number,
  wallTimeMs: number,
): LeaseRecord {
  const isRenewal = before?.holder === identity;
  return {
    holder: identity,
    durationMs,
    acquiredAtMs: isRenewal ? before.acquiredAtMs : wallTimeMs,
    renewedAtMs: wallTimeMs,
    transitions: before === undefined ? 0 : before.transitions + (isRenewal ? 0 : 1),
  };
}

/** What to write to let it go, so that somebody else need not wait. */
export function buildReleasedRecord(before: LeaseRecord, wallTimeMs: number): LeaseRecord {
  return { ...before, holder: '', renewedAtMs: wallTimeMs };
}
