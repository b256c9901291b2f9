/**
 * The kubelet connects to the host that a probe or a hook names, from the node's network: whoever writes a pod could make
 * the node reach for services that are closed to the pod.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_hostProbesAndhostLifecycle.go.
 */
import type { Container } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';
import { findContainers } from '../../core/containers.ts';
import type { PlacedContainer } from '../../core/containers.ts';
import { conjugateUse, nameEach, sortDistinct } from '../wording.ts';

export const hostProbesAndHostLifecycle = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  branches: [{ since: 34, check: checkHosts }],
} as const satisfies PodSecurityCheck;

function checkHosts(pod: PodTemplate): CheckOutcome {
  const refused = findContainers(pod, namesHost);
  if (refused === undefined) return undefined;
  const violations = refused.flatMap(findHosts);
  // Unlike those of the other checks, the names are sorted.
  const names = sortDistinct(refused.map(({ container }) => container.name));
  const hosts = sortDistinct(violations.map(({ observed }) => observed ?? ''));
  return {
    reason: 'probe or lifecycle host',
    detail: `${nameEach('container', names)} ${conjugateUse(names.length)} ${nameEach('probe or lifecycle host', hosts)}`,
    violations,
  };
}

/** What a probe and a hook have in common. */
type Action = NonNullable<Container['livenessProbe']>;

function namesHost({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): boolean {
  return (
    aimsAtHost(livenessProbe) ||
    aimsAtHost(readinessProbe) ||
    aimsAtHost(startupProbe) ||
    (lifecycle !== undefined && (aimsAtHost(lifecycle.postStart) || aimsAtHost(lifecycle.preStop)))
  );
}

function aimsAtHost(action: Action | undefined): boolean {
  return action !== undefined && (isHost(action.httpGet?.host) || isHost(action.tcpSocket?.host));
}

function isHost(host: string | undefined): boolean {
  return host !== undefined && host !== '';
}

function findHosts({ path, container }: PlacedContainer): Violation[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  const actions = {
    livenessProbe,
    readinessProbe,
    startupProbe,
    'lifecycle.postStart': lifecycle?.postStart,
    'lifecycle.preStop': lifecycle?.preStop,
  };
  return Object.entries(actions).flatMap(([field, action]) =>
    (['httpGet', 'tcpSocket'] as const).flatMap((way) => {
      const host = action?.[way]?.host;
      if (host === undefined || host === '') return [];
      return violation(
        `${path}.${field}.${way}.host`,
        host,
        `container "${container.name}" lets the kubelet connect to ${JSON.stringify(host)} in its ${field}; remove host, then it connects to the pod`,
      );
    }),
  );
}
