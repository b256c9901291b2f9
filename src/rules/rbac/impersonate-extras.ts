/**
 * Headers Impersonate-Uid and Impersonate-Extra-KEY are authorized as uids and as userextras/KEY.
 *
 * Source: Kubernetes "User Impersonation"; k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const impersonateExtras = definePermissionRule({
  id: 'rbac-impersonate-extras',
  title: 'Nobody must claim uids or extra attributes while acting as somebody else',
  permissions: ['impersonate-extras'],
  severityReason: 'Policies and audit go by attributes that whoever holds it makes up.',
  controls: ['cis-1.12/5.1.8', 'nsa/authentication-and-authorization', 'attack/T1078'],
  rationale:
    'Extra attributes say from which node and pod a token comes and what it is limited to; admission policies and webhooks trust them, as nobody else may set them.',
  remediation:
    'Grant the constrained verbs of Kubernetes 1.36 (impersonate:user-info and impersonate-on:user-info:VERB) to what must act as others, and list the values that may be claimed in resourceNames.',
  advice: 'list the values that may be claimed in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: gateway }
rules:
  - apiGroups: [authentication.k8s.io]
    resources: [userextras/scopes]
    verbs: [impersonate]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: gateway }
rules:
  - apiGroups: [""]
    resources: [users]
    resourceNames: [jane]
    verbs: [impersonate]
`,
  },
});
