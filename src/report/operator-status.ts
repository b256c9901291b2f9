/** Whether the operator lives, and how old what it says may be: a posture cannot tell that its writer died. */
import type { Condition } from '../api/v1alpha1/conditions.ts';

/** What is read of the cluster. */
export interface OperatorSigns {
  /** The heartbeat; undefined where the Lease does not exist. */
  readonly lease:
    | {
        readonly holder: string;
        readonly renewTimeMs: number;
        readonly durationMs: number;
      }
    | undefined;
  /** Conditions of the cluster's posture; undefined where there is none. */
  readonly conditions: readonly Condition[] | undefined;
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
export function buildOperatorStatus({ lease, conditions, nowMs }: OperatorSigns, maxAgeMs?: number): OperatorStatus {
  const ageMs = lease === undefined ? undefined : Math.max(0, nowMs - lease.renewTimeMs);
  const isAlive = lease !== undefined && lease.holder !== '' && (ageMs ?? 0) <= (maxAgeMs ?? lease.durationMs);
  const inputs = conditions?.find(({ type }) => type === 'InputsComplete');
  const ready = conditions?.find(({ type }) => type === 'Ready');
  return {
    isAlive,
    isCurrent: isAlive && inputs?.status === 'True' && ready?.status === 'True',
    lines: [
      describeLife(lease, ageMs, isAlive),
      describeInputs(inputs),
      describeAge(isAlive, ageMs, inputs?.status === 'True'),
    ],
  };
}

function describeLife(lease: OperatorSigns['lease'], ageMs: number | undefined, isAlive: boolean): string {
  if (lease === undefined || ageMs === undefined) {
    return 'operator: never seen (there is no Lease); is it installed, in that namespace?';
  }
  const seen = `last sign of life ${formatAge(ageMs)} ago`;
  if (lease.holder === '') return `operator: stopped in good order, ${seen}`;
  return isAlive
    ? `operator: alive as "${lease.holder}", ${seen}`
    : `operator: dead or cut off ("${lease.holder}"), ${seen}`;
}

function describeInputs(inputs: Condition | undefined): string {
  if (inputs === undefined) return 'inputs: unknown, the cluster has no posture yet';
  return inputs.status === 'True'
    ? `inputs: complete since ${inputs.lastTransitionTime}`
    : `inputs: not complete since ${inputs.lastTransitionTime} (${inputs.reason}): ${inputs.message}`;
}

function describeAge(isAlive: boolean, ageMs: number | undefined, isComplete: boolean): string {
  if (ageMs === undefined) return 'verdicts: none';
  if (!isAlive) return `verdicts: as of ${formatAge(ageMs)} ago at the latest; what changed since is not judged`;
  return isComplete
    ? 'verdicts: current; a change is judged within seconds'
    : 'verdicts: current for what can be read; the rest is unknown';
}

/** `12 s`, `3 min`, `5 h`, `2 d`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.round(ageMs / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
