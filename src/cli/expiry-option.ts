/** When something ends, as an option of a command: in a while (`30d`), at a time (RFC 3339), or never. */

export interface Expiry {
  /** RFC 3339, UTC, to the second; absent for never. */
  readonly expiresAt?: string;
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** RFC 3339 has four digits for a year. */
const lastMs = Date.UTC(9999, 11, 31);

const forms = 'write a while (30d, 12h), a date (2027-01-31), a time (2027-01-31T18:00:00Z) or never';

/** @param nowMs milliseconds since 1970 */
export function parseExpiry(option: string, given: string, nowMs: number): Expiry | { readonly usageError: string } {
  if (given === 'never') return {};
  const at = parseWhile(given, nowMs) ?? parseTime(given);
  if (at === undefined) return { usageError: `${option} "${given}" is no time: ${forms}` };
  if (!(at <= lastMs)) return { usageError: `${option} "${given}" is later than any time that can be written` };
  const expiresAt = `${new Date(at).toISOString().slice(0, 19)}Z`;
  if (at - nowMs < 1000) return { usageError: `${option} "${given}" is over: it would exempt nothing` };
  return { expiresAt };
}

function parseWhile(text: string, nowMs: number): number | undefined {
  const [, count, unit] = /^(\d+)([mhdw])$/.exec(text) ?? [];
  const ms = unit === undefined ? undefined : unitMs[unit];
  return count === undefined || ms === undefined ? undefined : nowMs + Number(count) * ms;
}

/** Source: RFC 3339, section 5.6; a date alone is its beginning in UTC. */
function parseTime(text: string): number | undefined {
  const pattern = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2}))?$/i;
  const [, date, time = '00:00:00', zone = 'Z'] = pattern.exec(text) ?? [];
  if (date === undefined) return undefined;
  const local = new Date(`${date}T${time}Z`);
  const at = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  // February 30 would become a day of March.
  const isReal = !Number.isNaN(local.getTime()) && local.toISOString().startsWith(`${date}T${time}`);
  return isReal && !Number.isNaN(at) ? at : undefined;
}
