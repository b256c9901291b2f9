/**
 * Keeps the postures true: takes a key from the queue, judges that scope on what is known now, and writes only what
 * differs from what stands. Level-based: a key says what to look at, never what happened.
 */
import { POLICY_KIND } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { OWN_POLICY_KIND } from '../api/v1alpha1/hardening-policy.ts';
import { Evaluator } from '../core/evaluate.ts';
import type { Clock } from '../core/clock.ts';
import type { AnyExemption } from '../core/exemption.ts';
import type { Scope } from '../core/subjects.ts';
import { kindNames } from '../core/kinds.ts';
import { findPolicies, judgeScope, labelsOf, namespacesOf, remediationSayOf } from '../core/judge.ts';
import { judgeOwnPolicy } from '../core/own-policy.ts';
import type { JudgedOwnPolicy } from '../core/own-policy.ts';
import type { AcceptedPolicy } from '../core/policy.ts';
import { judgePolicy } from '../core/policy-status.ts';
import type { JudgedPolicy } from '../core/policy-status.ts';
import type { Verdict } from '../core/posture.ts';
import type { RemediationSay } from '../core/remediation-terms.ts';
import type { AnyRule } from '../core/rule.ts';
import type { Observation } from '../core/snapshot.ts';
import { buildStatus, stampTimes } from '../core/status.ts';
import type { Judged, UntimedCondition, UntimedStatus } from '../core/status.ts';
import { buildClusterStatus } from '../core/cluster-status.ts';
import { adviceSources, adviseLevel } from '../pod-security/level-advisor.ts';
import { buildNamespaceStatus } from '../pod-security/namespace-status.ts';
import { countAdminPaths } from '../rbac/admin-paths.ts';
import { ChangeRouter, isExemptionKey, isPolicyKey, namespaceKey } from './enqueue.ts';
import type { Key } from './enqueue.ts';
import type { Log } from '../core/log.ts';
import { Exemptions } from './exemptions.ts';
import type { ExemptionKind } from './exemptions.ts';
import { PolicyStatuses } from './policy-statuses.ts';
import type { AnyPolicy } from './policy-statuses.ts';
import { PathChanges } from './path-changes.ts';
import { findReach } from './policy-reach.ts';
import { PolicyStore } from './policy-store.ts';
import type { PolicyChange } from './policy-store.ts';
import { digestOf, digestsOf, postureKindOf, PostureStore } from './posture-store.ts';
import type { PostureKind, PostureObject, PostureScope } from './posture-store.ts';
import { RestoreBackoff } from './restore-backoff.ts';
import { ClusterStore } from './store.ts';
import type { Change } from './store.ts';
import { WorkQueue } from './work-queue.ts';
import type { WorkQueueOptions } from './work-queue.ts';

export type AnyOwned = AnyPolicy | AnyExemption;

/** What became of a write. Anything that is not foreseen is thrown. */
export type WriteResult<T> =
  | { readonly outcome: 'written'; readonly object: T }
  /** Somebody wrote first; the watch will show what. */
  | { readonly outcome: 'conflict' }
  /** The object, its namespace or its kind is gone, or its namespace is going. */
  | { readonly outcome: 'gone' }
  /** Refused for good, by a quota or an admission policy; the message says by which. */
  | { readonly outcome: 'refused'; readonly message: string };

/** The only way out: three kinds of write, all of Merlon's own objects. */
export interface PostureWriter {
  createPosture(scope: PostureScope): Promise<WriteResult<PostureObject>>;
  replacePostureStatus(
    scope: PostureScope,
    resourceVersion: string,
    status: object,
  ): Promise<WriteResult<PostureObject>>;
  /** Of what people own: policies and exemptions. */
  replacePolicyStatus(owned: AnyOwned, status: object): Promise<WriteResult<unknown>>;
}

/** Who repairs what was found. */
export interface Repairs {
  /** A namespace was judged; without a judgement it is gone. */
  noteJudged(namespace: string, judged: Judged | undefined): void;
  /** What its posture says of repairs. */
  conditionOf(namespace: string): UntimedCondition;
  /** Something that rules can see is different now. */
  noteChange(change: Change): void;
}

export interface PostureControllerOptions {
  readonly rules: readonly AnyRule[];
  readonly writer: PostureWriter;
  readonly repairs?: Repairs;
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
  readonly policies: PolicyStore<JudgedPolicy>;
  /** Those of namespaces. */
  readonly ownPolicies: PolicyStore<JudgedOwnPolicy>;
  readonly exemptions: Exemptions;
  readonly evaluator: Evaluator;
  /** Reports written since the start, for metrics and tests. */
  writes = 0;
  ruleErrors = 0;

  readonly #options: PostureControllerOptions;
  readonly #router: ChangeRouter;
  readonly #queue: WorkQueue<Key>;
  readonly #verdicts = new Map<string, Verdict>();
  readonly #refusals = new Map<PostureScope, string>();
  readonly #restores: RestoreBackoff;
  #policyInput: Observation<typeof POLICY_KIND> = { source: POLICY_KIND, state: 'pending', message: 'not read yet' };
  #ownPolicyInput: Observation<typeof OWN_POLICY_KIND> = {
    source: OWN_POLICY_KIND,
    state: 'pending',
    message: 'not read yet',
  };
  readonly #unknownPostures = new Set<PostureKind>();
  readonly #pathChanges = new PathChanges();
  readonly #policyStatuses: PolicyStatuses;
  #isRunning = false;

  constructor(options: PostureControllerOptions) {
    const { rules, log } = options;
    this.#options = options;
    this.#router = new ChangeRouter(rules, adviceSources);
    this.#restores = new RestoreBackoff(options.writeIntervalMs);
    this.evaluator = new Evaluator({
      ruleThrew: (rule, error) => {
        this.ruleErrors += 1;
        log.error('a rule failed; its findings are unknown', { rule, error: String(error) });
      },
    });
    this.cluster = new ClusterStore((change) => {
      this.#noteChange(change);
    });
    this.postures = new PostureStore(
      (scope) => {
        this.#add(scope);
      },
      () => options.queue.clock.now(),
    );
    this.policies = new PolicyStore<JudgedPolicy>(
      (object, remembered) => judgePolicy(object, rules, remembered),
      (name, change) => {
        this.#add(`policy/${name}`);
        if (change.isInForceChanged) this.#addReach(change);
      },
    );
    this.ownPolicies = new PolicyStore<JudgedOwnPolicy>(
      (object, remembered) => judgeOwnPolicy(object, rules, remembered),
      (key, { isInForceChanged }) => {
        this.#add(`own-policy/${key}`);
        if (!isInForceChanged) return;
        const namespace = key.slice(0, key.indexOf('/'));
        this.#add('cluster');
        this.#add(namespaceKey(namespace));
        this.#addOwnPolicies(new Set([namespace]));
      },
    );
    this.#policyStatuses = new PolicyStatuses({
      ...options,
      policies: this.policies,
      ownPolicies: this.ownPolicies,
      snapshot: this.cluster,
      forget: (key) => {
        this.#queue.forget(key);
      },
      retryLater: (key) => {
        this.#queue.addAfter(key, options.refusedRetryMs);
      },
    });
    this.exemptions = new Exemptions({
      ...options,
      clock: options.queue.clock,
      namespaces: () => namespacesOf(this.cluster),
      add: (key) => {
        this.#add(key);
      },
      forget: (key) => {
        this.#queue.forget(key);
      },
      retryLater: (key) => {
        this.#queue.addAfter(key, options.refusedRetryMs);
      },
    });
    this.#queue = new WorkQueue<Key>(
      {
        ...options.queue,
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
    this.#addAll();
    this.#addPolicies('all');
    this.exemptions.start();
  }

  /** Stops; resolves when no write is under way. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.exemptions.stop();
    await this.#queue.stop();
  }

  /** Resolves when everything is judged and written. */
  async whenIdle(): Promise<void> {
    await this.#queue.whenIdle();
  }

  /** Takes note of how well the policies can be read. */
  observePolicies(observation: Observation<typeof POLICY_KIND>): void {
    this.#policyInput = observation;
    this.#addAll();
  }

  /** The same of the policies of namespaces. */
  observeOwnPolicies(observation: Observation<typeof OWN_POLICY_KIND>): void {
    this.#ownPolicyInput = observation;
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
    if (isKnown) {
      this.#unknownPostures.delete(of);
      this.#addAll();
    } else {
      this.#unknownPostures.add(of);
    }
  }

  /** What policies say of repairs in a namespace now; undefined where not all of them are known. */
  policySay(namespace: string): RemediationSay | undefined {
    const inputs = [this.#policyInput, this.#ownPolicyInput];
    // Where the API server does not serve policies there are none.
    if (inputs.some(({ state }) => state !== 'observed' && state !== 'absent')) return undefined;
    const found = findPolicies(
      { namespace },
      {
        rules: this.#options.rules,
        snapshot: this.cluster,
        policies: this.policies.states(),
        ownPolicies: this.ownPolicies.inNamespace(namespace),
      },
    );
    return found === undefined ? undefined : remediationSayOf(found, namespace);
  }

  /** Something that a namespace's posture says besides its findings is different now. */
  review(namespace: string): void {
    this.#add(namespaceKey(namespace));
  }

  /** Why what stands in the cluster may be older than what is known here; empty while all is well. */
  get trouble(): string {
    const kinds = kindNames.map((kind) => this.cluster.observation(kind));
    const unread = [...kinds, this.#policyInput, this.#ownPolicyInput, ...this.exemptions.inputs]
      .filter(({ state }) => state !== 'observed')
      .map(({ message }) => message);
    const unknown = [...this.#unknownPostures].map((kind) => `the postures of ${kind} cannot be read`);
    const [refusal] = this.#refusals.values();
    const refused = refusal === undefined ? [] : [`${this.#refusals.size} postures may not be written: ${refusal}`];
    return [...refused, ...unknown, ...unread].join('; ');
  }

  #noteChange(change: Change): void {
    if (!this.#isRunning) return;
    this.#options.repairs?.noteChange(change);
    for (const key of this.#router.keysOf(change, () => namespacesOf(this.cluster))) this.#queue.add(key);
    // How many namespaces a policy selects stands in its status.
    if (change.source === 'Namespace') {
      this.#addPolicies(change.namespace === '' ? 'all' : new Set([change.namespace]));
    }
  }

  #add(key: Key): void {
    if (this.#isRunning) this.#queue.add(key);
  }

  #addAll(): void {
    this.#add('cluster');
    this.#add('paths');
    for (const namespace of namespacesOf(this.cluster)) this.#add(namespaceKey(namespace));
  }

  /** What a changed policy concerned before or concerns now; one may overrule another everywhere. */
  #addReach(change: PolicyChange<AcceptedPolicy>): void {
    const { namespaces, cluster } = findReach(change, namespacesOf(this.cluster), (namespace) => {
      const labels = labelsOf(this.cluster, namespace);
      return labels === 'unknown' ? undefined : labels;
    });
    if (cluster) this.#add('cluster');
    for (const namespace of namespaces) this.#add(namespaceKey(namespace));
    this.#addPolicies(namespaces);
  }

  #addPolicies(namespaces: ReadonlySet<string> | 'all'): void {
    for (const name of this.policies.names()) this.#add(`policy/${name}`);
    this.#addOwnPolicies(namespaces);
  }

  /** What of them counts is for the others to say. */
  #addOwnPolicies(namespaces: ReadonlySet<string> | 'all'): void {
    for (const key of this.ownPolicies.names()) {
      if (namespaces === 'all' || namespaces.has(key.slice(0, key.indexOf('/')))) this.#add(`own-policy/${key}`);
    }
  }

  /** @returns how long this key is left alone now, in milliseconds: 0 where nothing was written */
  #reconcile(key: Key): Promise<number> {
    if (key === 'cluster') return this.#reconcileCluster();
    if (key === 'paths') return Promise.resolve(this.#reconcilePaths());
    if (isExemptionKey(key)) return this.exemptions.reconcile(key);
    return isPolicyKey(key)
      ? this.#policyStatuses.reconcile(key)
      : this.#reconcileNamespace(key.slice('namespace/'.length));
  }

  async #reconcileNamespace(namespace: string): Promise<number> {
    const scope = namespaceKey(namespace) as PostureScope;
    const judged = this.#judge({ namespace });
    this.exemptions.noteJudged(`namespace/${namespace}`, judged);
    this.#options.repairs?.noteJudged(namespace, judged);
    if (judged === undefined) {
      this.postures.forget(scope);
      this.#refusals.delete(scope);
      this.#queue.forget(scope);
      this.#restores.forget(scope);
      if (this.#verdicts.delete(namespace)) this.#add('cluster');
      return 0;
    }
    const remediated = this.#options.repairs?.conditionOf(namespace);
    const status = buildNamespaceStatus(
      buildStatus(judged, remediated),
      namespace,
      adviseLevel(this.cluster, namespace),
    );
    if (this.#verdicts.get(namespace) !== status.compliant) {
      this.#verdicts.set(namespace, status.compliant);
      this.#add('cluster');
    }
    return this.#write(scope, status);
  }

  /** Most changes leave everybody where they were; the namespaces of the others are judged again. */
  #reconcilePaths(): number {
    this.#add('cluster');
    for (const namespace of this.#pathChanges.take(this.cluster)) this.#add(namespaceKey(namespace));
    return this.#options.writeIntervalMs;
  }

  #judge(scope: Scope): Judged | undefined {
    return judgeScope(scope, {
      rules: this.#options.rules,
      evaluator: this.evaluator,
      snapshot: this.cluster,
      policies: this.policies.states(),
      policyInput: this.#policyInput,
      ownPolicies: scope === 'cluster' ? this.ownPolicies.states() : this.ownPolicies.inNamespace(scope.namespace),
      ownPolicyInput: this.#ownPolicyInput,
      exemptions: this.exemptions.given(),
    });
  }

  async #reconcileCluster(): Promise<number> {
    // The roll-up is written when it is whole; each verdict on a namespace asks for it again.
    if (namespacesOf(this.cluster).some((namespace) => !this.#verdicts.has(namespace))) return 0;
    const judged = this.#judge('cluster');
    this.exemptions.noteJudged('cluster', judged);
    if (judged === undefined) return 0;
    const status = buildClusterStatus(buildStatus(judged), {
      snapshot: this.cluster,
      verdicts: [...this.#verdicts.values()],
      refusals: [...this.#refusals],
      policyInput: this.#policyInput,
      adminPaths: countAdminPaths(this.cluster),
      ownPolicyInput: this.#ownPolicyInput,
      exemptionInputs: this.exemptions.inputs,
    });
    return this.#write('cluster', status);
  }

  async #write(scope: PostureScope, status: UntimedStatus): Promise<number> {
    if (!this.#options.mayWrite()) throw new Error('another process writes now');
    if (this.#unknownPostures.has(postureKindOf(scope))) return 0;
    let stored = this.postures.get(scope);
    if (stored === undefined) {
      const created = await this.#options.writer.createPosture(scope);
      if (!this.#isSettled(scope, created)) return 0;
      this.postures.written(scope, created.object, undefined);
      stored = this.postures.get(scope);
      if (stored === undefined) return 0;
    }
    const timed = stampTimes(status, this.postures.carriedOf(scope), this.#options.timestamp());
    if (this.postures.says(scope, timed)) {
      this.postures.confirmed(scope, timed);
      return 0;
    }
    const replaced = await this.#options.writer.replacePostureStatus(scope, stored.resourceVersion, timed);
    if (replaced.outcome === 'gone') {
      // Deleted, which the watch has not shown; or more than it is gone, which the next attempt to create it tells.
      this.postures.absent(scope);
      return 0;
    }
    if (!this.#isSettled(scope, replaced)) return 0;
    this.writes += 1;
    if (this.postures.written(scope, replaced.object, timed).digest !== digestsOf(timed).whole) {
      this.#options.log.error('the API server stored another status than was written; are the CRDs of this version?', {
        scope,
      });
    }
    return this.#restores.intervalAfter(scope, digestOf(status), this.#options.queue.clock.now());
  }

  #isSettled<T>(scope: PostureScope, result: WriteResult<T>): result is WriteResult<T> & { outcome: 'written' } {
    if (result.outcome !== 'refused' && this.#refusals.delete(scope)) this.#add('cluster');
    switch (result.outcome) {
      case 'written':
        return true;
      case 'gone':
        // Its namespace is gone, which the watch will show; or its kind, which may be back before anybody has noticed.
        this.#queue.addAfter(scope, this.#options.refusedRetryMs);
        return false;
      case 'conflict':
        throw new Error('somebody else wrote first');
      case 'refused':
        if (this.#refusals.get(scope) !== result.message) {
          this.#refusals.set(scope, result.message);
          this.#options.log.warn('a posture may not be written', { scope, reason: result.message });
          this.#add('cluster');
        }
        this.#queue.addAfter(scope, this.#options.refusedRetryMs);
        return false;
    }
  }
}
