/**
 * Capabilities beyond those that every container runtime grants give a container parts of what root can do to its node.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_capabilities_baseline.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findAddedCapabilities, printAdded } from '../capabilities.ts';
import { findContainers } from '../../core/containers.ts';

export const capabilitiesBaseline = {
  id: 'capabilities_baseline',
  level: 'baseline',
  branches: [{ since: 0, check: checkAdded }],
} as const satisfies PodSecurityCheck;

/** Written exactly so: no lower case, no `CAP_` in front. */
const allowed: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function checkAdded(pod: PodTemplate): CheckOutcome {
  const refused = findContainers(pod, addsForbidden);
  if (refused === undefined) return undefined;
  const violations = refused.flatMap((placed) => findAddedCapabilities(placed, isAllowed));
  return { reason: 'non-default capabilities', detail: printAdded(refused, violations), violations };
}

function addsForbidden({ securityContext }: Container): boolean {
  return securityContext?.capabilities?.add?.every(isAllowed) === false;
}

function isAllowed(capability: string): boolean {
  return allowed.has(capability);
}
