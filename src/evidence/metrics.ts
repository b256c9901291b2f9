/**
 * What the metrics of an API server tell about how it was set up: a plugin or an authorizer that has been asked leaves a
 * series. Only those series are kept, however long the answer is.
 *
 * One GET a round, needs `get` on the URL /metrics. Source: k8s.io/apiserver v0.29 to v0.37; the admission metric is
 * stable, the others are alpha and may be absent. What has not been asked since the start leaves no series.
 */
import { messageOf, missingUrl, unusable } from './reading.ts';
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
  /** How often validations of Merlon's own admission policies failed; absent where none is told of. */
  readonly policyChecks?: readonly PolicyCheck[];
}

/**
 * Of one binding and one of its actions. Counted is each validation that fails: a request that breaks five rules of a policy
 * counts five times, and one on trial as any other. Source: [ran] on Kubernetes 1.37.2; beta from 1.30 on.
 */
export interface PolicyCheck {
  readonly binding: string;
  readonly action: 'audit' | 'warn' | 'deny';
  /** Since the process was started; above zero. */
  readonly count: number;
}

export type Labels = Readonly<Record<string, string>>;

/** Sends a GET and hands over the answer as it comes, piece by piece; ends early where `take` returns false. */
export type StreamGet = (
  path: string,
  asked: {
    readonly headers?: Readonly<Record<string, string>>;
    /** Of a name each value in turn. */
    readonly query?: Readonly<Record<string, readonly string[]>>;
  },
  /** Given the bytes between `start` and `end`, which are there only until it returns. */
  take: (bytes: Buffer, start: number, end: number) => boolean,
) => Promise<number>;

export const ADMISSION = 'apiserver_admission_controller_admission_duration_seconds_count';
/** Of each MutatingAdmissionPolicy that was evaluated. */
export const MUTATING_POLICY_CHECKS = 'apiserver_mutating_admission_policy_check_total';
export const VALIDATING_POLICY_CHECKS = 'apiserver_validating_admission_policy_check_total';
export const DECISIONS = 'apiserver_authorization_decisions_total';
export const WEBHOOK_EVALUATIONS = 'apiserver_authorization_webhook_evaluations_total';
export const WEBHOOK_FAIL_OPEN = 'apiserver_authorization_webhook_evaluations_fail_open_total';
export const TOKEN_ISSUERS = 'apiserver_authentication_jwt_authenticator_latency_seconds_count';
export const CLIENT_CERTIFICATES = 'apiserver_client_certificate_expiration_seconds_count';
export const AUDIT_LEVELS = 'apiserver_audit_level_total';
export const TRANSFORMATIONS = 'apiserver_storage_transformation_operations_total';
export const AUTHENTICATION_FILE = 'apiserver_authentication_config_controller_last_config_info';
export const AUTHORIZATION_FILE = 'apiserver_authorization_config_controller_last_config_info';
export const ENCRYPTION_FILE = 'apiserver_encryption_config_controller_last_config_info';
const START = 'process_start_time_seconds';

const wanted: ReadonlySet<string> = new Set([
  ADMISSION,
  MUTATING_POLICY_CHECKS,
  VALIDATING_POLICY_CHECKS,
  DECISIONS,
  // Neither the first nor the last: where a front lets one of them through, nobody is to take the others for absent since the start.
  START,
  WEBHOOK_EVALUATIONS,
  WEBHOOK_FAIL_OPEN,
  TOKEN_ISSUERS,
  CLIENT_CERTIFICATES,
  AUDIT_LEVELS,
  TRANSFORMATIONS,
  AUTHENTICATION_FILE,
  AUTHORIZATION_FILE,
  ENCRYPTION_FILE,
]);

/**
 * Asks for these alone, which spares API servers from Kubernetes 1.37 on to write down all others. Those before answer with everything.
 * Source: prometheus/client_golang v1.24.0, prometheus/promhttp/http.go.
 */
const request = {
  headers: { accept: 'text/plain;version=0.0.4' },
  // The count of a histogram belongs to the histogram.
  query: { 'name[]': [...wanted].map((name) => name.replace(/_count$/, '')) },
};

/** Where most names are already told apart: behind `apiserver_`. */
const TELLING = 10;
/** The names that are wanted, by that byte of theirs. */
const wantedByByte = Map.groupBy(
  [...wanted].map((name) => ({ name, bytes: Buffer.from(name, 'latin1') })),
  ({ bytes }) => bytes[TELLING],
);
const [LINE_BREAK, SPACE, BRACE] = [10, 32, 123];
const NOTHING = Buffer.alloc(0);

/** A busy API server of a large cluster answers with some tens of megabytes. */
const MAX_BYTES = 96 * 1024 * 1024;
/** Longer lines are none of those that are wanted. */
const MAX_LINE_BYTES = 4096;
const MAX_SERIES = 2000;
/** More than Merlon's policies have; others may be called so, too. */
const MAX_POLICY_CHECKS = 200;

export async function collectMetrics(get: StreamGet, nowMs: () => number): Promise<Reading<MetricsReading>> {
  const reader = new SeriesReader();
  try {
    const status = await get('/metrics', request, (bytes, start, end) => reader.take(bytes, start, end));
    return status === 200 ? { read: reader.finish(nowMs()) } : missingUrl('/metrics', status);
  } catch (error) {
    return unusable(`GET /metrics was not answered: ${messageOf(error)}`);
  }
}

/** Reads the text form line by line, and forgets at once what it does not want. */
export class SeriesReader {
  readonly #series = new Map<string, Labels[]>();
  readonly #policyChecks: PolicyCheck[] = [];
  #startedAtSeconds: number | undefined;
  #rest: Buffer = NOTHING;
  #isSkipping = false;
  #bytes = 0;
  #count = 0;
  #isWhole = true;

  /** @returns whether to go on */
  take(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes += end - start;
    if (this.#bytes > MAX_BYTES || this.#count >= MAX_SERIES) {
      this.#isWhole = false;
      return false;
    }
    let at = start;
    if (this.#rest.length > 0 || this.#isSkipping) {
      const lineEnd = findLineEnd(bytes, start, end);
      if (lineEnd === undefined) {
        this.#keep(bytes.subarray(start, end));
        return true;
      }
      if (!this.#isSkipping) {
        const line = Buffer.concat([this.#rest, bytes.subarray(start, lineEnd)]);
        this.#takeLine(line, 0, line.length);
      }
      this.#isSkipping = false;
      this.#rest = NOTHING;
      at = lineEnd + 1;
    }
    for (let lineEnd = findLineEnd(bytes, at, end); lineEnd !== undefined; lineEnd = findLineEnd(bytes, at, end)) {
      this.#takeLine(bytes, at, lineEnd);
      at = lineEnd + 1;
    }
    this.#keep(bytes.subarray(at, end));
    return true;
  }

  finish(nowMs: number): MetricsReading {
    const started = this.#startedAtSeconds;
    return {
      uptimeSeconds: started === undefined ? undefined : Math.max(0, nowMs / 1000 - started),
      ...(started === undefined ? {} : { startedAtSeconds: started }),
      isWhole: this.#isWhole,
      series: this.#series,
      ...(this.#policyChecks.length === 0 ? {} : { policyChecks: this.#policyChecks }),
    };
  }

  /** Those of other people's policies may be many, and are not asked about. */
  #notePolicyCheck({ policy_binding: binding = '', enforcement_action: asked }: Labels, count: number): void {
    const action = actions.find((one) => one === asked);
    if (action === undefined || !binding.startsWith(OWN_POLICIES)) return;
    if (this.#policyChecks.length < MAX_POLICY_CHECKS) this.#policyChecks.push({ binding, action, count });
  }

  /** The begin of a line, of which the end is still to come. */
  #keep(part: Buffer): void {
    if (this.#rest.length + part.length > MAX_LINE_BYTES) {
      this.#isSkipping = true;
      this.#rest = NOTHING;
    } else if (!this.#isSkipping && part.length > 0) {
      this.#rest = Buffer.concat([this.#rest, part]);
    }
  }

  /** Of many thousands some are wanted: the others cost a look at one of their bytes. */
  #takeLine(bytes: Buffer, start: number, end: number): void {
    const candidates = wantedByByte.get(bytes[start + TELLING]);
    if (candidates === undefined || end - start > MAX_LINE_BYTES) return;
    const found = candidates.find((one) => isNamed(bytes, start, end, one.bytes));
    if (found === undefined) return;
    const { name } = found;
    const match = /^(?:\{(.*)\})?\s+(\S+)/.exec(bytes.toString('utf8', start + name.length, end));
    const value = Number(match?.[2]);
    if (match === null || !(value > 0)) return;
    if (name === START) {
      this.#startedAtSeconds = value;
      return;
    }
    if (name === VALIDATING_POLICY_CHECKS) {
      this.#notePolicyCheck(readLabels(match[1] ?? ''), value);
      return;
    }
    this.#count += 1;
    this.#series.set(name, [...(this.#series.get(name) ?? []), readLabels(match[1] ?? '')]);
  }
}

/** What such names begin with. */
const OWN_POLICIES = 'merlon-';
const actions = ['audit', 'warn', 'deny'] as const satisfies readonly PolicyCheck['action'][];

/** @returns undefined where it is not there yet */
function findLineEnd(bytes: Buffer, start: number, end: number): number | undefined {
  const at = bytes.indexOf(LINE_BREAK, start);
  return at === -1 || at >= end ? undefined : at;
}

/** Whether a line is of a series of that name: labels or a value follow. */
function isNamed(bytes: Buffer, start: number, end: number, name: Buffer): boolean {
  const nameEnd = start + name.length;
  if (nameEnd >= end || (bytes[nameEnd] !== BRACE && bytes[nameEnd] !== SPACE)) return false;
  return bytes.compare(name, 0, name.length, start, nameEnd) === 0;
}

/** Up to the first that is none: whoever looked on from every letter would take a time that grows with the square. */
function readLabels(text: string): Labels {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/[,\s]*([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gy)) {
    labels[name] = value.replaceAll(/\\(.)/g, (_whole, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}
