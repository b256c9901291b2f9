/** An API server that answers little, and counts what it is asked. */
import type { ServerAccess } from '../../src/evidence/server-access.ts';

export class FakeServer {
  readonly asked: string[] = [];
  readonly access: ServerAccess;
  /** Whether every request fails. */
  isAway = false;
  /** Why nobody is there who shows to be an API server; undefined where somebody is. */
  unreached: string | undefined;
  minor = 37;
  startedAtSeconds = 1_795_000_000;

  constructor(instance: string, options: { readonly mayBeAskedAnonymously?: boolean } = {}) {
    const { mayBeAskedAnonymously = true } = options;
    const answer = <T>(what: string, result: T): Promise<T> => {
      this.asked.push(what);
      return this.isAway ? Promise.reject(new Error('nobody is there')) : Promise.resolve(result);
    };
    this.access = {
      instance,
      get: (path) => answer(path, { status: path === '/version' ? 200 : 403, body: `{"minor":"${this.minor}"}` }),
      stream: (path, _headers, take) => {
        take(Buffer.from(`process_start_time_seconds ${this.startedAtSeconds}\n`));
        return answer(path, 200);
      },
      review: () => answer('review', { outcome: 'forbidden' }),
      whoAmI: () => answer('whoAmI', undefined),
      anonymousGet: mayBeAskedAnonymously
        ? (path) => answer(`anonymous ${path}`, { status: 401, body: '' })
        : undefined,
      handshake: () => {
        this.asked.push('handshake');
        return Promise.resolve({ outcome: 'refused' });
      },
      whyUnreached: () => Promise.resolve(this.unreached),
      close: () => {
        this.asked.push('close');
      },
    };
  }

  count(what: string): number {
    return this.asked.filter((one) => one.startsWith(what)).length;
  }
}
