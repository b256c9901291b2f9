/**
 * What is granted to the default account is granted to every pod of its namespace that names no other.
 *
 * Source: CIS Kubernetes 5.1.5 ("Ensure that default service accounts are not actively used").
 */
import { defineRule, violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { placedAccountsOf } from '../lib/bound-accounts.ts';
import { asBoundRole, powerOf } from '../lib/role-power.ts';
import type { RolePower } from '../lib/role-power.ts';

export const defaultBound = defineRule({
  id: 'service-account-default-bound',
  title: 'Nothing must be granted to a default service account',
  severity: 'critical',
  severityReason:
    'Critical where every pod of the namespace may take over the cluster, as with edit, admin or cluster-admin bound cluster-wide; high where it is the namespace, or some of the cluster as with view; medium for the rest.',
  subject: 'Binding',
  reads: ['Role', 'ClusterRole'],
  controls: ['cis-1.12/5.1.5', 'nsa/authentication-and-authorization'],
  rationale:
    'Every pod that names no account is the default one, those that somebody starts next year included: nobody who grants it something knows to whom.',
  remediation:
    'Create a service account for the application that needs the rights, name it in spec.serviceAccountName of its pods, bind the role to it, and remove "default" from the binding.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: viewers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: ServiceAccount, name: default, namespace: shop }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: viewers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: ServiceAccount, name: web, namespace: shop }
`,
  },

  check(binding, { subject, snapshot }) {
    const bound = asBoundRole(subject.kind, binding);
    const accounts = placedAccountsOf(bound).filter(({ name }) => name === 'default');
    if (accounts.length === 0) return [];
    const power = powerOf(bound, snapshot);
    const { kind, name } = binding.roleRef;
    return accounts.map(({ path, namespace }) =>
      violation(
        path,
        `${namespace}/default`,
        `${kind} "${name}" is granted to the default service account${namespace === '' ? '' : ` of namespace "${namespace}"`}, that is to every pod there that names no other: ${reasons[power]}; bind an account of the application`,
        grades[bound.kind][power],
      ),
    );
  },
});

const grades: Readonly<Record<'RoleBinding' | 'ClusterRoleBinding', Readonly<Record<RolePower, Severity>>>> = {
  ClusterRoleBinding: { takeover: 'critical', some: 'high', unknown: 'high', absent: 'medium', nothing: 'info' },
  RoleBinding: { takeover: 'high', some: 'medium', unknown: 'medium', absent: 'low', nothing: 'info' },
};

const reasons: Readonly<Record<RolePower, string>> = {
  takeover: 'with what it allows one can take over all that it is bound in',
  some: 'it gives access to resources or URLs',
  unknown: 'what it allows is not known from these files',
  absent: 'the role does not exist, and whoever creates it decides what is granted',
  nothing: 'it gives what every account has, which may be more tomorrow',
};
