/**
 * What is granted to everybody who has a credential, or to every service account, is granted to every pod.
 *
 * Source: Kubernetes "RBAC Good Practices"; GKE CIS Benchmark 4.1.8 to 4.1.10 (there, system:authenticated is every Google
 * account); k8s.io/kubernetes v1.37.2, bootstrappolicy (what Kubernetes itself grants to them).
 */
import { defineRule, violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { isPredefinedGrant } from '../../rbac/predefined-grants.ts';
import { AUTHENTICATED, SERVICE_ACCOUNTS } from '../../rbac/request.ts';
import { clusterMinor } from '../lib/cluster-minor.ts';
import { isOfOthers, OTHER_ACCOUNTS } from '../lib/role-holders.ts';
import { asBoundRole, powerOf } from '../lib/role-power.ts';
import type { RolePower } from '../lib/role-power.ts';

export const everybodyGrants = defineRule({
  id: 'rbac-everybody-grants',
  title: 'Nothing must be granted to everybody beyond what Kubernetes itself grants',
  severity: 'critical',
  severityReason:
    'Critical where everybody may take over the cluster; high where it is a namespace, or some of the cluster; medium for the rest.',
  subject: 'Binding',
  reads: ['Role', 'ClusterRole', 'ServerVersion'],
  controls: ['nsa/authentication-and-authorization', 'attack/T1078.001'],
  rationale:
    'The groups system:authenticated and system:serviceaccounts have every pod of the cluster as a member, whoever wrote it; on some platforms the former has every account of the provider.',
  remediation: 'Bind the role to the group or the service account that needs it, and remove the subject.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated" }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: viewers }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: developers }
`,
  },

  check(binding, { subject, snapshot }) {
    const bound = asBoundRole(subject.kind, binding);
    const minor = clusterMinor(snapshot);
    const everybody = (binding.subjects ?? [])
      .map((one, index) => ({ one, index }))
      .filter(({ one }) => one.kind === 'Group' && isOfEverybody(one.name))
      .filter(({ one }) => !isPredefinedGrant({ bound, subject: one }, snapshot, minor));
    if (everybody.length === 0) return [];
    const power = powerOf(bound, snapshot);
    if (power === 'nothing') return [];
    const { kind, name } = binding.roleRef;
    return everybody.map(({ one, index }) =>
      violation(
        `subjects[${index}]`,
        isOfOthers(one.name, subject.namespace) ? OTHER_ACCOUNTS : `${one.kind} ${one.name}`,
        `${kind} "${name}" is granted to ${describe(one.name, subject.namespace)}: ${reasons[power]}; bind whoever needs it`,
        grades[bound.kind][power],
      ),
    );
  },
});

function isOfEverybody(group: string): boolean {
  return group === AUTHENTICATED || group === SERVICE_ACCOUNTS || group.startsWith(`${SERVICE_ACCOUNTS}:`);
}

function describe(group: string, ownNamespace: string | undefined): string {
  if (group === AUTHENTICATED) return 'everybody who has a credential, every pod included';
  if (isOfOthers(group, ownNamespace)) return 'every service account of another namespace';
  return group === SERVICE_ACCOUNTS
    ? 'every service account'
    : `every service account of namespace "${group.slice(SERVICE_ACCOUNTS.length + 1)}"`;
}

type Granted = Exclude<RolePower, 'nothing'>;

const grades: Readonly<Record<'RoleBinding' | 'ClusterRoleBinding', Readonly<Record<Granted, Severity>>>> = {
  ClusterRoleBinding: { takeover: 'critical', some: 'high', unknown: 'high', absent: 'high' },
  RoleBinding: { takeover: 'high', some: 'medium', unknown: 'medium', absent: 'medium' },
};

const reasons: Readonly<Record<Granted, string>> = {
  takeover: 'with what it allows one can take over all that it is bound in',
  some: 'it gives access to more than everybody has',
  unknown: 'what it allows is not known from these files',
  absent: 'the role does not exist, and whoever creates it decides what is granted',
};
