/**
 * Roles that Kubernetes ships are powerful by design: what matters is to whom else they are bound. cluster-admin is
 * everything; edit and admin include every service account of the namespace, and bound in the whole cluster those of the
 * control plane.
 *
 * Source: Kubernetes "Using RBAC Authorization", "User-facing roles"; CIS Kubernetes Benchmark 1.12, 5.1.1.
 */
import type { ObjectOf } from '../../core/kinds.ts';
import { defineRule, notApplicable, violation } from '../../core/rule.ts';
import type { RuleContext, Violation } from '../../core/rule.ts';
import { findCapabilities, grantsEverything, isOfUse } from '../../rbac/capabilities.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import { isPredefinedRole } from '../../rbac/predefined.ts';
import { rulesOfRole } from '../../rbac/role-rules.ts';
import { gradeHolders, worse } from '../lib/holder-grade.ts';
import type { Grade, Severities } from '../lib/holder-grade.ts';
import { holderReads } from '../lib/permission-rule.ts';
import { findHolders, knownMinor } from '../lib/role-holders.ts';
import type { Holders } from '../lib/role-holders.ts';

const everything: Severities = { inCluster: 'critical', inNamespace: 'high' };

export const predefinedRoleBound = defineRule({
  id: 'rbac-predefined-role-bound',
  title: 'Powerful roles of Kubernetes must be bound to nobody who does not need them',
  severity: 'critical',
  severityReason: 'Bound in the whole cluster, cluster-admin, admin and edit are the cluster.',
  subject: 'Role',
  reads: holderReads,
  controls: ['cis-1.12/5.1.1', 'nsa/authentication-and-authorization', 'attack/T1078'],
  rationale:
    'The roles that come with Kubernetes are made for its own components, and for people who administer a cluster or a namespace. An application that is bound to one of them has far more than it needs.',
  remediation:
    'Write a role with what is needed and bind that. Bind edit and admin by RoleBindings, to the people of the team, never by a ClusterRoleBinding.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: cluster-admin }
rules:
  - { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }
  - { nonResourceURLs: ["*"], verbs: ["*"] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: deployer-is-admin }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: ServiceAccount, namespace: ci, name: deployer }
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: cluster-admin }
rules:
  - { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }
  - { nonResourceURLs: ["*"], verbs: ["*"] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: cluster-admin }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:masters" }
`,
  },

  check(role, context) {
    const minor = knownMinor(context.snapshot.podSecurityVersion());
    const kind = context.subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
    if (!isPredefinedRole({ kind, role }, minor)) {
      return notApplicable('only roles that are as Kubernetes made them; the others are judged by what they grant');
    }
    const holders = findHolders(role, context);
    if (holders.everywhere.length === 0 && holders.inNamespaces.size === 0) return [];
    return judgeHolders(role, holders, context);
  },
});

function judgeHolders(role: ObjectOf<'ClusterRole'>, holders: Holders, context: RuleContext<object>): Violation[] {
  const { rules } = rulesOfRole(role, context.snapshot);
  const held = findCapabilities(rules, { minorVersion: context.snapshot.podSecurityVersion() });
  const isEverything = grantsEverything(rules);
  const kinds: readonly Severities[] = isEverything
    ? [everything]
    : held
        .filter((one) => holders.everywhere.length > 0 || isOfUse(one, [...holders.inNamespaces.keys()][0] ?? ''))
        .map(({ permission }) => permissions[permission]);
  if (kinds.length === 0) return [];
  const grade = kinds.map((one): Grade => gradeHolders(one, holders, context)).reduce(worse);
  const what = isEverything ? 'everything' : describe(held.map(({ permission }) => permissions[permission].what));
  // A team that edits its own namespace is what the role is for.
  const isMeant = holders.everywhere.length === 0 && !isEverything && grade.severity !== 'critical';
  return [
    violation(
      'metadata.name',
      role.metadata.name,
      `it allows ${what}: ${grade.reason}; bind a role with no more than is needed`,
      isMeant ? 'low' : grade.severity,
    ),
  ];
}

function describe(whats: readonly string[]): string {
  const distinct = [...new Set(whats)];
  const [first = 'nothing', second] = distinct;
  const more = distinct.length > 2 ? ` and ${distinct.length - 2} more` : '';
  return second === undefined ? `to ${first}` : `to ${first}, to ${second}${more}`;
}
