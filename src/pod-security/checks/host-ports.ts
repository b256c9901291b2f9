/**
 * A port of the node is reached from outside the cluster's network policies, and no two pods can have it.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_hostPorts.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import type { PlacedContainer } from '../../core/containers.ts';
import { conjugateUse, nameContainers, pluralize, sortDistinct } from '../wording.ts';

export const hostPorts = {
  id: 'hostPorts',
  level: 'baseline',
  branches: [{ since: 0, check: checkHostPorts }],
} as const satisfies PodSecurityCheck;

function checkHostPorts(pod: PodTemplate): CheckOutcome {
  const refused = findContainers(pod, hasHostPort);
  if (refused === undefined) return undefined;
  const violations = refused.flatMap(findHostPorts);
  // As texts: 443 stands before 80.
  const ports = sortDistinct(violations.map(({ observed }) => observed ?? ''));
  return {
    reason: 'hostPort',
    detail: `${nameContainers(refused)} ${conjugateUse(refused.length)} ${pluralize('hostPort', ports.length)} ${ports.join(', ')}`,
    violations,
  };
}

function hasHostPort({ ports }: Container): boolean {
  return ports?.some(({ hostPort }) => isOnNode(hostPort)) === true;
}

function isOnNode(hostPort: number | undefined): hostPort is number {
  return hostPort !== undefined && hostPort !== 0;
}

function findHostPorts({ path, container }: PlacedContainer): Violation[] {
  return (container.ports ?? []).flatMap(({ hostPort }, index) =>
    isOnNode(hostPort)
      ? violation(
          `${path}.ports[${index}].hostPort`,
          hostPort,
          `container "${container.name}" takes port ${hostPort} of its node; remove hostPort and expose the port with a Service`,
        )
      : [],
  );
}
