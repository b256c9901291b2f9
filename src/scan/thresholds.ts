/** From which severity on a failure counts, by the policy that decides where it was found. */
import type { Finding } from '../core/finding.ts';
import { DEFAULT_THRESHOLD } from '../core/policy.ts';
import type { Severity } from '../core/severity.ts';
import type { Scope } from '../core/scope.ts';

export class Thresholds {
  readonly #byScope = new Map<string, Severity>();

  set(scope: Scope, threshold: Severity): void {
    this.#byScope.set(scope === 'cluster' ? '' : scope.namespace, threshold);
  }

  of({ subject, posture }: Finding): Severity {
    return this.#byScope.get(posture === 'cluster' ? '' : nameScopeOf(subject)) ?? DEFAULT_THRESHOLD;
  }
}

/** The namespace in whose posture an object is judged; empty for the cluster's. */
export function nameScopeOf(object: {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}): string {
  return object.kind === 'Namespace' ? object.name : (object.namespace ?? '');
}
