/**
 * Every object that Merlon may ever have printed for the API server to enforce, by the names that the plan gives them. What
 * is not in here would outlive "merlon uninstall"; a test looks for planners that are left out.
 */
import { furtherConnections, planExecGuard } from './exec-guard.ts';
import { allModes } from './namespace-modes.ts';
import { planNodesProxyGuard } from './nodes-proxy-guard.ts';
import type { EnforcementManifest, PlannedPolicy } from './planned-policy.ts';
import { podFamilyPolicies } from './pod-family.ts';

export interface GeneratedName {
  readonly kind: EnforcementManifest['kind'];
  readonly name: string;
}

interface Named extends Pick<PlannedPolicy, 'kind' | 'name'> {
  readonly bindings: readonly { readonly mode: string }[];
}

/** With every option that adds a policy or a binding. */
function nameEverything(): readonly Named[] {
  const exec = { connections: furtherConnections, hostNetwork: true, breakGlassGroups: [], ephemeralContainers: true };
  return [
    ...planExecGuard({ ...exec, withoutLabel: 'deny', keptOut: [] }),
    planNodesProxyGuard('audit', []),
    planNodesProxyGuard('deny', []),
    // Whichever rules there are: of a policy of rules the name is known, and its modes.
    ...Object.values(podFamilyPolicies).map((name) => ({
      kind: 'ValidatingAdmissionPolicy' as const,
      name,
      bindings: allModes.map((mode) => ({ mode })),
    })),
  ];
}

export const generatedNames: readonly GeneratedName[] = nameEverything()
  .flatMap(({ kind, name, bindings }): readonly GeneratedName[] => [
    { kind, name },
    ...bindings.map(({ mode }) => ({ kind: `${kind}Binding` as const, name: `${name}-${mode}` })),
  ])
  .filter(({ kind, name }, index, all) => all.findIndex((one) => one.kind === kind && one.name === name) === index);
