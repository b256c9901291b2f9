/**
 * What admission refuses is decided in these objects.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.12; Kubernetes "RBAC Good Practices", "Control admission webhooks";
 * Kubernetes "Validating Admission Policy".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const validatingAdmissionWrite = definePermissionRule({
  id: 'rbac-validating-admission-write',
  title: 'Nobody must write or delete validating webhooks or policies but administrators',
  permissions: ['validating-admission-write'],
  severityReason: 'Guard rails hold only as long as those whom they guard against cannot take them away.',
  controls: ['cis-1.12/5.1.12', 'nsa/authentication-and-authorization', 'attack/T1562.001'],
  rationale:
    'Whoever changes a webhook or a policy switches off what keeps privileged pods and bad manifests out; a webhook of their own also sees every object that is written.',
  remediation: 'Write them from git by a controller of the platform, and watch them by an alert on the audit log.',
  advice: 'let a controller of the platform write them from git',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: policies }
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [validatingadmissionpolicies]
    verbs: [create, delete]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: policies }
rules:
  - apiGroups: [admissionregistration.k8s.io]
    resources: [validatingadmissionpolicies]
    verbs: [get, list, watch]
`,
  },
});
