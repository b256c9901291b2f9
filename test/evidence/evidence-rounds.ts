/** Rounds of evidence of API servers that a test lets come, go and answer as it likes. */
import { isObserved, reasonUnobserved } from '../../src/core/evidence.ts';
import type { ServerEvidence } from '../../src/core/evidence.ts';
import type { DeclaredObjects } from '../../src/evidence/declared/control-plane-objects.ts';
import { EvidenceLoop } from '../../src/evidence/evidence-loop.ts';
import { ServerSet } from '../../src/evidence/server-set.ts';
import type { FoundServers } from '../../src/evidence/server-set.ts';
import { FakeClock } from '../controller/fake-clock.ts';
import { silentLog } from '../kube/reflector-fixture.ts';
import { objectsOf } from './declared/stated-objects.ts';
import { FakeServer } from './fake-server.ts';
import type { FakeServerOptions } from './fake-server.ts';

const minuteMs = 60_000;
const soon = { settleMs: 3_000, leastMs: 30_000 };

/** Rounds of a cluster whose API servers come and go. */
export class Rounds {
  readonly clock = new FakeClock();
  readonly configured: FakeServer;
  readonly seen: { readonly servers: readonly ServerEvidence[]; readonly doubt: string | undefined }[] = [];
  readonly loop: EvidenceLoop;
  /** By address. */
  readonly #servers: ReadonlyMap<string, FakeServer>;
  found: FoundServers;
  searches = 0;
  declared: DeclaredObjects = objectsOf([]);
  declarations = 0;
  mutators: readonly string[] = [];
  listener: () => void = () => undefined;
  readonly logged: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];

  constructor(servers: readonly FakeServer[] = [], options: FakeServerOptions = {}) {
    const note = (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      this.logged.push({ message, fields });
    };
    this.configured = new FakeServer('vip:443', options);
    this.#servers = new Map(servers.map((server) => [server.access.instance, server]));
    this.found = { addresses: [...this.#servers.keys()] };
    this.loop = new EvidenceLoop({
      servers: new ServerSet({
        configured: this.configured.access,
        configuredAddress: 'vip:443',
        find: () => {
          this.searches += 1;
          return Promise.resolve(this.found);
        },
        open: (address) => {
          const server = this.#servers.get(address);
          if (server === undefined) throw new Error(`no server at ${address}`);
          return server.access;
        },
      }),
      intervals: { intervalMs: 10 * minuteMs, slowIntervalMs: 60 * minuteMs, retryMs: minuteMs, ...soon },
      clock: this.clock,
      log: { ...silentLog, info: note, warn: note, error: note },
      declared: () => {
        this.declarations += 1;
        return Promise.resolve(this.declared);
      },
      nonce: () => 'x',
      reviewers: () => ({ read: { mutators: this.mutators, webhooks: [] } }),
      onEvidence: (evidence, doubt) => {
        this.seen.push({ servers: evidence, doubt });
        this.listener();
      },
    });
  }

  /** The version of each as it was told last, or why it is not known. */
  get versions(): Readonly<Record<string, unknown>> {
    const { servers = [] } = this.seen.at(-1) ?? {};
    return Object.fromEntries(
      servers.map(({ instance, evidence: { minorVersion } }) => [
        instance,
        isObserved<{ readonly value: number }>(minorVersion) ? minorVersion.value : reasonUnobserved(minorVersion),
      ]),
    );
  }
}
