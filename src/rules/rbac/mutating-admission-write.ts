/**
 * Mutating admission stands between everybody and what they write. One configuration can ask for every object.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.12; Kubernetes "RBAC Good Practices", "Control admission webhooks";
 * Kubernetes "Mutating Admission Policy".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const mutatingAdmissionWrite = definePermissionRule({
  id: 'rbac-mutating-admission-write',
  title: 'Nobody must write mutating webhooks or mutating admission policies but administrators',
  permissions: ['mutating-webhooks-write', 'mutating-policies-write'],
  severityReason:
    'Whatever an administrator writes may be rewritten on its way in, bindings to cluster-admin included.',
  controls: ['cis-1.12/5.1.12', 'nsa/authentication-and-authorization', 'attack/T1557', 'attack/T1565'],
  rationale:
    'A mutating webhook sees every object that it asks for, Secrets included, and changes it; a policy does so without an endpoint of its own.',
  remediation:
    'Write them from git by a controller of the platform; let an operator that must renew the certificate of its own webhook do so through an injector that the platform runs.',
  advice: 'let a controller of the platform write them from git',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: injector }
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [mutatingwebhookconfigurations]
    verbs: [create, patch]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: injector }
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [mutatingwebhookconfigurations]
    verbs: [get, list, watch]
`,
  },
});
