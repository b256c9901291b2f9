/** Policies among the objects of a row, and what they expect. */
import type { ClusterHardeningPolicySpec } from '../../src/api/v1alpha1/cluster-hardening-policy.ts';
import { buildExpectations, mergeAuthorization } from '../../src/core/expectation.ts';
import type { Expected } from '../../src/core/expectation.ts';
import { findExpectationProblem } from '../../src/core/expectation-problem.ts';
import type { Manifest } from './yaml-objects.ts';

interface StatedPolicy {
  readonly kind: 'ClusterHardeningPolicy' | 'HardeningPolicy';
  readonly metadata: Manifest['metadata'];
  readonly spec: ClusterHardeningPolicySpec;
}

export function splitPolicies(manifests: readonly Manifest[]): {
  readonly policies: readonly StatedPolicy[];
  readonly others: readonly Manifest[];
} {
  const { policies = [], others = [] } = Object.groupBy(manifests, ({ kind }) =>
    kind.endsWith('HardeningPolicy') ? 'policies' : 'others',
  );
  return { policies: policies as unknown as readonly StatedPolicy[], others };
}

/** @throws {Error} for a policy that Merlon would refuse */
export function expectedOf(policies: readonly StatedPolicy[]): Expected {
  const expectations = policies.flatMap(({ kind, metadata: { name, namespace }, spec }) => {
    const problem = findExpectationProblem(spec.expectations, namespace);
    if (problem !== undefined) throw new Error(problem.message);
    return buildExpectations(namespace === undefined ? { kind, name } : { kind, namespace, name }, spec.expectations);
  });
  const stated = policies.map(({ metadata: { name }, spec }) => ({ name, spec }));
  return { expectations, authorization: mergeAuthorization(stated) };
}
