/**
 * A pod in the namespaces of its node sees the node's processes, its memory or its network.
 *
 * Source: k8s.io/pod-security-admission v0.37.2, policy/check_hostNamespaces.go.
 */
import type { PodTemplate } from '../../core/pod-template.ts';
import { violation } from '../../core/rule.ts';
import type { CheckOutcome, PodSecurityCheck } from '../check.ts';

export const hostNamespaces = {
  id: 'hostNamespaces',
  level: 'baseline',
  branches: [{ since: 0, check: checkHostNamespaces }],
} as const satisfies PodSecurityCheck;

const namespaces = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

const shared = {
  hostNetwork: "the node's network, its loopback services included",
  hostPID: 'every process of the node',
  hostIPC: "the node's shared memory",
} as const;

function checkHostNamespaces({ spec }: PodTemplate): CheckOutcome {
  // Each is read, so that one of a wrong type is not hidden behind one that is true.
  const { hostNetwork, hostPID, hostIPC } = spec;
  if (hostNetwork !== true && hostPID !== true && hostIPC !== true) return undefined;
  const refused = namespaces.filter((field) => spec[field] === true);
  return {
    reason: 'host namespaces',
    detail: refused.map((field) => `${field}=true`).join(', '),
    violations: refused.map((field) =>
      violation(`spec.${field}`, true, `${field} is true: the pod shares ${shared[field]}; remove it`),
    ),
  };
}
