/** How well a reflector knows its objects, and what it has done so far. */

/**
 * - `initial`: not started; `syncing`: reading for the first time
 * - `synced`: complete and followed
 * - `stale`: complete once, but cut off from the API server since
 * - `forbidden`: RBAC does not let Merlon read (or read on)
 * - `absent`: the API server does not serve the kind
 * - `unreachable`: never complete, and the last attempt failed
 */
export type ReflectorPhase = 'initial' | 'syncing' | 'synced' | 'stale' | 'forbidden' | 'absent' | 'unreachable';

export interface ReflectorState {
  readonly phase: ReflectorPhase;
  /** Milliseconds since 1970; of `stale` the moment from which on events may be missing. */
  readonly sinceMs: number;
  /** What went wrong and what would help; empty when nothing did. */
  readonly message: string;
}

export interface ReflectorCounters {
  /** List requests, each page one. */
  lists: number;
  /** Watch requests, watch-lists included. */
  watches: number;
  /** Complete states taken over. */
  replaces: number;
  /** Object events and bookmarks. */
  events: number;
  /** Watches that ended at once with nothing new. */
  shortWatches: number;
  /** Failures of every kind. */
  errors: number;
  /** Answers that could not be decoded. */
  parseErrors: number;
  /** Exceptions of the sink and of `onState`. */
  handlerErrors: number;
}

export function emptyCounters(): ReflectorCounters {
  return {
    lists: 0,
    watches: 0,
    replaces: 0,
    events: 0,
    shortWatches: 0,
    errors: 0,
    parseErrors: 0,
    handlerErrors: 0,
  };
}

/** All in milliseconds. */
export interface ReflectorIntervals {
  /** First wait after a failure; doubles up to `backoffMaxMs`, forgotten after `backoffResetMs` without one. */
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  readonly backoffResetMs: number;
  /** Where nobody answers, the wait grows to no more than this: nobody is burdened, and somebody may be back. */
  readonly unansweredMaxMs: number;
  /** For so long after a connection broke an API server may be starting, and 403 and 404 are no answers. */
  readonly startMs: number;
  readonly forbiddenRetryMs: number;
  readonly absentRetryMs: number;
  /** The server is asked to end a watch after a time between these two. */
  readonly watchTimeoutMinMs: number;
  readonly watchTimeoutMaxMs: number;
  /** A stream that has shown a bookmark (about one a minute) and then is silent for so long is dead. */
  readonly idleAfterBookmarkMs: number;
  /** Any stream is dead that is silent for the watch's time and so much more. */
  readonly idleGraceMs: number;
  /** So long nothing may come before the end of the initial events; then the server does not know watch-list. */
  readonly initialEventsQuietMs: number;
  /** A watch that ends sooner, with nothing new, counts as a failure. */
  readonly shortWatchMs: number;
  /** So long a reflector may be cut off before what it knows counts as stale. */
  readonly staleAfterMs: number;
  /** A list's page may take so long without a byte. */
  readonly listQuietMs: number;
}

/**
 * Source: client-go tools/cache/reflector.go for backoff and watch time; facts/client.md 2e for the others. Unlike client-go,
 * a server that was away for a quarter of a minute is found again within ten seconds, not within a minute.
 */
export const defaultIntervals: ReflectorIntervals = {
  backoffFirstMs: 800,
  backoffMaxMs: 30_000,
  backoffResetMs: 120_000,
  unansweredMaxMs: 5_000,
  startMs: 10_000,
  forbiddenRetryMs: 30_000,
  absentRetryMs: 300_000,
  watchTimeoutMinMs: 300_000,
  watchTimeoutMaxMs: 600_000,
  idleAfterBookmarkMs: 150_000,
  idleGraceMs: 30_000,
  initialEventsQuietMs: 30_000,
  shortWatchMs: 1_000,
  staleAfterMs: 30_000,
  listQuietMs: 60_000,
};

/** For kinds that come and go with Merlon's own installation. */
export const ownKindIntervals = { forbiddenRetryMs: 10_000, absentRetryMs: 10_000 } as const;
