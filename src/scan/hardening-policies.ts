/** Loads ClusterHardeningPolicies and HardeningPolicies from files. */
import { clusterHardeningPolicy } from '../api/v1alpha1/cluster-hardening-policy.ts';
import type { ClusterHardeningPolicySpec } from '../api/v1alpha1/cluster-hardening-policy.ts';
import { hardeningPolicy } from '../api/v1alpha1/hardening-policy.ts';
import type { HardeningPolicySpec } from '../api/v1alpha1/hardening-policy.ts';
import type { AcceptedOwnPolicy, AcceptedPolicy } from '../core/accepted-policy.ts';
import { DEFAULT_POLICY_NAME } from '../core/policy.ts';
import { findOwnPolicyProblem, findPolicyProblem } from '../core/policy-problem.ts';
import type { AnyRule } from '../core/rule.ts';
import type { InputProblem } from './input-problem.ts';
import type { LoadedManifest } from './manifest.ts';
import type { LeftOut } from './manifest-files.ts';
import type { ManifestInput } from './manifests.ts';
import { loadMerlonObjects } from './merlon-objects.ts';
import type { MerlonObject, Understood } from './merlon-objects.ts';

export interface LoadedPolicies {
  /** Those in which nothing is wrong. */
  readonly policies: readonly AcceptedPolicy[];
  /** Those of namespaces. */
  readonly ownPolicies: readonly AcceptedOwnPolicy[];
  readonly problems: readonly InputProblem[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * @param inputs files and folders that hold policies and nothing else, and `-`
 * @param takesOther whether another object may be there too; by default none
 */
export async function loadHardeningPolicies(
  inputs: readonly string[],
  input: ManifestInput,
  rules: readonly AnyRule[],
  takesOther: (manifest: LoadedManifest) => boolean = () => false,
): Promise<LoadedPolicies> {
  const { objects, ...rest } = await loadMerlonObjects(inputs, input, {
    definitions: [clusterHardeningPolicy, hardeningPolicy],
    option: '--policy',
    understand: (object) => understandPolicy(object, rules),
    takesOther,
  });
  return {
    policies: objects.filter((one) => !('namespace' in one)),
    ownPolicies: objects.filter((one) => 'namespace' in one),
    ...rest,
  };
}

/** Its schema says what its spec is. */
function understandPolicy(
  { namespace, name, spec }: MerlonObject,
  rules: readonly AnyRule[],
): Understood<AcceptedPolicy | AcceptedOwnPolicy> {
  if (namespace === undefined) {
    if (name === DEFAULT_POLICY_NAME) {
      const path = 'metadata.name';
      return { problem: { message: `${path} is that of the built-in policy; choose another`, path } };
    }
    const value = { name, generation: 0, spec: spec as ClusterHardeningPolicySpec };
    const problem = findPolicyProblem(value.spec, rules);
    return problem === undefined ? { value } : { problem };
  }
  const value = { name, generation: 0, namespace, spec: spec as HardeningPolicySpec };
  const problem = findOwnPolicyProblem(value.spec, namespace, rules);
  return problem === undefined ? { value } : { problem };
}
