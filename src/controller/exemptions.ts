/**
 * Exemptions in the operator: which scopes are judged again when one comes, goes or ends, and the status of each, written
 * only when it says something else than what stands.
 */
import { EXEMPTION_KIND } from '../api/v1alpha1/cluster-hardening-exemption.ts';
import { OWN_EXEMPTION_KIND } from '../api/v1alpha1/hardening-exemption.ts';
import type { Clock } from '../core/clock.ts';
import { concernsNamespace } from '../core/exemption.ts';
import type { Exemption, JudgedExemption } from '../core/exemption.ts';
import type { GivenExemptions } from '../core/exemption-matcher.ts';
import { buildExemptionStatus, NOTHING_MATCHED } from '../core/exemption-status.ts';
import type { AnyRule } from '../core/rule.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Observation } from '../core/snapshot.ts';
import type { Judged } from '../core/status.ts';
import { compareText } from '../core/subject-ref.ts';
import { exemptionKey, ExemptionStore } from './exemption-store.ts';
import type { ExemptionKey } from './exemption-store.ts';
import { ExemptionUses } from './exemption-uses.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import type { PostureScope } from './posture-store.ts';
import { StatusUpdates } from './status-updates.ts';
import type { StatusUpdatesOptions } from './status-updates.ts';

const NO_USES: NonNullable<Judged['exemptions']> = new Map();

export type ExemptionKind = typeof EXEMPTION_KIND | typeof OWN_EXEMPTION_KIND;

export interface ExemptionsOptions extends StatusUpdatesOptions<ExemptionKey> {
  readonly rules: readonly AnyRule[];
  readonly clock: Clock;
  /** Every namespace that has a posture. */
  readonly namespaces: () => readonly string[];
  /** Asks for a scope to be judged, or for a status to be looked at. */
  readonly add: (key: PostureScope | ExemptionKey) => void;
}

export class Exemptions {
  readonly #options: ExemptionsOptions;
  readonly #store: ExemptionStore;
  readonly #uses = new ExemptionUses();
  readonly #statuses: StatusUpdates<ExemptionKey>;
  readonly #expiry: ExpiryWatch<Exemption>;
  /** Scopes whose last judgement is older than some exemption: until then nobody knows what comes of it. */
  readonly #stale = new Set<PostureScope>();
  /** Of each scope, and of all together, the exemptions whose status waits for that. */
  readonly #waiting = new Map<PostureScope | 'all', Set<ExemptionKey>>();
  /** How well they can be read, by kind. */
  readonly #inputs = new Map<ExemptionKind, Observation<ExemptionKind>>(
    ([EXEMPTION_KIND, OWN_EXEMPTION_KIND] as const).map(
      (source) => [source, { source, state: 'pending', message: 'not read yet' }] as const,
    ),
  );
  #ofEnforcement: { readonly isOwnRead: boolean; readonly judged: readonly JudgedExemption[] } | undefined;
  #isRunning = false;

  constructor(options: ExemptionsOptions) {
    this.#options = options;
    this.#statuses = new StatusUpdates(options);
    this.#store = new ExemptionStore(options.rules, ({ key, before, after }) => {
      this.#ofEnforcement = undefined;
      if (!this.#isRunning) return;
      for (const exemption of [before, after]) if (exemption !== undefined) this.#markStale(exemption);
      if (after !== undefined) this.#expiry.add(after);
      options.add(key);
    });
    this.#expiry = new ExpiryWatch({
      clock: options.clock,
      items: () => this.#store.table.all(),
      onExpired: (exemptions) => {
        for (const exemption of exemptions) {
          this.#markStale(exemption);
          options.add(keyOf(exemption));
        }
      },
    });
  }

  get store(): Pick<ExemptionStore, 'upsert' | 'remove'> {
    return this.#store;
  }

  /** Takes note of how well one kind can be read. */
  observe(observation: Observation<ExemptionKind>): void {
    this.#inputs.set(observation.source, observation);
  }

  get inputs(): readonly Observation[] {
    return [...this.#inputs.values()];
  }

  /**
   * Those that may be heard where something is enforced, the oldest first; undefined where those of the cluster could not be
   * read. Those of namespaces that could not be read exempt nothing. The same list as long as they say the same.
   */
  ofEnforcement(): readonly JudgedExemption[] | undefined {
    if (this.#inputs.get(EXEMPTION_KIND)?.state !== 'observed') return undefined;
    const isOwnRead = this.#inputs.get(OWN_EXEMPTION_KIND)?.state === 'observed';
    if (this.#ofEnforcement?.isOwnRead !== isOwnRead)
      this.#ofEnforcement = { isOwnRead, judged: this.#list(isOwnRead) };
    return this.#ofEnforcement.judged;
  }

  #list(withOwn: boolean): readonly JudgedExemption[] {
    return [...this.#store.keys()]
      .filter((key) => withOwn || key.startsWith('exemption/'))
      .flatMap((key) => this.#store.get(key) ?? [])
      .toSorted(({ object: { metadata: a } }, { object: { metadata: b } }) => {
        return (
          compareText(a.creationTimestamp ?? '', b.creationTimestamp ?? '') ||
          compareText(a.name, b.name) ||
          compareText(a.namespace ?? '', b.namespace ?? '')
        );
      });
  }

  /** As they are at this moment. */
  given(): GivenExemptions {
    return { table: this.#store.table, inputs: this.inputs, nowMs: this.#options.clock.wallTimeMs() };
  }

  /** Everything is about to be judged. */
  start(): void {
    this.#isRunning = true;
    if (!this.#store.table.isEmpty) {
      this.#stale.add('cluster');
      for (const namespace of this.#options.namespaces()) this.#stale.add(`namespace/${namespace}`);
    }
    this.#expiry.start();
    for (const key of this.#store.keys()) this.#options.add(key);
  }

  stop(): void {
    this.#isRunning = false;
    this.#expiry.stop();
  }

  /** A scope was judged; without a judgement it is gone. */
  noteJudged(scope: PostureScope, judged: Judged | undefined): void {
    this.#stale.delete(scope);
    if (judged === undefined) {
      for (const exemption of this.#uses.forgetScope(scope)) this.#review(keyOf(exemption));
    } else {
      const { exemptions = NO_USES, policy } = judged;
      const { changed, areTermsNew } = this.#uses.note(scope, exemptions, policy.exemptions);
      for (const exemption of changed) this.#review(keyOf(exemption));
      if (areTermsNew) for (const key of this.#keysOf(scope)) this.#review(key);
    }
    this.#release(scope);
    if (this.#stale.size === 0) this.#release('all');
  }

  /** What policy says there is about them: of the namespace itself, and of the cluster. */
  *#keysOf(scope: PostureScope): Generator<ExemptionKey> {
    const own = scope === 'cluster' ? undefined : `own-exemption/${scope.slice('namespace/'.length)}/`;
    for (const key of this.#store.keys()) {
      if (key.startsWith('exemption/') || (own !== undefined && key.startsWith(own))) yield key;
    }
  }

  #review(key: ExemptionKey): void {
    if (this.#store.get(key) !== undefined) this.#options.add(key);
  }

  /** Only the scopes that it may be about are judged again. */
  #markStale(exemption: Exemption): void {
    const mark = (scope: PostureScope): void => {
      this.#stale.add(scope);
      this.#options.add(scope);
    };
    const { namespace } = exemption;
    if (namespace !== undefined) {
      mark(`namespace/${namespace}`);
      // Another one may count now, or not any more.
      for (const key of this.#keysOf(`namespace/${namespace}`)) {
        if (key.startsWith('own-exemption/')) this.#options.add(key);
      }
      return;
    }
    mark('cluster');
    for (const one of this.#options.namespaces()) if (concernsNamespace(exemption, one)) mark(`namespace/${one}`);
  }

  /** @returns how long this exemption is left alone now, in milliseconds: 0 where nothing was written */
  async reconcile(key: ExemptionKey): Promise<number> {
    const judged = this.#store.get(key);
    if (judged === undefined) {
      this.#statuses.forget(key);
      return 0;
    }
    const { object, exemption } = judged;
    // What stands there now nobody knows; when it can be read again, every scope is judged anew.
    const input = this.#inputs.get(object.kind);
    if (input !== undefined && !isReadable(input)) return 0;
    const { namespace } = object.metadata;
    const scope = namespace === undefined ? 'all' : (`namespace/${namespace}` as const);
    if (exemption !== undefined && (scope === 'all' ? this.#stale.size > 0 : this.#stale.has(scope))) {
      this.#wait(scope, key);
      return 0;
    }
    const { rules, clock, timestamp } = this.#options;
    return this.#statuses.update(key, object, () =>
      buildExemptionStatus(
        judged,
        {
          tally: exemption === undefined ? NOTHING_MATCHED : this.#uses.tallyOf(exemption),
          isCounted: exemption === undefined || this.#store.table.isCounted(exemption),
          terms: this.#uses.termsOf(scope === 'all' ? 'anywhere' : scope),
          rules,
          nowMs: clock.wallTimeMs(),
        },
        timestamp(),
      ),
    );
  }

  #wait(scope: PostureScope | 'all', key: ExemptionKey): void {
    const waiting = this.#waiting.get(scope) ?? new Set<ExemptionKey>();
    waiting.add(key);
    this.#waiting.set(scope, waiting);
  }

  #release(scope: PostureScope | 'all'): void {
    const waiting = this.#waiting.get(scope);
    if (waiting === undefined) return;
    this.#waiting.delete(scope);
    for (const key of waiting) this.#review(key);
  }
}

function keyOf({ namespace, name }: Exemption): ExemptionKey {
  return exemptionKey({ metadata: { name, ...(namespace === undefined ? {} : { namespace }) } });
}
