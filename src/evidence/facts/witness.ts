/** How a fact is made of what sources say: witnesses, the surest first, each of which tells or stays silent. */
import { isObserved } from '../../core/evidence.ts';
import type { Confidence, Evidence, Fact, FactName, FactValues, Unobserved } from '../../core/evidence.ts';
import { readFlag } from '../server-flags.ts';
import type { ServerFlags } from '../server-flags.ts';
import { isRead } from '../reading.ts';
import type { Missing, Reading } from '../reading.ts';
import type { ServerReadings } from '../server-readings.ts';
import type { MetricsReading } from '../metrics.ts';

export interface Said<V> {
  readonly value: V;
  readonly source: string;
  readonly confidence: Confidence;
  readonly detail: string;
  /** RFC 3339. */
  readonly observedAt?: string;
}
/** A witness that does not tell, and what would help; without words where there is nothing to be said. */
export interface Silent {
  readonly silent: string;
  /** The right that would let it tell; absent where it is not for want of one. */
  readonly permission?: string;
}
export type Testimony<V> = Said<V> | Silent;
/** Who asks several sources has several things to say. */
export type Witness<V> = (readings: ServerReadings) => Testimony<V> | readonly Testimony<V>[];
export type Witnesses<Names extends FactName = FactName> = {
  readonly [Name in Names]: readonly Witness<FactValues[Name]>[];
};

export const NOTHING_TO_SAY: Silent = { silent: '' };

/** An API server that has been asked for so long has asked every plugin and authorizer that it has. */
const SETTLED_SECONDS = 600;

const confidences: readonly Confidence[] = ['high', 'medium', 'low', 'attested'];

/** The surest says what the fact is, of those that are as sure the first; who says otherwise is named. */
export function concludeFact<V>(witnesses: readonly Witness<V>[], readings: ServerReadings): Fact<V> | Unobserved {
  const testimonies = witnesses.flatMap((witness) => witness(readings));
  const [fact, ...others] = testimonies.filter(isSaid).toSorted((a, b) => rankOf(a) - rankOf(b));
  if (fact === undefined) {
    const silences = testimonies.flatMap((one) => ('silent' in one ? [one] : []));
    const reasons = new Set(silences.map(({ silent }) => silent).filter((silent) => silent !== ''));
    const permissions = [...new Set(silences.flatMap(({ permission }) => permission ?? []))];
    const unobserved = [...reasons].join('; ') || 'no source tells';
    return permissions.length === 0 ? { unobserved } : { unobserved, permissions };
  }
  const contradicted = others
    .filter(({ value }) => JSON.stringify(value) !== JSON.stringify(fact.value))
    .map(({ detail, source }) => `${detail} (${source})`);
  return contradicted.length === 0 ? fact : { ...fact, contradicted };
}

export function isSaid<V>(testimony: Testimony<V>): testimony is Said<V> {
  return !('silent' in testimony);
}

/** The less, the surer. */
function rankOf({ confidence }: Said<unknown>): number {
  return confidences.indexOf(confidence);
}

export function concludeFacts(witnesses: Witnesses, readings: ServerReadings): Evidence {
  return Object.fromEntries(
    Object.entries(witnesses).map(([name, ofFact]) => [
      name,
      concludeFact(ofFact as readonly Witness<unknown>[], readings),
    ]),
  );
}

/** Asks one source, and takes note of when it was read. */
export function ask<T, V>(reading: Reading<T>, tell: (read: T) => Testimony<V>): Testimony<V> {
  if (!isRead(reading)) return silentOf(reading);
  const testimony = tell(reading.read);
  if (!isSaid(testimony) || reading.atMs === undefined) return testimony;
  return { ...testimony, observedAt: `${new Date(reading.atMs).toISOString().slice(0, 19)}Z` };
}

/** A source that is missing. */
export function silentOf({ missing, permission }: Missing): Silent {
  return permission === undefined ? { silent: missing } : { silent: missing, permission };
}

/** Asks every source of flags. */
export function flagWitness<V>(
  tell: (flags: ServerFlags, readings: ServerReadings) => Testimony<V>,
): (readings: ServerReadings) => readonly Testimony<V>[] {
  return (readings) => readings.flags.map((reading) => ask(reading, (flags) => tell(flags, readings)));
}

/** Asks the second only where the first tells nothing as sure: what it says may be of the past, and contradicts nobody. */
export function orElse<V>(first: Witness<V>, second: Witness<V>): Witness<V> {
  return (readings) => {
    const testimonies = [first(readings)].flat();
    const surest = Math.min(...testimonies.filter(isSaid).map(rankOf));
    const others = [second(readings)].flat();
    return [...testimonies, ...others.filter((one) => !isSaid(one) || rankOf(one) < surest)];
  };
}

export function saidBy<V>({ source, confidence }: ServerFlags, value: V, detail: string): Said<V> {
  return { value, source, confidence, detail };
}

export function silentAbout({ source }: ServerFlags, name: string): Silent {
  return { silent: `${source} does not show --${name}` };
}

/** A flag that is true or false. */
export function booleanFlag(name: string, byDefault: boolean): Witness<boolean> {
  return flagWitness((flags) => {
    const reading = readFlag(flags, name);
    if (reading.state === 'hidden' || reading.state === 'unknown') return silentAbout(flags, name);
    if (reading.state === 'unset') {
      return saidBy(flags, byDefault, `--${name} is not given, and ${String(byDefault)} by default`);
    }
    const value = parseBoolean(reading.values.at(-1) ?? '');
    return value === undefined ? silentAbout(flags, name) : saidBy(flags, value, `--${name}=${String(value)}`);
  });
}

/** As Go reads it. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}

/** Whether each of these flags is given at all. Their values name files, and are nobody's business. */
export function presence(...names: readonly string[]): Witness<boolean> {
  return flagWitness((flags) => {
    let isComplete = true;
    for (const name of names) {
      const { state } = readFlag(flags, name);
      if (state === 'unset') return saidBy(flags, false, `--${name} is not given`);
      if (state === 'unknown') isComplete = false;
    }
    return isComplete
      ? saidBy(
          flags,
          true,
          `${names.map((name) => `--${name}`).join(' and ')} ${names.length === 1 ? 'is' : 'are'} given`,
        )
      : silentAbout(flags, names.join(' and --'));
  });
}

/**
 * A flag that is a number.
 * @param byDefault in a minor version
 */
export function integerFlag(name: string, byDefault: (minor: number) => number): Witness<number> {
  return flagWitness((flags, { version }) => {
    const reading = readFlag(flags, name);
    if (reading.state === 'hidden' || reading.state === 'unknown') return silentAbout(flags, name);
    if (reading.state === 'unset') {
      return ask(version, ({ minor }) => {
        const value = byDefault(minor);
        return saidBy(flags, value, `--${name} is not given, and ${value} by default in Kubernetes 1.${minor}`);
      });
    }
    const text = reading.values.at(-1) ?? '';
    return /^-?\d+$/.test(text) ? saidBy(flags, Number(text), `--${name}=${text}`) : silentAbout(flags, name);
  });
}

/** A series that is there. */
export function saidByMetrics<V>(value: V, detail: string): Said<V> {
  return { value, source: '/metrics', confidence: 'high', detail };
}

/** Whether what is not in the metrics has never been asked although everything has: absence then says something. */
export function isSettled({ uptimeSeconds, isWhole }: MetricsReading): boolean {
  return isWhole && uptimeSeconds !== undefined && uptimeSeconds >= SETTLED_SECONDS;
}

export function isKnown<V>(fact: Fact<V> | Unobserved): fact is Fact<V> {
  return isObserved(fact);
}
