/**
 * The subresource serviceaccounts/token is the TokenRequest API. The name of the service account is in the request, so
 * that resourceNames limit it.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.13; Kubernetes "RBAC Good Practices", "Token request".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const tokensCreate = definePermissionRule({
  id: 'rbac-tokens-create',
  title: 'Nobody must request tokens of service accounts that lead to cluster-admin',
  permissions: ['tokens-create'],
  severityReason: 'A token of a service account is all that it takes to be that service account, from anywhere.',
  controls: ['cis-1.12/5.1.13', 'nsa/authentication-and-authorization', 'attack/T1528'],
  rationale:
    'A requested token works outside of the cluster and outlives the pod that asked for it; who may request those of every service account holds the sum of their permissions.',
  remediation:
    'Let pods get their tokens by projected volumes, which need no permission. Where something must request tokens for others, name the service accounts in resourceNames, and give those what the purpose needs and no more.',
  advice: 'name service accounts in resourceNames that do not lead to cluster-admin',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: issuer }
rules:
  - apiGroups: [""]
    resources: [serviceaccounts/token]
    verbs: [create]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: issuer }
rules:
  - apiGroups: [""]
    resources: [serviceaccounts/token]
    resourceNames: [reporter]
    verbs: [create]
`,
  },
});
