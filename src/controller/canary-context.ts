/** What it takes to try something before it is applied. */
import type { Clock } from '../core/clock.ts';
import type { EnforcementWriter } from '../enforcement/plan/enforcement-writer.ts';

export interface CanaryContext {
  readonly writer: EnforcementWriter;
  readonly clock: Pick<Clock, 'now' | 'setTimeout'>;
  /** @throws {Error} where another process writes now */
  readonly assertMayWrite: () => void;
}
