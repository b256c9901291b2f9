/** Which scopes are to be judged again because a policy changed: those that it concerned before, or concerns now. */
import { isDeepStrictEqual } from 'node:util';

import { clusterExpectationsOf } from '../core/policy.ts';
import type { AcceptedPolicy } from '../core/accepted-policy.ts';
import { matchPolicy } from '../core/policy-scope.ts';
import type { Labels } from '../core/policy-scope.ts';
import type { PolicyChange } from './policy-store.ts';

export interface PolicyReach {
  readonly namespaces: ReadonlySet<string>;
  readonly cluster: boolean;
}

/** @param labelsOf undefined where labels are not known */
export function findReach(
  { before, after }: Pick<PolicyChange<AcceptedPolicy>, 'before' | 'after'>,
  namespaces: readonly string[],
  labelsOf: (namespace: string) => Labels | undefined,
): PolicyReach {
  // What is known of the authorizers counts for whatever is expected of anybody.
  if (!isDeepStrictEqual(before?.spec.authorization, after?.spec.authorization)) {
    return { namespaces: new Set(namespaces), cluster: true };
  }
  const versions = [before, after].filter((version) => version !== undefined);
  const selected = namespaces.filter((namespace) =>
    versions.some((version) => matchPolicy(version, { namespace }, labelsOf(namespace)) !== 'no'),
  );
  const expected = isDeepStrictEqual(before?.spec.expectations, after?.spec.expectations)
    ? []
    : versions.flatMap(clusterExpectationsOf);
  return {
    namespaces: new Set([...selected, ...expected.flatMap(({ subject }) => subject.namespace ?? [])]),
    cluster: expected.length > 0 || versions.some((version) => matchPolicy(version, 'cluster', undefined) === 'yes'),
  };
}
