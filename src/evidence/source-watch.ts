/**
 * Which sources of one API server are of no use, although they may be asked: they answer with what nobody can read, with
 * far too much, not to the end, or with something else each time. Whoever sees to the API server is told when that begins
 * and when it ends, not in each round. Pure.
 */
import { createHash } from 'node:crypto';

import { isAllowedByRbac, isRead, unusable } from './reading.ts';
import type { Missing, Reading, ReviewReading } from './reading.ts';
import type { ServerReadings } from './server-readings.ts';

/** What is known of each source from the rounds before, by its name. */
export type SourceHistory = ReadonlyMap<string, KnownSource>;

interface KnownSource {
  /** Why it is of no use; undefined where it is of use. */
  readonly trouble: string | undefined;
  /** Of what it said last. */
  readonly digest?: string;
  /** When that was read, so that what is kept for an hour is not compared with itself. */
  readonly atMs?: number | undefined;
  /** How often in a row it said something else than before. */
  readonly changes: number;
}

export interface SourceNews {
  readonly source: string;
  /** What is wrong from now on; undefined where nothing is any more. */
  readonly trouble: string | undefined;
}

export interface WatchedSources {
  readonly history: SourceHistory;
  /** Without what cannot be relied on. */
  readonly readings: ServerReadings;
  readonly news: readonly SourceNews[];
}

/** An API server that was not started again does not change so often. */
const MAX_CHANGES = 3;

interface Source {
  readonly name: string;
  readonly select: (readings: ServerReadings) => Reading<unknown>;
  /** The same with this source missing; absent where what it says changes by itself. */
  readonly without?: (readings: ServerReadings, missing: Missing) => ServerReadings;
}

const nobody: Missing = { missing: '' };

const sources: readonly Source[] = [
  {
    name: 'requests without credentials',
    select: ({ anonymousAnswers }) => anonymousAnswers,
    without: (readings, anonymousAnswers) => ({ ...readings, anonymousAnswers }),
  },
  {
    // Of several, that of the API server itself.
    name: '/flagz',
    select: ({ flags }) => flags[0] ?? nobody,
    without: (readings, missing) => ({ ...readings, flags: [missing, ...readings.flags.slice(1)] }),
  },
  { name: '/metrics', select: ({ metrics }) => tellCut(metrics) },
  {
    name: '/version',
    select: ({ version }) => version,
    without: (readings, version) => ({ ...readings, version }),
  },
  { name: '/statusz', select: ({ status }) => status },
  {
    name: '/readyz?verbose',
    select: ({ checks }) => checks,
    without: (readings, checks) => ({ ...readings, checks }),
  },
  {
    name: 'TLS handshake',
    select: ({ tls }) => withoutReasons(tls),
    without: (readings, tls) => ({ ...readings, tls }),
  },
  {
    name: 'SubjectAccessReview',
    select: ({ unknownUser }) => unknownUser,
    without: (readings, unknownUser) => ({ ...readings, unknownUser }),
  },
  // The reason why a node is refused names the node, which is another each time.
  { name: 'SubjectAccessReview of a node', select: ({ unknownNode }) => unknownNode },
  {
    name: 'SelfSubjectAccessReview',
    select: ({ ownGrant }) => withoutBinding(ownGrant),
    without: (readings, ownGrant) => ({ ...readings, ownGrant }),
  },
  {
    name: 'SelfSubjectReview',
    select: ({ identity }) => identity,
    without: (readings, identity) => ({ ...readings, identity }),
  },
  {
    name: 'dry run',
    select: ({ dryRun }) => withoutReviewers(dryRun),
    without: (readings, dryRun) => ({ ...readings, dryRun }),
  },
];

/** @param isNew whether the API server was started since: it may say something else then */
export function watchSources(
  before: SourceHistory,
  readings: ServerReadings,
  { isNew }: { readonly isNew: boolean },
): WatchedSources {
  const history = new Map<string, KnownSource>();
  const news: SourceNews[] = [];
  let reliable = readings;
  for (const source of sources) {
    const { name, select, without } = source;
    const past = before.get(name) ?? { trouble: undefined, changes: 0 };
    const now = judge(select(readings), isNew ? { ...past, changes: 0 } : past, source);
    history.set(name, now);
    if ((now.trouble === undefined) !== (past.trouble === undefined)) news.push({ source: name, trouble: now.trouble });
    if (now.changes >= MAX_CHANGES && without !== undefined) reliable = without(reliable, unusable(now.trouble ?? ''));
  }
  return { history, readings: reliable, news };
}

/** The same of what is read once for several API servers, by name. @param before those that were of no use */
export function compareTroubles(
  before: ReadonlySet<string>,
  readings: Readonly<Record<string, Reading<unknown> | undefined>>,
): { readonly news: readonly SourceNews[]; readonly troubled: ReadonlySet<string> } {
  const all = Object.entries(readings).map(([source, reading = nobody]) => ({
    source,
    trouble: !isRead(reading) && reading.isUnusable === true ? reading.missing : undefined,
  }));
  return {
    news: all.filter(({ source, trouble }) => (trouble !== undefined) !== before.has(source)),
    troubled: new Set(all.filter(({ trouble }) => trouble !== undefined).map(({ source }) => source)),
  };
}

/** Whether anybody answers, if only with a refusal: these are asked in every round. */
export function isThere({ flags, metrics, version, unknownUser, anonymousAnswers }: ServerReadings): boolean {
  const asked: readonly Reading<unknown>[] = [...flags.slice(0, 1), metrics, version, unknownUser];
  return isRead(anonymousAnswers) || asked.some((one) => isRead(one) || one.isUnusable !== true);
}

function judge(reading: Reading<unknown>, past: KnownSource, { name, without }: Source): KnownSource {
  if (!isRead(reading)) {
    return { ...past, trouble: reading.isUnusable === true ? reading.missing : undefined, changes: 0 };
  }
  const { read, atMs } = reading;
  if (without === undefined) return { trouble: undefined, changes: 0 };
  // Read before, and kept.
  if (atMs !== undefined && atMs === past.atMs) return past;
  const digest = digestOf(read);
  const isOther = past.digest !== undefined && past.digest !== digest;
  const changes = isOther ? past.changes + 1 : 0;
  const trouble =
    changes >= MAX_CHANGES
      ? `${name}: it says something else each time, and the API server was not started again`
      : undefined;
  return { trouble, digest, atMs, changes };
}

/** What was cut off is of use as far as it goes, and its owner is told all the same. */
function tellCut(metrics: ServerReadings['metrics']): Reading<unknown> {
  return isRead(metrics) && !metrics.read.isWhole
    ? unusable('GET /metrics was answered with more than is read, or was cut off')
    : metrics;
}

/** Who else has a say changes with webhooks and policies, and is not what the API server says. */
function withoutReviewers(dryRun: ServerReadings['dryRun']): Reading<unknown> {
  if (!isRead(dryRun)) return dryRun;
  const { pullPolicy, podSecurity, stranger } = dryRun.read;
  return { ...dryRun, read: [pullPolicy, podSecurity, stranger] };
}

/** Of several bindings that allow it an API server names one at random. */
function withoutBinding(review: Reading<ReviewReading>): Reading<unknown> {
  return isRead(review) ? { ...review, read: [review.read.allowed, isAllowedByRbac(review.read)] } : review;
}

/** Why a handshake failed is said in other words each time. */
function withoutReasons(tls: ServerReadings['tls']): Reading<unknown> {
  if (!isRead(tls)) return tls;
  const parts: readonly Reading<unknown>[] = Object.values(tls.read);
  return { ...tls, read: parts.map((part) => (isRead(part) ? part.read : null)) };
}

function digestOf(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Map || part instanceof Set ? [...(part as Iterable<unknown>)] : part,
  );
  return createHash('sha256').update(text).digest('base64');
}
