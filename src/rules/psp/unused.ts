/**
 * A policy that nobody may use protects nothing, and looks as if it did.
 *
 * Source: PodSecurityPolicy admission: a policy counts only for those who have the verb `use` on it.
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { findPolicyUse } from '../../psp/policy-use.ts';

export const unused = defineRule({
  id: 'psp-unused',
  title: 'PodSecurityPolicies must be there for somebody',
  severity: 'low',
  severityReason: 'Nothing is open for it; but what somebody believes to be asked is not.',
  subject: 'PodSecurityPolicy',
  reads: ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
  controls: ['nsa/pod-security'],
  rationale:
    'A pod is held against the policies that its service account or its creator may use, and against no other: a strict policy that is bound to nobody is never asked.',
  remediation: 'Bind a role with the verb use on the policy to those whose pods it is for, or delete it.',
  example: {
    fails: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: restricted }
spec:
  privileged: false
`,
    passes: `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: { name: restricted }
spec:
  privileged: false
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: restricted }
rules:
  - { apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [restricted], verbs: [use] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: restricted }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: restricted }
subjects:
  - { apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:authenticated }
`,
  },

  check({ metadata: { name } }, { snapshot }) {
    const use = findPolicyUse(snapshot).someoneMayUse(name);
    if (use === 'yes') return [];
    if (!snapshot.isWholeCluster) return notApplicable('who may use the policy is not known from these files');
    if (use !== 'no') return unknown(use.unknown);
    const message = `nobody may use "${name}" but who may do everything; bind a role with the verb use on it, or delete it`;
    return [violation('metadata.name', name, message)];
  },
});
