/**
 * Every object that Merlon may ever have printed for the API server to enforce, by the names that the plan gives them. What
 * is not in here would outlive "merlon uninstall"; a test looks for planners that are left out.
 */
import { knowValidating } from './known-policy.ts';
import { knownPolicies } from './planned-enforcement.ts';
import type { EnforcementManifest } from './planned-policy.ts';
import { podFamilyPolicies } from './pod-family.ts';

export interface GeneratedName {
  readonly kind: EnforcementManifest['kind'];
  readonly name: string;
}

/** Whichever rules there are: of a policy of rules the name is known, and its modes. */
const families = Object.values(podFamilyPolicies).map((name) => knowValidating(name));

export const generatedNames: readonly GeneratedName[] = [...knownPolicies, ...families]
  .flatMap(({ kind, name, bindings }): readonly GeneratedName[] => [
    { kind, name },
    ...bindings.map((binding) => ({ kind: `${kind}Binding` as const, name: binding })),
  ])
  .filter(({ kind, name }, index, all) => all.findIndex((one) => one.kind === kind && one.name === name) === index);
