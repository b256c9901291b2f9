/** Moments as people write them: RFC 3339, as the API server wants it. */

/** A date alone would be understood, too, and differently by others. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

export function isMoment(text: string): boolean {
  return RFC_3339.test(text) && !Number.isNaN(Date.parse(text));
}

/** The day in UTC, as `2026-11-26`. @param nowMs milliseconds since 1970 */
export function dayOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
