/**
 * What the metrics of an API server tell about how it was set up: a plugin or an authorizer that has been asked leaves a
 * series. Only those series are kept, however long the answer is.
 *
 * One GET a round, needs `get` on the URL /metrics. Source: k8s.io/apiserver v0.29 to v0.37; the admission metric is
 * stable, the others are alpha and may be absent. What has not been asked since the start leaves no series.
 */
import { explainStatus, messageOf } from './reading.ts';
import type { Reading } from './reading.ts';

export interface MetricsReading {
  /** How long the process has been running, in seconds; undefined where it does not say. */
  readonly uptimeSeconds: number | undefined;
  /** Since 1970 by the clock of its host, as it says: another one after a restart. */
  readonly startedAtSeconds?: number;
  /** Whether the answer was read to its end: only then is what is not there absent. */
  readonly isWhole: boolean;
  /** By the metric's name, the labels of each of its series whose value is above zero. */
  readonly series: ReadonlyMap<string, readonly Labels[]>;
}

export type Labels = Readonly<Record<string, string>>;

/** Sends a GET and hands over the answer as it comes; ends early where `take` returns false. */
export type StreamGet = (
  path: string,
  headers: Readonly<Record<string, string>>,
  take: (chunk: Buffer) => boolean,
) => Promise<number>;

export const ADMISSION = 'apiserver_admission_controller_admission_duration_seconds_count';
export const DECISIONS = 'apiserver_authorization_decisions_total';
export const WEBHOOK_EVALUATIONS = 'apiserver_authorization_webhook_evaluations_total';
export const WEBHOOK_FAIL_OPEN = 'apiserver_authorization_webhook_evaluations_fail_open_total';
export const TOKEN_ISSUERS = 'apiserver_authentication_jwt_authenticator_latency_seconds_count';
export const CLIENT_CERTIFICATES = 'apiserver_client_certificate_expiration_seconds_count';
export const AUDIT_LEVELS = 'apiserver_audit_level_total';
export const TRANSFORMATIONS = 'apiserver_storage_transformation_operations_total';
const START = 'process_start_time_seconds';

const wanted: ReadonlySet<string> = new Set([
  ADMISSION,
  DECISIONS,
  WEBHOOK_EVALUATIONS,
  WEBHOOK_FAIL_OPEN,
  TOKEN_ISSUERS,
  CLIENT_CERTIFICATES,
  AUDIT_LEVELS,
  TRANSFORMATIONS,
  START,
]);

/** A busy API server of a large cluster answers with some tens of megabytes. */
const MAX_BYTES = 96 * 1024 * 1024;
/** Longer lines are none of those that are wanted. */
const MAX_LINE_BYTES = 4096;
const MAX_SERIES = 2000;

export async function collectMetrics(get: StreamGet, nowMs: () => number): Promise<Reading<MetricsReading>> {
  const reader = new SeriesReader();
  try {
    const status = await get('/metrics', { accept: 'text/plain;version=0.0.4' }, (chunk) => reader.take(chunk));
    return status === 200 ? { read: reader.finish(nowMs()) } : { missing: explainStatus('/metrics', status) };
  } catch (error) {
    return { missing: `GET /metrics was not answered: ${messageOf(error)}` };
  }
}

/** Reads the text form line by line, and forgets at once what it does not want. */
export class SeriesReader {
  readonly #series = new Map<string, Labels[]>();
  #startedAtSeconds: number | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #isSkipping = false;
  #bytes = 0;
  #count = 0;
  #isWhole = true;

  /** @returns whether to go on */
  take(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BYTES || this.#count >= MAX_SERIES) {
      this.#isWhole = false;
      return false;
    }
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      if (!this.#isSkipping) this.#takeLine(chunk, from, end);
      this.#isSkipping = false;
      this.#rest = Buffer.alloc(0);
      from = end + 1;
    }
    const left = chunk.subarray(from);
    if (this.#rest.length + left.length > MAX_LINE_BYTES) {
      this.#isSkipping = true;
      this.#rest = Buffer.alloc(0);
    } else if (!this.#isSkipping && left.length > 0) {
      this.#rest = Buffer.concat([this.#rest, left]);
    }
    return true;
  }

  finish(nowMs: number): MetricsReading {
    const started = this.#startedAtSeconds;
    return {
      uptimeSeconds: started === undefined ? undefined : Math.max(0, nowMs / 1000 - started),
      ...(started === undefined ? {} : { startedAtSeconds: started }),
      isWhole: this.#isWhole,
      series: this.#series,
    };
  }

  #takeLine(chunk: Buffer, from: number, end: number): void {
    if (this.#rest.length + end - from > MAX_LINE_BYTES) return;
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk.subarray(from, end)]);
    const [start, stop] = bytes === chunk ? [from, end] : [0, bytes.length];
    // `a` of apiserver_… or `p` of process_…: the most lines are comments or of others.
    if (bytes[start] !== 97 && bytes[start] !== 112) return;
    const nameEnd = findNameEnd(bytes, start, stop);
    const name = bytes.toString('latin1', start, nameEnd);
    if (!wanted.has(name)) return;
    const match = /^(?:\{(.*)\})?\s+(\S+)/.exec(bytes.toString('utf8', nameEnd, stop));
    const value = Number(match?.[2]);
    if (match === null || !(value > 0)) return;
    if (name === START) {
      this.#startedAtSeconds = value;
      return;
    }
    this.#count += 1;
    this.#series.set(name, [...(this.#series.get(name) ?? []), readLabels(match[1] ?? '')]);
  }
}

function findNameEnd(bytes: Buffer, start: number, stop: number): number {
  for (let index = start; index < stop; index += 1) {
    // `{` or a space.
    if (bytes[index] === 123 || bytes[index] === 32) return index;
  }
  return stop;
}

function readLabels(text: string): Labels {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name] = value.replaceAll(/\\(.)/g, (_whole, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}
