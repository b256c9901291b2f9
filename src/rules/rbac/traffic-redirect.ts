/**
 * Who receives what is sent to a service is decided by its endpoints, its external addresses and the status of pods.
 *
 * Source: CVE-2020-8554 (kubernetes/kubernetes 97076), CVE-2021-25740 (kubernetes/kubernetes 103675).
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const trafficRedirect = definePermissionRule({
  id: 'rbac-traffic-redirect',
  title: 'Nobody must redirect the traffic of services but who owns them',
  permissions: ['traffic-redirect'],
  severityReason: 'What is sent to one service, or to an address on the internet, may arrive at another.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1557'],
  rationale:
    'Endpoints send the clients of a service anywhere, also past network policies to other namespaces; external IPs of a service draw the traffic of the whole cluster to an address.',
  remediation:
    'Let controllers write endpoints; refuse spec.externalIPs, which are deprecated, by a ValidatingAdmissionPolicy or the admission plugin DenyServiceExternalIPs; name the services that an application must patch in resourceNames.',
  advice: 'name the services in resourceNames, and leave endpoints to controllers',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: router }
rules:
  - apiGroups: [""]
    resources: [endpoints]
    verbs: [create, update]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: router }
rules:
  - apiGroups: [""]
    resources: [services]
    resourceNames: [web]
    verbs: [patch]
`,
  },
});
