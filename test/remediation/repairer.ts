/** Takes the steps of one repair as a controller does, against a simulated API server, and may die between any two. */
import type { HardeningRemediation, RemediationAction } from '../../src/api/v1alpha1/hardening-remediation.ts';
import { RetryTimes } from '../../src/controller/retry-times.ts';
import type { RuleMode } from '../../src/remediation/mode.ts';
import { noteDryRun, noteOutcome } from '../../src/remediation/outcome.ts';
import type { PlannedRepair, Risk } from '../../src/remediation/planned-repair.ts';
import { defaultAccountRemedy } from '../../src/remediation/remedies/default-account.ts';
import { refusalOf } from '../../src/remediation/retry.ts';
import type { PresentFinding, Situation, Step } from '../../src/remediation/situation.ts';
import { nextStep } from '../../src/remediation/transition.ts';
import { defaultTokenMount } from '../../src/rules/service-account/default-token-mount.ts';
import { SimulatedTarget } from './simulated-target.ts';

export const subject = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' } as const;
export const applyMode: RuleMode = {
  mode: 'apply',
  reason: 'Enabled',
  message: 'on',
  isKilled: false,
  allowInUse: false,
};
export const planMode: RuleMode = { ...applyMode, mode: 'plan', reason: 'Planned', message: 'plan only' };
export const offMode: RuleMode = { ...applyMode, mode: 'off', reason: 'Disabled', message: 'remediation is off' };
export const killed: RuleMode = { ...offMode, reason: 'SwitchedOff', isKilled: true };
export const atRisk: Risk = { kind: 'WorkloadAtRisk', message: 'Deployment "web" mounts the token' };

export type Crash = 'beforeWrite' | 'afterWrite' | undefined;

type Status = NonNullable<HardeningRemediation['status']>;

const RECORD = 'shop/repair';

export class Repairer {
  readonly target = new SimulatedTarget();
  readonly #retries = new RetryTimes(() => this.nowMs);
  record: HardeningRemediation | undefined;
  mode = applyMode;
  isGuarded = true;
  risks: readonly Risk[] = [];
  isExempt = false;
  nowMs = Date.parse('2026-11-26T08:00:00Z');
  mayRead = true;
  /** What was judged before something happened to the target that nobody has heard of yet. */
  late: PresentFinding | undefined;

  get finding(): PresentFinding {
    return this.late ?? this.judged;
  }

  /** As the rule finds it now. */
  get judged(): PresentFinding {
    const { value, uid } = this.target;
    if (value === false || !this.target.exists) return { outcome: 'gone' };
    if (this.isExempt) return { outcome: 'exempt' };
    const keys = ['automountServiceAccountToken'];
    const plan: PlannedRepair = {
      rule: defaultTokenMount,
      target: { ...subject, uid },
      patch: { automountServiceAccountToken: false },
      fields: [{ path: 'automountServiceAccountToken', keys, before: value, after: false }],
      risks: this.risks,
      isPlanOnly: false,
    };
    return { outcome: 'fails', plan };
  }

  get situation(): Situation {
    const { record, finding, mode, isGuarded, nowMs } = this;
    return {
      rule: defaultTokenMount,
      remedy: defaultAccountRemedy,
      subject,
      record,
      finding,
      live: this.#read(),
      mode,
      isGuarded,
      notBeforeMs: this.#retries.notBeforeMs(RECORD),
      nowMs,
    };
  }

  /** One look at it, and what follows from that. */
  step(crash?: Crash): Step {
    const step = nextStep(this.situation);
    const { act } = step;
    if (act.kind === 'deleteRecord') this.record = undefined;
    if (act.kind === 'none') this.#store(step);
    if (act.kind !== 'apply' && act.kind !== 'revert') return step;
    const tried = noteDryRun(this.situation, act, step.status, this.target.apply(act.target, act.fields, true));
    if (tried !== undefined) {
      if (tried.status !== undefined && refusalOf(tried.status) !== undefined)
        this.#retries.failed('namespace/shop', RECORD);
      this.#store(tried);
      return tried;
    }
    this.#store(step);
    if (crash === 'beforeWrite') return step;
    const result = this.target.apply(act.target, act.fields);
    if (crash === 'afterWrite') return step;
    const done = noteOutcome(this.situationBefore(act.target.metadata.uid), act, result);
    this.#store(done);
    return done;
  }

  /** Somebody gives or takes the right to patch the target. */
  setRight(mayPatch: boolean): void {
    this.target.mayPatch = mayPatch;
    this.#retries.permit('namespace/shop');
  }

  /** The finding of the act, not of what it has led to. */
  situationBefore(uid: string): Situation {
    const plan: PlannedRepair = {
      rule: defaultTokenMount,
      target: { ...subject, uid },
      patch: { automountServiceAccountToken: false },
      fields: [
        {
          path: 'automountServiceAccountToken',
          keys: ['automountServiceAccountToken'],
          before: undefined,
          after: false,
        },
      ],
      risks: this.risks,
      isPlanOnly: false,
    };
    return { ...this.situation, finding: { outcome: 'fails', plan } };
  }

  /** Until nothing is left to be done. */
  settle(): void {
    for (let round = 0; round < 10; round += 1) {
      const before = JSON.stringify([this.record, this.target.object]);
      this.step();
      if (JSON.stringify([this.record, this.target.object]) === before) return;
    }
    throw new Error(`it does not come to rest: ${JSON.stringify(this.record?.status)}`);
  }

  ask(action: RemediationAction | undefined): void {
    const { spec: _spec, ...record } = this.record ?? this.#newRecord();
    this.record = action === undefined ? record : { ...record, spec: { action } };
  }

  setStatus(status: Status): void {
    this.record = { ...(this.record ?? this.#newRecord()), status };
  }

  /** As `Blocked/Contested`. */
  get state(): string {
    const { state = '', reason = '' } = this.record?.status ?? {};
    return this.record === undefined ? 'none' : `${state}/${reason}`;
  }

  #read(): Situation['live'] {
    if (!this.mayRead) return { outcome: 'forbidden', message: 'you may not list' };
    return this.target.exists ? { outcome: 'read', object: this.target.object } : { outcome: 'gone' };
  }

  #store({ status }: Step): void {
    if (status !== undefined) this.setStatus(status);
  }

  #newRecord(): HardeningRemediation {
    return {
      apiVersion: 'merlon.dev/v1alpha1',
      kind: 'HardeningRemediation',
      metadata: { name: 'repair', namespace: 'shop' },
    };
  }
}
