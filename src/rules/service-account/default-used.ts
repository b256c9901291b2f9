/**
 * Workloads that share the default service account share every permission that anybody ever grants to it.
 *
 * Source: CIS Kubernetes 5.1.5; ServiceAccount admission plugin (no name means `default`).
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import { MIRROR_ANNOTATION } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { findApiTokens, projectedTokensOf } from '../../core/token-mounts.ts';

export const defaultUsed = defineRule({
  id: 'service-account-default-used',
  title: 'Workloads must run as a service account of their own',
  severity: 'medium',
  severityReason:
    'What one workload is granted all others of the account have, which is harm only once something is granted.',
  subject: 'Workload',
  controls: ['cis-1.12/5.1.5', 'nsa/authentication-and-authorization'],
  rationale:
    'The default account is shared by everything in the namespace that names none: what one application is granted all of them get.',
  remediation: 'Create a service account for the application and name it in spec.serviceAccountName.',
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
  serviceAccountName: web
  containers:
    - { name: web, image: registry.example/web:1 }
`,
  },

  check(pod) {
    if (pod.metadata?.annotations?.[MIRROR_ANNOTATION] !== undefined) {
      return notApplicable('a static pod cannot use a service account');
    }
    const account = pod.spec.serviceAccountName ?? pod.spec.serviceAccount;
    if (account !== undefined && account !== 'default') return [];
    const isWithoutToken = pod.spec.automountServiceAccountToken === false && !asksForToken(pod);
    return [
      violation(
        'spec.serviceAccountName',
        account,
        isWithoutToken
          ? 'the workload runs as "default", though without its token; name a service account of its own'
          : 'the workload runs as "default"; name a service account of its own',
        isWithoutToken ? 'low' : undefined,
      ),
    ];
  },
});

/** Of tokens for whomever: whoever accepts one knows its holder by the name of the account. */
function asksForToken(pod: PodTemplate): boolean {
  return projectedTokensOf(pod).length > 0 || findApiTokens(pod, undefined).length > 0;
}
