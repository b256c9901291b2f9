/**
 * Many metrics endpoints need it and asking changes nothing, so that a policy has to ask for this rule.
 *
 * Source: Kubernetes "Authorization", "Checking API access"; Kubernetes API reference, "TokenReview".
 */
import { definePermissionRule } from '../lib/permission-rule.ts';

export const permissionsAsk = definePermissionRule({
  id: 'rbac-permissions-ask',
  title: 'Nobody must ask what others may do but who checks requests',
  permissions: ['permissions-ask'],
  severityReason: 'It tells an intruder whom to attack, and whether a stolen token is still good.',
  inForce: 'whereEnabled',
  controls: ['nsa/authentication-and-authorization', 'attack/T1069'],
  rationale:
    'Whoever may create access reviews learns every permission of everybody, and token reviews say whose a token is.',
  remediation:
    'Grant it to servers that authenticate their clients by Kubernetes, through the predefined ClusterRole system:auth-delegator; everybody may ask for themselves anyway.',
  advice: 'bind system:auth-delegator to servers that need it, and remove it elsewhere',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: delegator }
rules:
  - apiGroups: [authorization.k8s.io]
    resources: [subjectaccessreviews]
    verbs: [create]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: delegator }
rules:
  - apiGroups: [authorization.k8s.io]
    resources: [selfsubjectaccessreviews]
    verbs: [create]
`,
  },
});
