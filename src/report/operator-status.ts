/** Whether the operator lives, and how old what it says may be: a posture cannot tell that its writer died. */
import type { Condition } from '../api/v1alpha1/conditions.ts';

/** What is read of the cluster. */
export interface OperatorSigns {
  /** The heartbeat; undefined where the Lease does not exist or was never renewed. */
  readonly lease:
    | {
        readonly holder: string;
        readonly renewTimeMs: number;
        readonly durationMs: number;
      }
    | undefined;
  /** Conditions of the cluster's posture; undefined where there is none. */
  readonly conditions: readonly Condition[] | undefined;
  /** What the operator itself says keeps it from its work; empty for nothing. */
  readonly trouble: string;
  /** Postures that the API server did not let the operator write: which, and why. */
  readonly refused: readonly { readonly source: string; readonly message: string }[];
  /** The API server's clock: this machine's may be wrong. */
  readonly nowMs: number;
}

export interface OperatorStatus {
  readonly isAlive: boolean;
  /** Whether the verdicts can be relied on: written by a living operator from complete inputs. */
  readonly isCurrent: boolean;
  readonly lines: readonly string[];
}

/** @param maxAgeMs how old a sign of life may be; by default what the Lease itself allows */
export function buildOperatorStatus(signs: OperatorSigns, maxAgeMs?: number): OperatorStatus {
  const { lease, conditions, trouble, refused, nowMs } = signs;
  const life = judgeLife(lease, nowMs, maxAgeMs);
  const inputs = conditions?.find(({ type }) => type === 'InputsComplete');
  const ready = conditions?.find(({ type }) => type === 'Ready');
  const guarded = conditions?.find(({ type }) => type === 'Guarded');
  const isAlive = life.state === 'alive';
  return {
    isAlive,
    isCurrent:
      isAlive && inputs?.status === 'True' && ready?.status === 'True' && refused.length === 0 && trouble === '',
    lines: [
      `operator: ${describeLife(life)}`,
      `inputs: ${describeInputs(inputs)}`,
      `verdicts: ${describeVerdicts(life, inputs, ready)}`,
      ...(trouble === '' ? [] : [`trouble: ${trouble}; the verdicts may be older than what is in the cluster`]),
      ...(guarded === undefined || guarded.status === 'True' ? [] : [`guards: ${describeGuards(guarded)}`]),
      ...refused.map(({ source, message }) => `not written: ${source}: ${message}`),
    ],
  };
}

type Life =
  | { readonly state: 'unseen' }
  | {
      /** `ahead`: by its own clock the sign of life lies in the future, so its age cannot be told. */
      readonly state: 'alive' | 'dead' | 'stopped' | 'ahead';
      readonly holder: string;
      readonly ageMs: number;
    };

function judgeLife(lease: OperatorSigns['lease'], nowMs: number, maxAgeMs: number | undefined): Life {
  if (lease === undefined) return { state: 'unseen' };
  const { holder, renewTimeMs, durationMs } = lease;
  const ageMs = nowMs - renewTimeMs;
  const limitMs = maxAgeMs ?? durationMs;
  if (holder === '') return { state: 'stopped', holder, ageMs };
  if (ageMs < -limitMs) return { state: 'ahead', holder, ageMs };
  return { state: ageMs <= limitMs ? 'alive' : 'dead', holder, ageMs };
}

function describeLife(life: Life): string {
  if (life.state === 'unseen') return 'never seen (no Lease was ever renewed); is it installed, in that namespace?';
  const { holder, ageMs } = life;
  const seen = `last sign of life ${formatAge(ageMs)} ago`;
  switch (life.state) {
    case 'alive':
      return `alive as "${holder}", ${seen}`;
    case 'dead':
      return `dead or cut off ("${holder}"), ${seen}`;
    case 'stopped':
      return `stopped in good order, ${seen}`;
    case 'ahead':
      return `unknown ("${holder}"): its clock is ${formatAge(-ageMs)} ahead of the API server's`;
  }
}

function describeInputs(inputs: Condition | undefined): string {
  if (inputs === undefined) return 'unknown, the cluster has no posture yet';
  const { status, reason, message, lastTransitionTime } = inputs;
  switch (status) {
    case 'True':
      return `complete since ${lastTransitionTime}`;
    case 'False':
      return `not complete since ${lastTransitionTime} (${reason}): ${message}`;
    case 'Unknown':
      return `unknown (${reason}): ${message}`;
  }
}

/** Whether anybody but Merlon may have written what is read here. */
function describeGuards({ status, reason, message, lastTransitionTime }: Condition): string {
  return status === 'False'
    ? `not in force since ${lastTransitionTime} (${reason}): ${message}`
    : `unknown (${reason}): ${message}`;
}

function describeVerdicts(life: Life, inputs: Condition | undefined, ready: Condition | undefined): string {
  if (life.state === 'unseen' || ready === undefined) return 'none';
  if (ready.status !== 'True') return `not current (${ready.reason}): ${ready.message}`;
  if (life.state === 'ahead') return 'of unknown age';
  if (life.state !== 'alive') {
    return `as of ${formatAge(life.ageMs)} ago at the latest; what changed since is not judged`;
  }
  return inputs?.status === 'True'
    ? 'current; a change is judged within seconds'
    : 'current for what can be read; the rest is unknown';
}

/** `12 s`, `3 min`, `5 h`, `2 d`. */
export function formatAge(ageMs: number): string {
  // Clocks differ a little.
  const seconds = Math.max(0, Math.round(ageMs / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
