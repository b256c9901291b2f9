/**
 * The controller manager puts a token into every Secret of the type kubernetes.io/service-account-token that names a
 * service account of its namespace.
 *
 * Source: Kubernetes "RBAC Good Practices", "Workload creation"; k8s.io/kubernetes v1.37.2,
 * pkg/controller/serviceaccount/tokens_controller.go.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const secretsCreate = definePermissionRule({
  id: 'rbac-secrets-create',
  title: 'Nobody must create Secrets where service accounts are that are not theirs',
  permissions: ['secrets-create'],
  severityReason:
    'A Secret of the type service-account-token is filled with a token of whichever service account it names.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1528'],
  rationale:
    'Whoever may create Secrets and read them, or mount them into a pod, gets a token that never expires, of any service account of the namespace.',
  remediation:
    'Let pods use projected tokens, which need no Secret. Where an application keeps data in Secrets, create them beforehand and grant update and patch with resourceNames; let what creates Secrets work in a namespace without other service accounts.',
  advice: 'create the Secrets beforehand and grant update on them by resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: backup }
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [create]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: backup }
rules:
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [cache]
    verbs: [update, patch]
`,
  },
});
