/** What somebody says, with who says it and where. */
import type { PolicySource } from './accepted-policy.ts';

export interface Said<T> {
  readonly value: T;
  /** Undefined: Merlon itself, where no policy says anything. */
  readonly source: PolicySource | undefined;
  /** The field: `spec.rules[0].severity`; empty where Merlon says it. */
  readonly path: string;
}
