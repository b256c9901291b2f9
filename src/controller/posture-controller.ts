/**
 * Keeps the postures true: takes a key from the queue, judges that scope on what is known now, and writes only what
 * differs from what stands. Level-based: a key says what to look at, never what happened.
 */
import type { POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import type { Clock } from '../core/clock.ts';
import { kindNames } from '../core/kinds.ts';
import { namespacesOf } from '../core/judge.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Observation } from '../core/snapshot.ts';
import { NOT_LOOKED } from './enforced-condition.ts';
import { adviceSources } from '../pod-security/level-advisor.ts';
import { DayWatch } from './day-watch.ts';
import { ChangeRouter, isExemptionKey, isPolicyKey, namespaceKey } from './enqueue.ts';
import type { Key } from './enqueue.ts';
import type { Log } from '../core/log.ts';
import { enforcerSources } from '../enforcement/plan/enforcers.ts';
import { Exemptions } from './exemptions.ts';
import type { ExemptionKind } from './exemptions.ts';
import { PathChanges } from './path-changes.ts';
import { Policies } from './policies.ts';
import type { Enforcement, Repairs } from './posture-contributors.ts';
import { PostureStore } from './posture-store.ts';
import type { PostureKind, PostureScope } from './posture-store.ts';
import { PostureUpdates } from './posture-updates.ts';
import type { PostureWriter } from './posture-writer.ts';
import { ScopeJudge } from './scope-judge.ts';
import { ClusterStore } from './store.ts';
import type { Change } from './store.ts';
import { WorkQueue } from './work-queue.ts';
import type { WorkQueueOptions } from './work-queue.ts';

export interface PostureControllerOptions {
  readonly rules: readonly AnyRule[];
  readonly writer: PostureWriter;
  readonly repairs?: Repairs;
  readonly enforcement?: Enforcement;
  /** Whether this process is the one that writes, at this very moment. */
  readonly mayWrite: () => boolean;
  readonly log: Log;
  readonly queue: Omit<WorkQueueOptions, 'onError'> & { readonly clock: Clock };
  /** The present moment as RFC 3339 with second precision. */
  readonly timestamp: () => string;
  /** Least time between two writes of one object, in milliseconds. */
  readonly writeIntervalMs: number;
  /** How long a write that was refused, or that found its object gone, is left alone before it is tried again. */
  readonly refusedRetryMs: number;
}

export class PostureController {
  readonly cluster: ClusterStore;
  readonly postures: PostureStore;
  readonly policies: Policies;
  readonly exemptions: Exemptions;
  readonly scopeJudge: ScopeJudge;

  readonly #options: PostureControllerOptions;
  readonly #router: ChangeRouter;
  readonly #queue: WorkQueue<Key>;
  readonly #updates: PostureUpdates;
  readonly #pathChanges = new PathChanges();
  readonly #days: DayWatch;
  #isRunning = false;

  constructor(options: PostureControllerOptions) {
    const { rules, log } = options;
    this.#options = options;
    this.#router = new ChangeRouter(rules, [...adviceSources, ...enforcerSources]);
    this.cluster = new ClusterStore((change) => {
      this.#noteChange(change);
    });
    this.#days = new DayWatch(options.queue.clock, (day) => {
      this.cluster.setToday(day);
    });
    this.postures = new PostureStore(
      (scope) => {
        this.#add(scope);
      },
      () => options.queue.clock.now(),
    );
    this.#updates = new PostureUpdates({
      ...options,
      postures: this.postures,
      clock: options.queue.clock,
      onRefusals: () => {
        this.#add('cluster');
      },
      retryLater: (scope) => {
        this.#queue.addAfter(scope, options.refusedRetryMs);
      },
    });
    const statuses = {
      ...options,
      add: (key: Key) => {
        this.#add(key);
      },
      forget: (key: Key) => {
        this.#queue.forget(key);
      },
      retryLater: (key: Key) => {
        this.#queue.addAfter(key, options.refusedRetryMs);
      },
    };
    this.policies = new Policies({
      ...statuses,
      enforced: () => (options.enforcement === undefined ? NOT_LOOKED : options.enforcement.summary()),
      clock: options.queue.clock,
      snapshot: this.cluster,
    });
    this.exemptions = new Exemptions({
      ...statuses,
      clock: options.queue.clock,
      namespaces: () => namespacesOf(this.cluster),
    });
    this.scopeJudge = new ScopeJudge({
      ...options,
      cluster: this.cluster,
      policies: this.policies,
      exemptions: this.exemptions,
    });
    this.#queue = new WorkQueue<Key>(
      {
        ...options.queue,
        // However many of these have something to be said in their status, the postures come first.
        mayWait: (key) => isExemptionKey(key as Key) || isPolicyKey(key as Key),
        onError: (key, error) => {
          log.warn('will be tried again', { key, error: String(error) });
        },
      },
      (key) => this.#reconcile(key),
    );
  }

  /** Starts to judge and to write. Call it when every source is read or refused: nobody may read "0 findings" before. */
  start(): void {
    this.#isRunning = true;
    this.#days.start();
    this.#takeFirstPaths();
    this.#addAll();
    this.policies.review('all');
    this.policies.attestations.start();
    this.exemptions.start();
  }

  /** Everybody is about to be judged by what stands now: from here on it is compared. */
  #takeFirstPaths(): void {
    try {
      this.#pathChanges.take(this.cluster);
    } catch (error) {
      this.#options.log.warn('will be tried again', { key: 'paths', error: String(error) });
    }
  }

  /** Stops; resolves when no write is under way. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#days.stop();
    this.policies.attestations.stop();
    this.exemptions.stop();
    await this.#queue.stop();
  }

  /** Resolves when everything is judged and written. */
  async whenIdle(): Promise<void> {
    await this.#queue.whenIdle();
  }

  /** Takes note of how well the policies can be read. */
  observePolicies(observation: Observation<typeof POLICY_KIND>): void {
    this.policies.observe(observation);
    this.#addAll();
  }

  /** The same of the policies of namespaces. */
  observeOwnPolicies(observation: Observation<typeof OWN_POLICY_KIND>): void {
    this.policies.ownInput = observation;
    this.#addAll();
  }

  /** The same of exemptions. */
  observeExemptions(observation: Observation<ExemptionKind>): void {
    this.exemptions.observe(observation);
    this.#addAll();
  }

  /**
   * Takes note of whether it is known which postures stand. Without their kind, or the right to read it, none can be
   * written; when it is back, everything is due.
   */
  observePostures(of: PostureKind, isKnown: boolean): void {
    this.#updates.observe(of, isKnown);
    if (isKnown) this.#addAll();
  }

  /** What has become of what is to be enforced is something else now. */
  reviewEnforcement(): void {
    this.#add('cluster');
    for (const { object } of this.policies.ofCluster.states()) {
      if (object.spec.enforcement !== undefined) this.#add(`policy/${object.metadata.name}`);
    }
  }

  /** Something that a posture says besides its findings is different now. */
  review(scope: PostureScope): void {
    this.#add(scope);
  }

  /** Reports written since the start, for metrics and tests. */
  get writes(): number {
    return this.#updates.writes;
  }

  /** Why what stands in the cluster may be older than what is known here; empty while all is well. */
  get trouble(): string {
    const kinds = kindNames.map((kind) => this.cluster.observation(kind));
    const unread = [...kinds, this.policies.input, this.policies.ownInput, ...this.exemptions.inputs]
      .filter(({ state }) => state !== 'observed')
      .map(({ message }) => message);
    return [...this.#updates.troubles, ...unread].join('; ');
  }

  #noteChange(change: Change): void {
    if (!this.#isRunning) return;
    this.#options.repairs?.noteChange(change);
    this.#options.enforcement?.noteChange(change);
    for (const key of this.#router.keysOf(change, () => this.scopeJudge.namespaces)) this.#queue.add(key);
    if (change.source === 'Evidence') this.policies.attestations.review();
    // How many namespaces a policy selects stands in its status.
    if (change.source === 'Namespace') {
      this.policies.review(change.namespace === '' ? 'all' : new Set([change.namespace]));
    }
  }

  #add(key: Key): void {
    if (this.#isRunning) this.#queue.add(key);
  }

  #addAll(): void {
    this.#add('cluster');
    this.#add('paths');
    for (const namespace of this.scopeJudge.namespaces) this.#add(namespaceKey(namespace));
  }

  /** @returns how long this key is left alone now, in milliseconds: 0 where nothing was written, undefined where it is too early */
  #reconcile(key: Key): Promise<number | undefined> {
    if (key === 'cluster') return this.#reconcileCluster();
    if (key === 'paths') return Promise.resolve(this.#reconcilePaths());
    if (isExemptionKey(key)) {
      // What is exempt is let through, and refused again from when the exemption ends.
      this.#options.enforcement?.review();
      return this.exemptions.reconcile(key);
    }
    // What a namespace may exempt of what is enforced, policies of that namespace alone may say.
    if (isPolicyKey(key)) this.#options.enforcement?.review();
    return isPolicyKey(key) ? this.policies.reconcile(key) : this.#reconcileNamespace(key.slice('namespace/'.length));
  }

  async #reconcileNamespace(namespace: string): Promise<number> {
    const scope = namespaceKey(namespace);
    const judged = this.scopeJudge.judge({ namespace });
    this.exemptions.noteJudged(scope, judged);
    this.#options.repairs?.noteJudged(scope, judged);
    if (judged === undefined) {
      this.#updates.forget(scope);
      this.#queue.forget(scope);
      if (this.scopeJudge.noteVerdict(namespace, undefined)) this.#add('cluster');
      return 0;
    }
    const status = this.scopeJudge.describeNamespace(namespace, judged, {
      remediated: this.#options.repairs?.conditionOf(scope),
      planned: this.#options.enforcement?.planned(),
    });
    if (this.scopeJudge.noteVerdict(namespace, status.compliant)) this.#add('cluster');
    return this.#updates.update(scope, status);
  }

  /** Most changes leave everybody where they were; the namespaces of the others are judged again. */
  #reconcilePaths(): number {
    this.#add('cluster');
    for (const namespace of this.#pathChanges.take(this.cluster)) this.#add(namespaceKey(namespace));
    return this.#options.writeIntervalMs;
  }

  async #reconcileCluster(): Promise<number | undefined> {
    const { enforcement } = this.#options;
    // Policies concern the cluster: whatever changes of them brings this key here.
    enforcement?.review();
    const enforced = enforcement === undefined ? NOT_LOOKED : enforcement.summary();
    // It asks for this again as soon as it has looked.
    if (enforced === undefined) return undefined;
    // The roll-up is written when it is whole; each verdict on a namespace asks for it again.
    if (!this.scopeJudge.isWhole) return undefined;
    const judged = this.scopeJudge.judge('cluster');
    this.exemptions.noteJudged('cluster', judged);
    this.#options.repairs?.noteJudged('cluster', judged);
    if (judged === undefined) return 0;
    const status = this.scopeJudge.describeCluster(judged, {
      remediated: this.#options.repairs?.conditionOf('cluster'),
      refusals: [...this.#updates.refusals],
      enforced,
      planned: enforcement?.planned(),
    });
    return this.#updates.update('cluster', status);
  }
}
