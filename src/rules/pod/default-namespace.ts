/**
 * Everything that names no namespace ends up in `default`, so that what stands there belongs to nobody and shares its
 * accounts, quotas and policies with everything else.
 *
 * Source: CIS Kubernetes 5.6.4; NSA/CISA Kubernetes Hardening Guide, "Namespaces". In a file that names no namespace it
 * is `default`, as for kubectl.
 */
import { defineRule, violation } from '../../core/rule.ts';

export const defaultNamespace = defineRule({
  id: 'pod-default-namespace',
  title: 'Workloads must run in a namespace of their own, not in default',
  severity: 'low',
  severityReason: 'It is no hole by itself; it makes the walls between applications hard to build.',
  inForce: 'whereEnabled',
  subject: 'Workload',
  // Where a workload stands is not in its template.
  reads: ['Namespace'],
  controls: ['cis-1.12/5.6.4', 'nsa/network-separation-and-hardening'],
  rationale:
    'Namespaces are what roles, network policies, quotas and Pod Security levels are tied to: in the one that everybody uses none of them can be strict.',
  remediation: 'Create a namespace for the application and name it in metadata.namespace.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: default }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop }
spec:
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(_pod, { subject }) {
    if (subject.namespace !== 'default') return [];
    const message = 'the workload runs in namespace "default"; create one for its application';
    return [{ ...violation('metadata.namespace', subject.namespace, message), of: 'subject' }];
  },
});
