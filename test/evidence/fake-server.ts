/** An API server that answers little, and counts what it is asked. */
import { probeGuardBindingSpec, probeGuardSpec } from '../../src/core/probe-guard.ts';
import type { TrialAnswer } from '../../src/evidence/probe-answers.ts';
import type { ProbePod } from '../../src/evidence/probe-pods.ts';
import type { ServerAccess } from '../../src/evidence/server-access.ts';
import { handReused } from '../support/reused-memory.ts';

export interface FakeServerOptions {
  readonly mayBeAskedAnonymously?: boolean;
  /** Whether the guard of trials stands, and pods may be tried. */
  readonly hasTrials?: boolean;
}

export class FakeServer {
  readonly asked: string[] = [];
  readonly access: ServerAccess;
  /** Whether every request fails. */
  isAway = false;
  /** Why nobody is there who shows to be an API server; undefined where somebody is. */
  unreached: string | undefined;
  /** What Merlon itself fails with when it shakes hands with it; undefined where it does not. */
  fault: Error | undefined;
  minor = 37;
  startedAtSeconds = 1_795_000_000;
  /** As /statusz tells it; undefined where that may not be seen. */
  statusStart: string | undefined;

  constructor(instance: string, options: FakeServerOptions = {}) {
    const { mayBeAskedAnonymously = true, hasTrials = false } = options;
    const answer = <T>(what: string, result: T): Promise<T> => {
      this.asked.push(what);
      return this.isAway ? Promise.reject(new Error('nobody is there')) : Promise.resolve(result);
    };
    this.access = {
      instance,
      get: (path) => {
        if (hasTrials && path.includes('/validatingadmissionpolic')) {
          const spec = path.includes('bindings/') ? probeGuardBindingSpec : probeGuardSpec;
          return answer(path, { status: 200, body: JSON.stringify({ spec }) });
        }
        if (path === '/statusz' && this.statusStart !== undefined) {
          const shown = { kind: 'Statusz', startTime: this.statusStart, binaryVersion: '1.37.2' };
          return answer(path, { status: 200, body: JSON.stringify(shown) });
        }
        return answer(path, { status: path === '/version' ? 200 : 403, body: `{"minor":"${this.minor}"}` });
      },
      ...(hasTrials
        ? { tryPod: (_namespace: string, pod: object) => answer('try', answerTrial(pod as ProbePod)) }
        : {}),
      stream: (path, _asked, take) => {
        handReused(Buffer.from(`process_start_time_seconds ${this.startedAtSeconds}\n`), take);
        return answer(path, 200);
      },
      review: () => answer('review', { outcome: 'forbidden' }),
      whoAmI: () => answer('whoAmI', { outcome: 'notServed' }),
      anonymousGet: mayBeAskedAnonymously
        ? (path) => answer(`anonymous ${path}`, { status: 401, body: '' })
        : undefined,
      handshake: () => {
        this.asked.push('handshake');
        if (this.fault !== undefined) throw this.fault;
        return Promise.resolve({ outcome: 'refused' });
      },
      whyUnreached: () => Promise.resolve(this.unreached === undefined ? undefined : { missing: this.unreached }),
      close: () => {
        this.asked.push('close');
      },
    };
  }

  count(what: string): number {
    return this.asked.filter((one) => one.startsWith(what)).length;
  }
}

/** With AlwaysPullImages on. */
export function answerTrial({ metadata: { name, labels }, spec }: ProbePod): TrialAnswer {
  const message = `pods "${name}" is forbidden: ValidatingAdmissionPolicy 'merlon-probes' with binding 'merlon-probes' denied request: this guard stands, and the namespace warns at restricted`;
  if (labels !== undefined) return { status: 403, body: JSON.stringify({ kind: 'Status', message }), warning: '' };
  const containers = [{ imagePullPolicy: 'Always' }];
  return { status: 201, body: JSON.stringify({ kind: 'Pod', spec: { ...spec, containers } }), warning: '' };
}
