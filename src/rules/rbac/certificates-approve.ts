/**
 * It takes three permissions to make a certificate: to request it, to approve requests, and to approve for the signer.
 * They may be held by different roles: the way from all of them to cluster-admin is found from their holders.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.11; Kubernetes "RBAC Good Practices", "CSRs and certificate issuing";
 * k8s.io/kubernetes v1.37.2, plugin/pkg/admission/certificates.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const certificatesApprove = definePermissionRule({
  id: 'rbac-certificates-approve',
  title: 'Nobody must approve certificates of users and nodes but who issues them',
  permissions: ['certificates-approve', 'signers-approve', 'node-signers-approve'],
  together: [
    {
      permissions: ['certificates-request', 'certificates-approve', 'signers-approve'],
      what: 'make certificates of anybody but members of system:masters',
      inCluster: 'critical',
    },
    {
      permissions: ['certificates-request', 'certificates-approve', 'node-signers-approve'],
      what: 'make certificates of any node',
      inCluster: 'high',
    },
  ],
  severityReason:
    'With the permission to request certificates it makes credentials of any user, which cannot be revoked.',
  controls: ['cis-1.12/5.1.11', 'nsa/authentication-and-authorization', 'attack/T1649'],
  rationale:
    'A certificate of the signer kubernetes.io/kube-apiserver-client is whoever its subject says, the controller manager included; only members of system:masters are refused. One of kubernetes.io/kube-apiserver-client-kubelet is whichever node it says, and has what the pods there have. Both are valid until they expire.',
  remediation:
    'Log people in by OpenID Connect instead of by certificates, and machines by service account tokens. An approver of other certificates gets the verb approve on its own signer alone, by resourceNames.',
  advice:
    'limit "approve signers" by resourceNames to its own signer, and do not let the same account request and approve',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: approver }
rules:
  - apiGroups: [certificates.k8s.io]
    resources: [certificatesigningrequests/approval]
    verbs: [update]
  - apiGroups: [certificates.k8s.io]
    resources: [signers]
    verbs: [approve]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: approver }
rules:
  - apiGroups: [certificates.k8s.io]
    resources: [signers]
    resourceNames: [example.org/serving]
    verbs: [approve]
`,
  },
});
