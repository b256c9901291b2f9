/** What a written PodSecurityPolicy leaves open: in fragments, and where a name is mistyped, that is easily overlooked. */
import { policyFields } from './policy-shape.ts';
import type { PolicyField } from './policy-shape.ts';

/** The strategies that the API server required of every policy. */
const requiredStrategies = [
  'runAsUser',
  'seLinux',
  'supplementalGroups',
  'fsGroup',
] as const satisfies readonly PolicyField[];

export interface PolicyGaps {
  /** Fields of the spec that are not written. */
  readonly absent: ReadonlySet<PolicyField>;
  /** Required by the API, and not written: nothing is asked. */
  readonly missingStrategies: readonly PolicyField[];
  /** Names in the spec that are no field of it. */
  readonly unknownFields: readonly string[];
}

/** @param spec as written; anything but an object has no fields */
export function findPolicyGaps(spec: unknown): PolicyGaps {
  const written = Object.entries(typeof spec === 'object' && spec !== null ? spec : {})
    .filter(([, value]) => value !== null)
    .map(([name]) => name);
  const absent = new Set(policyFields.filter((field) => !written.includes(field)));
  return {
    absent,
    missingStrategies: requiredStrategies.filter((field) => absent.has(field)),
    unknownFields: written.filter((name) => !policyFields.some((field) => field === name)),
  };
}
