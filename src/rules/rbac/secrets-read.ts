/**
 * Whoever reads Secrets has every credential that is kept in them: tokens, keys of certificates, passwords of databases.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.2; Kubernetes "RBAC Good Practices", "Listing secrets" (list and watch return
 * what is in them as get does); k8s.io/apiserver v0.37.2, pkg/endpoints/handlers/{patch,delete}.go (what is answered).
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const secretsRead = definePermissionRule({
  id: 'rbac-secrets-read',
  title: 'Nobody must read Secrets that are not their own',
  permissions: ['secrets-read'],
  severityReason: 'Secrets hold credentials, and those of other service accounts may be among them.',
  controls: ['cis-1.12/5.1.2', 'nsa/authentication-and-authorization', 'attack/T1552.007'],
  rationale:
    'Listing and watching return the contents just as getting does, and so do a patch that changes nothing and a deletion that is only tried (dryRun). In the whole cluster they include the credentials of its control plane.',
  remediation:
    'Mount the Secrets that an application needs instead of letting it ask for them; where it must ask, grant get, and name the Secrets in resourceNames. Name them beside patch and delete as well, and leave deletecollection away.',
  advice:
    'grant get alone, and name the Secrets in resourceNames, because patch and delete are answered with them as well',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: backup }
rules:
  - apiGroups: [""]
    resources: [secrets]
    verbs: [get, list]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: backup }
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list]
`,
  },
});
