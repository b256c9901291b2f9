/**
 * Until when Kubernetes mends its minor versions: for 14 months, so that it is three of them at most times. What happens to
 * those that vendors mend for longer nobody can tell from here.
 *
 * Source: kubernetes.io/releases, the pages of 1.35, 1.36 and 1.37 ("End Of Life Date"), read in November 2026.
 */

/** The last day, by minor version, the oldest first; what is older has ended. */
const lastDays: ReadonlyMap<number, string> = new Map([
  [35, '2027-02-28'],
  [36, '2027-06-28'],
  [37, '2027-10-28'],
]);
const DAY_MS = 86_400_000;
const SOON_DAYS = 60;

export type ReleaseSupport = 'mended' | 'endsSoon' | 'ended';

export interface ReleaseEnd {
  readonly support: ReleaseSupport;
  /** As `2027-02-28`; absent of what ended long ago, and of what is newer than this table. */
  readonly lastDay?: string;
}

/**
 * @param nowMs milliseconds since 1970
 * @returns undefined of a version that is newer than this table, once all that it knows has ended
 */
export function endOfRelease(minor: number, nowMs: number): ReleaseEnd | undefined {
  const lastDay = lastDays.get(minor);
  if (lastDay !== undefined) return { support: supportUntil(lastDay, nowMs), lastDay };
  const [oldest = 0] = lastDays.keys();
  if (minor < oldest) return { support: 'ended' };
  // Whatever comes later is mended for longer.
  const newest = [...lastDays.values()].at(-1) ?? '';
  return supportUntil(newest, nowMs) === 'ended' ? undefined : { support: 'mended' };
}

function supportUntil(lastDay: string, nowMs: number): ReleaseSupport {
  const endMs = Date.parse(`${lastDay}T00:00:00Z`) + DAY_MS;
  if (nowMs >= endMs) return 'ended';
  return nowMs >= endMs - SOON_DAYS * DAY_MS ? 'endsSoon' : 'mended';
}
