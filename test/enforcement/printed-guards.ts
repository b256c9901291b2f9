/** The exec guard as "merlon enforce -o yaml" prints it, with some options, and what it prints besides. */
import { buildDefaultPolicy } from '../../src/core/policy-merge.ts';
import { furtherFamilies, planFamilies } from '../../src/enforcement/plan/chosen-families.ts';
import { planExecGuard } from '../../src/enforcement/plan/exec-guard.ts';
import { planExecLabel } from '../../src/enforcement/plan/exec-label.ts';
import type { ExecGuardOptions } from '../../src/enforcement/plan/exec-guard.ts';
import { planNodesProxyGuard } from '../../src/enforcement/plan/nodes-proxy-guard.ts';
import { printEnforcement } from '../../src/report/enforcement-text.ts';
import { rules } from '../../src/rules/index.ts';

/** As without any option. */
export const usual: ExecGuardOptions = {
  withoutLabel: 'off',
  keptOut: ['kube-system', 'merlon'],
  connections: [],
  ephemeralContainers: false,
  hostNetwork: false,
  breakGlassGroups: [],
};

export function printGuards(options: Partial<ExecGuardOptions> = {}, nodesProxy?: 'audit' | 'deny'): string {
  const exec = { ...usual, ...options };
  const label = exec.byLabel === true ? planExecLabel(exec) : [];
  const nodes = nodesProxy === undefined ? [] : [planNodesProxyGuard(nodesProxy, exec.breakGlassGroups)];
  return [...printEnforcement([...label, ...planExecGuard(exec), ...nodes])].join('');
}

/** All that is enforced besides, where a namespace asks for it. */
export function printFamilies(minor: number): string {
  const choice = {
    families: furtherFamilies,
    modes: { withoutLabel: 'off', keptOut: ['kube-system', 'merlon'] },
    breakGlassGroups: [],
    minor,
    defaults: undefined,
    tokenSecrets: true,
    clusterAdmins: undefined,
    clusterRbac: 'audit',
  } as const;
  return [...printEnforcement(planFamilies(choice, buildDefaultPolicy(rules).rules).policies)].join('');
}
