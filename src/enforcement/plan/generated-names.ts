/**
 * Every object that Merlon may ever have printed for the API server to enforce, by the names that the plan gives them. What
 * is not in here would outlive "merlon uninstall"; a test looks for planners that are left out.
 */
import { furtherConnections, planExecGuard } from './exec-guard.ts';
import { planNodesProxyGuard } from './nodes-proxy-guard.ts';
import { buildManifests } from './planned-policy.ts';
import type { EnforcementManifest, PlannedPolicy } from './planned-policy.ts';

export interface GeneratedName {
  readonly kind: EnforcementManifest['kind'];
  readonly name: string;
}

/** With every option that adds a policy or a binding. */
function planEverything(): readonly PlannedPolicy[] {
  const exec = { connections: furtherConnections, hostNetwork: true, breakGlassGroups: [], ephemeralContainers: true };
  return [
    ...planExecGuard({ ...exec, withoutLabel: 'deny', keptOut: [] }),
    planNodesProxyGuard('audit', []),
    planNodesProxyGuard('deny', []),
  ];
}

export const generatedNames: readonly GeneratedName[] = buildManifests(planEverything())
  .map(({ kind, metadata: { name } }) => ({ kind, name }))
  .filter(({ kind, name }, index, all) => all.findIndex((one) => one.kind === kind && one.name === name) === index);
