/**
 * How often what is recorded, warned of or refused happened, as far as API servers count it themselves: Merlon reads no
 * audit log. They forget when they are started anew, so that a number is what was counted at least, since then; that
 * nothing is counted does not mean that nothing happened.
 */
import type { EnforcementMode, PlannedPolicy } from './planned-policy.ts';
import { nameBinding } from './planned-policy.ts';

/** What one API server has counted. */
export interface CountedChecks {
  /** As `10.0.0.5:6443`. */
  readonly instance: string;
  /** When it was started, in seconds since 1970; undefined where it does not say. */
  readonly startedAtSeconds: number | undefined;
  readonly checks: readonly { readonly binding: string; readonly action: EnforcementMode; readonly count: number }[];
}

export interface RecordedChecks {
  readonly policy: string;
  readonly binding: string;
  readonly mode: EnforcementMode;
  /** Validations that failed: a request that breaks five rules of a policy counts five times. */
  readonly count: number;
  /** Those that counted some, by name. */
  readonly instances: readonly string[];
  /** When the first of them was started, in milliseconds since 1970; undefined where one does not say. */
  readonly sinceMs: number | undefined;
}

/** Of each binding that counted some what all API servers counted together. */
export function sumChecks(
  planned: readonly PlannedPolicy[],
  counted: readonly CountedChecks[],
): readonly RecordedChecks[] {
  const validating = planned.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
  return validating.flatMap(({ name, bindings }) =>
    bindings.flatMap(({ mode }): readonly RecordedChecks[] => {
      // What sets something has no validations.
      if (mode === 'on') return [];
      const binding = nameBinding(name, mode);
      const some = counted.flatMap(({ instance, startedAtSeconds, checks }) =>
        checks
          .filter((one) => one.binding === binding && one.action === mode)
          .map(({ count }) => ({ instance, startedAtSeconds, count })),
      );
      if (some.length === 0) return [];
      const starts = some.map(({ startedAtSeconds }) => startedAtSeconds);
      return [
        {
          policy: name,
          binding,
          mode,
          count: some.reduce((sum, { count }) => sum + count, 0),
          instances: [...new Set(some.map(({ instance }) => instance))].toSorted(),
          sinceMs: starts.includes(undefined)
            ? undefined
            : Math.floor(Math.min(...starts.filter((one) => one !== undefined))) * 1000,
        },
      ];
    }),
  );
}
