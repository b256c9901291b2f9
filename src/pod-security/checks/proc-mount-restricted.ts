/**
 * Since baseline lets pods in a user namespace mount /proc as they like, restricted has a check of its own that does not.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_procMount_restricted.go.
 */
import type { PodSecurityCheck } from '../check.ts';
import { checkProcMount } from './proc-mount.ts';

export const procMountRestricted = {
  id: 'procMount_restricted',
  level: 'restricted',
  overrides: ['procMount'],
  branches: [{ since: 35, check: checkProcMount }],
} as const satisfies PodSecurityCheck;
