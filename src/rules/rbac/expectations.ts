/**
 * What people expect of a subject is written down in policies; RBAC, which only ever adds, drifts away from it by one
 * careless binding.
 *
 * Source: kube-apiserver's RBAC authorizer (plugin/pkg/auth/authorizer/rbac), whose answers are compared with what
 * policies state; kubectl auth can-i asks the same question by hand.
 */
import { defineRule } from '../../core/rule.ts';
import { authorizerReads } from '../../rbac/authorizer.ts';
import { judgeExpectation } from '../../rbac/expectation-judgement.ts';

export const expectations = defineRule({
  id: 'rbac-expectations',
  title: 'Subjects must be allowed what policies expect of them, and nothing that policies deny them',
  severity: 'high',
  severityReason: 'Somebody wrote down what the subject may do, and it may do something else.',
  subject: 'Expectation',
  reads: authorizerReads,
  controls: ['cis-1.12/5.1.1', 'nsa/authentication-and-authorization'],
  rationale:
    'RBAC only adds: whoever writes one more binding widens what a subject may do, and nothing says so. An expectation, kept in git beside the workload, notices.',
  remediation:
    'Remove the binding, or narrow the role, that grants too much; grant what is missing; or change the expectation where it is out of date.',
  example: {
    fails: `apiVersion: merlon.dev/v1alpha1
kind: HardeningPolicy
metadata: { name: own, namespace: coolapp }
spec:
  expectations:
    - subject: { kind: ServiceAccount, name: myappid }
      deny:
        - { verbs: [get, list, watch], resources: [secrets] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: everything, namespace: coolapp }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: everything }
subjects:
  - { kind: ServiceAccount, name: myappid }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: everything, namespace: coolapp }
rules:
  - { apiGroups: [""], resources: ["*"], verbs: ["*"] }
`,
    passes: `apiVersion: merlon.dev/v1alpha1
kind: HardeningPolicy
metadata: { name: own, namespace: coolapp }
spec:
  expectations:
    - subject: { kind: ServiceAccount, name: myappid }
      allow:
        - { verbs: [list], resources: [pods] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: pods, namespace: coolapp }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: pods }
subjects:
  - { kind: ServiceAccount, name: myappid }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: pods, namespace: coolapp }
rules:
  - { apiGroups: [""], resources: [pods], verbs: [get, list] }
`,
  },

  check: (expectation, { snapshot }) => judgeExpectation(expectation, snapshot),
});
