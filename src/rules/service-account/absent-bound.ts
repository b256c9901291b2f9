/**
 * A grant to an account that does not exist sleeps until somebody creates an account of that name, and then it is theirs.
 *
 * In a RoleBinding only accounts of its own namespace are judged: whoever may write one would learn otherwise which
 * accounts other namespaces have.
 *
 * Source: RBAC (a subject is a name, which nobody looks up when it is bound).
 */
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { isPredefinedGrant } from '../../rbac/predefined-grants.ts';
import { asBoundRole, powerOf } from '../lib/role-power.ts';
import type { RolePower } from '../lib/role-power.ts';
import { placedAccountsOf } from '../lib/bound-accounts.ts';

export const absentBound = defineRule({
  id: 'service-account-absent-bound',
  title: 'Bindings must name service accounts that exist',
  severity: 'high',
  severityReason:
    'Whoever creates an account of that name has what is granted: high where that is to take over the cluster, medium for a namespace or for less of the cluster, low for the rest.',
  subject: 'Binding',
  reads: ['ServiceAccount', 'Role', 'ClusterRole'],
  controls: ['cis-1.12/5.1.8', 'kubernetes/rbac-good-practices'],
  rationale:
    'To create a service account is a small right that many have. Where a binding waits for a name, it makes of that right whatever was bound, and the binding itself looks as if it did nothing.',
  remediation: 'Remove the subject from the binding, or the binding; bind accounts in the same step that creates them.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: viewers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: ServiceAccount, name: gone, namespace: shop }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: viewers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: ServiceAccount, name: web, namespace: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
`,
  },

  check(binding, { subject, snapshot }) {
    const bound = asBoundRole(subject.kind, binding);
    const named = placedAccountsOf(bound);
    if (named.length === 0) return [];
    const accounts = named.filter(
      ({ namespace }) => bound.kind === 'ClusterRoleBinding' || namespace === (binding.metadata.namespace ?? ''),
    );
    if (accounts.length === 0) return notApplicable('it names accounts of other namespaces alone');
    const absent = accounts.filter(
      ({ namespace, name }) => snapshot.get('ServiceAccount', namespace, name) === undefined,
    );
    if (absent.length === 0) return [];
    if (!snapshot.isWholeCluster) return notApplicable('which accounts exist is not known from these files');
    const severity = grades[bound.kind][powerOf(bound, snapshot)];
    return (
      absent
        // The API server binds accounts of controllers that do not run everywhere, and of add-ons that nobody installed.
        .filter((account) => !isPredefinedGrant({ bound, subject: account.subject }, snapshot))
        .map(({ path, namespace, name }) =>
          violation(
            path,
            `${namespace}/${name}`,
            `service account "${name}" does not exist in namespace "${namespace}", and whoever creates it is granted ${binding.roleRef.kind} "${binding.roleRef.name}"; remove the subject`,
            severity,
          ),
        )
    );
  },
});

const grades: Readonly<Record<'RoleBinding' | 'ClusterRoleBinding', Readonly<Record<RolePower, Severity>>>> = {
  ClusterRoleBinding: { takeover: 'high', some: 'medium', unknown: 'medium', absent: 'low', nothing: 'low' },
  RoleBinding: { takeover: 'medium', some: 'low', unknown: 'low', absent: 'low', nothing: 'low' },
};
