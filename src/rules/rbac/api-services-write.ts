/**
 * The aggregation layer forwards what it is told to, credentials of the front proxy included.
 *
 * Source: Kubernetes "Kubernetes API Aggregation Layer" and "Configure the Aggregation Layer".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const apiServicesWrite = definePermissionRule({
  id: 'rbac-api-services-write',
  title: 'Nobody must write APIServices but administrators',
  permissions: ['api-services-write'],
  severityReason: 'Whoever registers an API group gets the requests for it, with the identity of whoever sends them.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1557'],
  rationale:
    'An APIService sends the requests of a whole API group to a server of its author: what administrators ask and write there is read, answered and changed by it.',
  remediation:
    'Install aggregated API servers from git by a controller of the platform; prefer CustomResourceDefinitions, which need no server.',
  advice: 'let a controller of the platform write them from git',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: registrar }
rules:
  - apiGroups: [apiregistration.k8s.io]
    resources: [apiservices]
    verbs: [create, update]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: registrar }
rules:
  - apiGroups: [apiregistration.k8s.io]
    resources: [apiservices]
    verbs: [get, list, watch]
`,
  },
});
