/**
 * Has the API server enforce what policies say: applies the admission policies that are planned, puts right what somebody
 * changed, takes away what is not wanted any more. Level-based: a key is the name of an admission policy, and what is to be
 * done follows from what policies say and what stands.
 */
import type { Clock } from '../core/clock.ts';
import type { EffectivePolicy } from '../core/policy.ts';
import type { AnyRule } from '../core/rule.ts';
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import type { KnownPolicy } from '../enforcement/plan/known-policy.ts';
import type { CountedChecks } from '../enforcement/plan/recorded-checks.ts';
import { knownPolicies } from '../enforcement/plan/planned-enforcement.ts';
import { buildManifests, nameBinding } from '../enforcement/plan/planned-policy.ts';
import type { EnforcementManifest, PlannedPolicy } from '../enforcement/plan/planned-policy.ts';
import { findVersionObjection } from '../enforcement/plan/proven-minors.ts';
import type { EnforcedRef } from '../enforcement/plan/stored-object.ts';
import { planTrial } from '../enforcement/plan/trial.ts';
import { selectingKinds } from '../enforcement/plan/unlabelled-selections.ts';
import { CheckCounts } from './check-counts.ts';
import { Contentions } from './contentions.ts';
import { EnforcementPlanner } from './enforcement-planner.ts';
import type { EnforcementPlannerOptions } from './enforcement-planner.ts';
import { isInForce, summariseEnforcement } from './enforced-condition.ts';
import type { EnforcedSummary, EnforcedUnit } from './enforced-condition.ts';
import { print, strangersPolicy } from './enforced-object.ts';
import type { EnforceContext, ObjectResult } from './enforced-object.ts';
import { EnforcedObjects } from './enforced-objects.ts';
import type { EnforcedObjectsOptions } from './enforced-objects.ts';
import { bindingOf, refsOf } from './enforced-refs.ts';
import { findUnasked, findUnread, isOfEnforcement } from './enforcement-sight.ts';
import {
  execGuardKey,
  findLabelDoubt,
  findSetterDoubt,
  isLabelGoneBy,
  labelKeeperKey,
  labelSetterKey,
  STILL_GONE_BY,
} from './label-keeping.ts';
import type { PlannedView } from './namespace-enforcement.ts';
import type { Enforcement } from './posture-contributors.ts';
import type { Change } from './store.ts';
import { WorkQueue } from './work-queue.ts';
import type { WorkQueueOptions } from './work-queue.ts';

export interface EnforcementControllerOptions
  extends EnforcedObjectsOptions, Omit<EnforcementPlannerOptions, 'labelDoubt' | 'setterDoubt'> {
  /** The catalogue. */
  readonly rules: readonly AnyRule[];
  /** Told where the posture of the cluster, or the status of a policy, may say something else now. */
  readonly onChange: () => void;
  readonly queue: Omit<WorkQueueOptions, 'onError' | 'clock'>;
  readonly clock: Clock;
}

/** What came of the last look, and of which wish. */
interface Looked extends Pick<EnforcedUnit, 'state' | 'message'> {
  readonly planned: PlannedPolicy | undefined;
  /** Whether it was wanted before, by this process. */
  readonly isTaken: boolean;
}

const NOTHING: ObjectResult = { state: 'Gone', message: '' };
/** The key of who may take back what is set. */
const CONTENDERS = 'contenders';
const CONTENDERS_WAIT_MS = 5_000;
const PENDING = { state: 'Pending', message: 'it is about to be looked at' } as const;

export class EnforcementController implements Enforcement {
  readonly #options: EnforcementControllerOptions;
  readonly #objects: EnforcedObjects;
  readonly #queue: WorkQueue<string>;
  readonly #planner: EnforcementPlanner;
  readonly #contentions: Contentions;
  readonly #looked = new Map<string, Looked>();
  readonly #counts = new CheckCounts();
  readonly #onLooked = Promise.withResolvers<undefined>();
  #isRunning = false;

  constructor(options: EnforcementControllerOptions) {
    const { log, clock } = options;
    this.#options = options;
    this.#objects = new EnforcedObjects(options);
    this.#planner = new EnforcementPlanner({
      ...options,
      labelDoubt: ({ enforcement: { namespacesOut } }) =>
        findLabelDoubt(this.#looked.get(labelKeeperKey), namespacesOut, options.snapshot()),
      setterDoubt: ({ enforcement: { namespacesOut } }) => findSetterDoubt(namespacesOut, options.snapshot()),
    });
    this.#contentions = new Contentions(options.rules);
    this.#queue = new WorkQueue<string>(
      {
        ...options.queue,
        clock,
        onError: (policy, error) => {
          log.warn('an admission policy will be looked at again', { policy, error: String(error) });
          if (policy === CONTENDERS) return;
          this.#note(policy, { state: 'Unknown', message: `it could not be looked at: ${String(error)}` });
        },
      },
      (policy) => this.#reconcile(policy),
    );
  }

  /** Starts to apply. Call it when every source is read or refused. */
  start(): void {
    this.#isRunning = true;
    this.review();
  }

  /** Stops; resolves when no write is under way. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#queue.stop();
  }

  async whenIdle(): Promise<void> {
    await this.#queue.whenIdle();
  }

  /** Resolves when everything was looked at once. */
  async whenLooked(): Promise<void> {
    await this.#onLooked.promise;
  }

  /** What policies say may be something else now. */
  review(): void {
    this.#planner.review();
    if (!this.#isRunning) return;
    for (const unit of knownPolicies) this.#queue.add(print(unit));
    this.#queue.add(CONTENDERS);
  }

  noteChange({ source }: Change): void {
    // A pod that came, or went, may be one that has the label wrongly.
    if (source === 'PodAccess' && this.#planner.goesByLabel && this.#isRunning) this.#queue.add(execGuardKey);
    // Workloads come and go without end, and hardly one of them selects its pods by what the label is not.
    const mayLoop = selectingKinds.some((kind) => kind === source) && this.#isRunning && this.#planner.isSetterStale;
    if (mayLoop) this.#queue.add(labelSetterKey);
    const isOfRights = isRoleKind(source) || isBindingKind(source);
    // Of rights there are many changes, and they matter only to what was refused.
    if (isOfRights ? this.#objects.permit() : isOfEnforcement(source)) this.review();
    if (this.#isRunning && (source === 'Namespace' || source === 'MutatingWebhookConfiguration')) {
      this.#queue.add(CONTENDERS);
    }
  }

  /** Undefined until everything was looked at once: nobody may read before that nothing is enforced. */
  summary(): EnforcedSummary | undefined {
    if (this.#looked.size < knownPolicies.length) return undefined;
    const known = this.#planner.plan();
    const units = knownPolicies.map((unit): EnforcedUnit => {
      const planned = known?.policies.find((one) => print(one) === print(unit));
      const looked = this.#looked.get(print(unit));
      const { state, message } = looked?.planned === planned ? (looked ?? PENDING) : PENDING;
      return { kind: unit.kind, name: unit.name, planned, state, message };
    });
    const { leftOut = [], unserved = [] } = known ?? {};
    const terms = known?.policy.enforcement;
    const contentions = this.#contentions.current;
    const unasked = findUnasked(this.#options.snapshot(), known?.policies ?? []);
    const summary = summariseEnforcement({ terms, leftOut, unserved, units, contentions, unasked });
    return { ...summary, report: { ...summary.report, recorded: this.#counts.tell(known?.policies ?? []) } };
  }

  /** What API servers have counted; more of it is told only where it is ten times as much. */
  noteCounted(counted: readonly CountedChecks[]): void {
    const isNews = this.#counts.note(counted, this.#planner.plan()?.policies ?? []);
    if (this.#isRunning && isNews) this.#options.onChange();
  }

  /** What is to be enforced, for who looks at what it would refuse; undefined where it is not known. */
  planned(): PlannedView | undefined {
    return this.#planner.view();
  }

  async #reconcile(key: string): Promise<number> {
    if (key === CONTENDERS) return this.#seekContenders();
    const unit = knownPolicies.find((one) => print(one) === key);
    const plan = this.#planner.plan();
    if (unit === undefined) return 0;
    const planned = plan?.policies.find((one) => print(one) === key);
    const unread = findUnread(this.#options.snapshot(), unit);
    if (plan === undefined || (unread !== undefined && (planned !== undefined || !this.#isSwitchedOff(key)))) {
      this.#note(key, {
        state: 'Unknown',
        message: unread ?? 'what policies say, or what is exempt, could not be read',
      });
      return 0;
    }
    const { rules } = plan.policy;
    const looked = await (planned === undefined ? this.#takeAway(unit) : this.#enforce(unit, planned, rules));
    const isUnseen = unread !== undefined && looked.state === 'Left' && looked.object === undefined;
    const result = isUnseen ? ({ state: 'Unknown', message: `${unread}; ${looked.message}` } as const) : looked;
    for (const ref of refsOf(unit)) {
      const recheckInMs = this.#objects.recheckInMs(ref);
      if (recheckInMs !== undefined) this.#queue.addAfter(key, recheckInMs);
    }
    this.#note(key, { ...result, planned });
    // What goes by the label waits for what keeps it.
    if (key === labelKeeperKey) this.#queue.add(execGuardKey);
    // What stood in for it goes now, and what keeps it comes.
    if (unit.kind === 'MutatingAdmissionPolicy') for (const one of this.#followersOf(unit.name)) this.#queue.add(one);
    return 0;
  }

  /** @returns for how long they are not sought again, in milliseconds: namespaces come by the hundred */
  #seekContenders(): number {
    const plan = this.#planner.plan();
    if (plan !== undefined && this.#contentions.seek(this.#options.snapshot(), plan.policies)) this.#options.onChange();
    return CONTENDERS_WAIT_MS;
  }

  #followersOf(setter: string): readonly string[] {
    const keepers = (this.#planner.plan()?.policies ?? []).filter(
      (one) => one.kind === 'ValidatingAdmissionPolicy' && one.keeps === setter,
    );
    return [print({ kind: 'ValidatingAdmissionPolicy', name: setter }), ...keepers.map(print)];
  }

  /** Whether somebody took it back: then it goes by its name, also where nobody shows what stands. */
  #isSwitchedOff(key: string): boolean {
    const before = this.#looked.get(key);
    return this.#planner.isOff || before?.planned !== undefined || before?.isTaken === true;
  }

  /** The policy before what binds it, and what binds it no more at last: in between nothing is weaker than it was. */
  async #enforce(unit: KnownPolicy, planned: PlannedPolicy, rules: EffectivePolicy['rules']): Promise<ObjectResult> {
    const [policy, ...bindings] = buildManifests([planned]);
    if (policy === undefined) return NOTHING;
    const trial = planTrial(planned, rules);
    const objection = findVersionObjection(unit, this.#planner.minors(), trial !== undefined);
    let result = await this.#look(policy, { objection, trial });
    if (result.state === 'Foreign') return this.#unbind(unit, result);
    // An earlier text that stays in force is bound as is asked now.
    const isEarlier = result.state === 'Untried' && result.object !== undefined;
    for (const binding of bindings) {
      if (!isEarlier && !isInForce(result.state)) break;
      const bound = await this.#look(binding, {
        objection:
          result.state === 'InForceByOthers' ? strangersPolicy(unit.name) : (objection ?? this.#waits(planned)),
      });
      if (!isEarlier && bound.state !== 'InForce') result = bound;
    }
    const wanted = new Set(bindings.map(({ metadata }) => metadata.name));
    const unwanted = unit.bindings.filter((name) => !wanted.has(name));
    const removed = await this.#remove(unwanted.filter((name) => !this.#isStandIn(unit, name)).map(bindingOf(unit)));
    return result.state === 'InForce' && removed.state !== 'Gone' ? removed : result;
  }

  /** What Merlon bound to the policy of that name was for its own text, and not for somebody else's. */
  async #unbind(unit: KnownPolicy, { message, ...foreign }: ObjectResult): Promise<ObjectResult> {
    const { state, message: why } = await this.#remove(unit.bindings.map(bindingOf(unit)));
    const stays =
      state === 'Gone' || state === 'Left' ? 'Merlon binds nothing to it' : `what Merlon bound to it stays: ${why}`;
    return { ...foreign, message: `${message}; ${stays}` };
  }

  /** An upgrade of the API server loosens nothing: what refuses stays until what sets it instead is in force. */
  #isStandIn({ kind, name }: KnownPolicy, binding: string): boolean {
    if (kind !== 'ValidatingAdmissionPolicy' || binding !== nameBinding(name, 'deny')) return false;
    const setter = print({ kind: 'MutatingAdmissionPolicy', name });
    const isPlanned = this.#planner.plan()?.policies.some((one) => print(one) === setter) === true;
    return isPlanned && !this.#isSet(name);
  }

  /** What keeps a value is bound once it is set, as it would refuse whoever does not say it himself; and stays, as long as it is wanted. */
  #waits(planned: PlannedPolicy): EnforceContext['objection'] {
    const { keeps } = planned.kind === 'ValidatingAdmissionPolicy' ? planned : {};
    if (keeps === undefined || this.#isSet(keeps)) return undefined;
    return { state: 'Waiting', message: `it is bound as soon as MutatingAdmissionPolicy "${keeps}" is in force` };
  }

  /** Whether what a mutating policy of that name sets is set, as far as this process has looked. */
  #isSet(name: string): boolean {
    return isInForce(this.#looked.get(print({ kind: 'MutatingAdmissionPolicy', name }))?.state ?? 'Pending');
  }

  /** What binds it before the policy. */
  #takeAway(unit: KnownPolicy): Promise<ObjectResult> {
    const isStillNeeded = print(unit) === labelKeeperKey && isLabelGoneBy(this.#options.snapshot());
    if (isStillNeeded) return Promise.resolve(STILL_GONE_BY);
    return this.#remove([...unit.bindings.map(bindingOf(unit)), unit]);
  }

  /** @returns what keeps one of them from going, and else the last that is somebody else's */
  async #remove(refs: readonly EnforcedRef[]): Promise<ObjectResult> {
    let result = NOTHING;
    for (const ref of refs) {
      const removed = await this.#objects.look(ref, undefined);
      if (removed.state !== 'Gone' && (result.state === 'Gone' || result.state === 'Left')) result = removed;
    }
    return result;
  }

  #look(manifest: EnforcementManifest, wish: Parameters<EnforcedObjects['look']>[2]): Promise<ObjectResult> {
    return this.#objects.look({ kind: manifest.kind, name: manifest.metadata.name }, manifest, wish);
  }

  #note(
    key: string,
    { state, message, planned }: Pick<Looked, 'state' | 'message'> & Partial<Pick<Looked, 'planned'>>,
  ): void {
    const before = this.#looked.get(key);
    const wanted = (): PlannedPolicy | undefined => this.#planner.plan()?.policies.find((one) => print(one) === key);
    const wish = planned ?? (state === 'Unknown' ? wanted() : undefined);
    const isTaken = before?.isTaken === true || before?.planned !== undefined;
    this.#looked.set(key, { state, message, planned: wish, isTaken });
    if (before?.state !== state || before.message !== message || before.planned !== wish) this.#options.onChange();
    if (this.#looked.size === knownPolicies.length) this.#onLooked.resolve(undefined);
  }
}
