/**
 * Bundles that are tied to a signer take the verb attest on it besides; those without a signer take nothing else.
 *
 * Source: Kubernetes "Certificates and Certificate Signing Requests", "Cluster trust bundles"; KEP-3257.
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const trustBundles = definePermissionRule({
  id: 'rbac-trust-bundles',
  title: 'Nobody must write ClusterTrustBundles but who issues certificates',
  permissions: ['trust-bundles-write', 'signers-attest'],
  severityReason: 'Whoever decides which authorities pods trust can be every server that they talk to.',
  controls: ['nsa/authentication-and-authorization', 'attack/T1553.004'],
  rationale:
    'Pods mount bundles by name or by signer and trust what is in them; one certificate more goes unnoticed and lets its owner read their connections.',
  remediation:
    'Let one controller publish bundles, with the verb attest on its own signer and the names of its bundles in resourceNames.',
  advice: 'name the bundles, and the signer, in resourceNames',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: publisher }
rules:
  - apiGroups: [certificates.k8s.io]
    resources: [clustertrustbundles]
    verbs: [create, update]
  - apiGroups: [certificates.k8s.io]
    resources: [signers]
    verbs: [attest]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: publisher }
rules:
  - apiGroups: [certificates.k8s.io]
    resources: [clustertrustbundles]
    resourceNames: [internal]
    verbs: [update]
`,
  },
});
