/** What a failed list or watch means for what comes next, decided by type. */
import { isExpired, isTooLargeResourceVersion } from './api-status.ts';
import type { ApiStatus } from './api-status.ts';
import { ConnectionError, StatusError } from './request-error.ts';

/** The watch ended as soon as it began, with nothing new. */
export class ShortWatch extends Error {
  override readonly name = 'ShortWatch';
}

/** The API server ended a watch with an error within the stream. */
export class WatchError extends StatusError {
  constructor(resource: string, status: ApiStatus) {
    super(`watch ${resource}`, status);
  }
}

/** A watch-list ended before it had sent everything. */
export class InitialEventsCutOff extends Error {
  override readonly name = 'InitialEventsCutOff';
}

/**
 * - `forbidden`, `absent`: the API server says so, and may say otherwise in a while
 * - `version`: the resourceVersion is too old, or newer than what this server knows
 * - `connection`: no answer, or it broke off; the same request may succeed later
 * - `unavailable`: the API server, or what stands before it, cannot answer now: 429, 5xx, 401 while tokens change
 * - `other`: it answered with something that is of no use
 */
export type WatchFailure = 'forbidden' | 'absent' | 'version' | 'connection' | 'unavailable' | 'other';

export function classifyFailure(error: unknown): WatchFailure {
  if (error instanceof StatusError) {
    const { status } = error;
    if (isExpired(status) || isTooLargeResourceVersion(status)) return 'version';
    if (status.code === 403) return 'forbidden';
    if (status.code === 404) return 'absent';
    if (!(error instanceof WatchError) && isUnavailable(status)) return 'unavailable';
  }
  return error instanceof ConnectionError ? 'connection' : 'other';
}

function isUnavailable({ code }: ApiStatus): boolean {
  return code === 429 || code === 401 || code >= 500;
}
