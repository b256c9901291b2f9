/**
 * A container that drops every capability cannot use one that its image, or a flaw in it, reaches for.
 *
 * Source: Pod Security Standards, restricted, "Capabilities" (from v1.22; Windows exempt from v1.25).
 */
import { defineRule } from '../../core/rule.ts';
import { capabilitiesRestricted as check } from '../../pod-security/checks/capabilities-restricted.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

export const capabilitiesRestricted = defineRule({
  id: 'pod-capabilities-restricted',
  title: 'Containers must drop all capabilities and add none but NET_BIND_SERVICE',
  severity: 'low',
  severityReason: 'Processes that are not root, and cannot become root, cannot use those that are granted by default.',
  subject: 'Workload',
  reads: ['ServerVersion'],
  controls: ['pss/restricted/capabilities_restricted', 'cis-1.12/5.2.8', 'cis-1.12/5.2.9', 'nsa/pod-security'],
  rationale:
    'By default a container runtime grants more than a dozen capabilities, NET_RAW among them, and nearly no application needs any.',
  remediation:
    'Set securityContext.capabilities.drop to ["ALL"] on every container; add NET_BIND_SERVICE where a program that is not root listens on a port below 1024.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: web
      image: registry.example/web:1
      securityContext:
        capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] }
`,
  },

  // Who adds all would be left with none.
  sets: {
    of: 'container',
    field: 'capabilities.drop',
    value: ['ALL'],
    unless: {
      cel: "c.?securityContext.?capabilities.?add.orValue([]).exists(k, k.lowerAscii() == 'all')",
      holds: ({ securityContext }) =>
        securityContext?.capabilities?.add?.some((name) => name.toLowerCase() === 'all') === true,
    },
  },

  check: judgeBy(check),
});
