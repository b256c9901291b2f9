/**
 * When the processes at one address were started, as far as they say so: whoever answers there may be another than the
 * last, or one of several.
 */
export interface ServerStart {
  /** Who says so. */
  readonly source: '/metrics' | '/statusz';
  /** Since 1970 by the clock of its host. */
  readonly atSeconds: number;
}

export interface ServerStarts {
  /** Each once, the one heard last at the end; times in milliseconds of the clock that is passed. */
  readonly heard: readonly (ServerStart & { readonly heardAt: number })[];
  /** When one was heard again after another: it had not ended. */
  readonly sharedAt?: number;
}

export const noStarts: ServerStarts = { heard: [] };

/**
 * What is told now, added to what was told before.
 *
 * @param memoryMs for how long one that is not heard again is remembered
 */
export function hearStart(before: ServerStarts, start: ServerStart, now: number, memoryMs: number): ServerStarts {
  const recent = before.heard.filter(({ heardAt }) => now - heardAt <= memoryMs);
  const last = recent.findLast(({ source }) => source === start.source);
  const isBack = last !== undefined && !isSame(last, start) && recent.some((one) => isSame(one, start));
  const sharedAt = isBack ? now : before.sharedAt;
  return {
    heard: [...recent.filter((one) => !isSame(one, start)), { ...start, heardAt: now }],
    ...(sharedAt === undefined || now - sharedAt > memoryMs ? {} : { sharedAt }),
  };
}

/**
 * Whether who was started then is another than those of whom is known. What is told by another source than before, as that
 * one did not answer, says nothing of it: two sources tell the same start differently.
 *
 * @param isExpected that some API server was started since
 */
export function isAnother({ heard }: ServerStarts, start: ServerStart, isExpected: boolean): boolean {
  if (heard.some((one) => isSame(one, start))) return false;
  return isExpected || heard.length === 0 || heard.some(({ source }) => source === start.source);
}

function isSame(one: ServerStart, other: ServerStart): boolean {
  return one.source === other.source && one.atSeconds === other.atSeconds;
}
