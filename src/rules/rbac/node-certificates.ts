/**
 * A request for the certificate of a node is approved by itself where its author may create
 * certificatesigningrequests/nodeclient.
 *
 * Source: Kubernetes "TLS bootstrapping"; k8s.io/kubernetes v1.37.2, pkg/controller/certificates/approver.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const nodeCertificates = definePermissionRule({
  id: 'rbac-node-certificates',
  title: 'Nobody must have certificates of nodes approved but nodes that join',
  permissions: ['node-certificates'],
  severityReason: 'Whoever holds it becomes any node, and has the Secrets and tokens of the pods that run there.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1649'],
  rationale:
    'The controller manager approves such requests by itself, whichever node they are for; the certificate then reads all that the pods of this node may read.',
  remediation:
    'Grant it to the group of bootstrap tokens alone, and let those expire within a day; let nodes renew their own certificate by certificatesigningrequests/selfnodeclient.',
  advice: 'grant certificatesigningrequests/selfnodeclient to nodes, and this to bootstrap tokens alone',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: bootstrapper }
rules:
  - apiGroups: [certificates.k8s.io]
    resources: [certificatesigningrequests/nodeclient]
    verbs: [create]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: bootstrapper }
rules:
  - apiGroups: [certificates.k8s.io]
    resources: [certificatesigningrequests/selfnodeclient]
    verbs: [create]
`,
  },
});
