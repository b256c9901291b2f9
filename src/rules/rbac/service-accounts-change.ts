/**
 * Workload identity of the clouds, and the mounting of tokens, stand in the service account.
 *
 * Source: Kubernetes "Configure Service Accounts for Pods"; Amazon EKS "IAM roles for service accounts"; GKE "Workload
 * Identity Federation".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const serviceAccountsChange = definePermissionRule({
  id: 'rbac-service-accounts-change',
  title: 'Nobody must change service accounts that others run as',
  permissions: ['service-accounts-change'],
  severityReason: 'Annotations of a service account decide which role of the cloud its pods have.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1098'],
  rationale:
    'Whoever changes a service account gives pods the permissions of another identity of the cloud, or has tokens mounted where none were.',
  remediation:
    'Keep service accounts in git with the application that they belong to; where a controller must patch some, name them in resourceNames, and guard the annotations of the cloud by a ValidatingAdmissionPolicy.',
  advice: 'name the service accounts in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: identities }
rules:
  - apiGroups: [""]
    resources: [serviceaccounts]
    verbs: [update, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: identities }
rules:
  - apiGroups: [""]
    resources: [serviceaccounts]
    resourceNames: [web]
    verbs: [patch]
`,
  },
});
