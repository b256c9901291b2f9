/**
 * Who may impersonate any user or any service account has the sum of all their permissions, cluster-admin included.
 *
 * Source: kube-apiserver impersonation filter (serviceaccounts are authorized in their namespace, users and groups
 * without one, so a RoleBinding grants only the former; groups are asked only besides a user) and RBAC authorizer
 * (resourceNames absent means every name).
 */
import type { ObjectOf, PolicyRule } from '../../core/kinds.ts';
import { defineRule, unknown, violation } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import type { BoundRole } from '../../core/snapshot.ts';
import { MASTERS } from '../../rbac/request.ts';
import {
  isFilledLater,
  isUnrestrictedByName,
  matchesGroup,
  matchesResource,
  matchesVerb,
} from '../../rbac/rule-matching.ts';

const identities = ['users', 'groups', 'serviceaccounts'] as const;

export const impersonateAny = defineRule({
  id: 'rbac-impersonate-any',
  title: 'Impersonation must be limited by resourceNames',
  severity: 'critical',
  severityReason: 'Whoever may impersonate anybody may do what anybody may do.',
  subject: 'Role',
  reads: ['RoleBinding', 'ClusterRoleBinding'],
  controls: ['cis-1.12/5.1.8', 'nsa/authentication-and-authorization'],
  rationale:
    'Impersonating any user, group or service account is holding all their permissions at once; resourceNames limit it to the identities that are meant.',
  remediation:
    'List the identities that may be impersonated in resourceNames, in one rule per resource, or remove the verb impersonate.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: impersonator }
rules:
  - apiGroups: [""]
    resources: [users, groups, serviceaccounts]
    verbs: [impersonate]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: limited-impersonator }
rules:
  - apiGroups: [""]
    resources: [users]
    verbs: [impersonate]
    resourceNames: [jane]
`,
  },

  check(role, { subject, snapshot }) {
    if (isFilledLater(role, snapshot)) {
      return unknown('the role has the rules of the ClusterRoles that it aggregates; judge it in a cluster');
    }
    const granted = (role.rules ?? []).map((rule) => ({ rule, resources: impersonated(rule) }));
    const open = granted.flatMap(({ rule, resources }, index) =>
      resources.length > 0 && isUnrestrictedByName(rule) ? [{ index, resources }] : [],
    );
    if (open.length === 0) return [];
    const isGroupsAlone = granted.every(({ resources }) => resources.every((resource) => resource === 'groups'));

    const isClusterRole = subject.kind === 'ClusterRole';
    const held = snapshot
      .bindingsOf({
        kind: isClusterRole ? 'ClusterRole' : 'Role',
        namespace: subject.namespace ?? '',
        name: subject.name,
      })
      .filter(({ binding }) => hasLiveSubject(binding));
    return open.map(({ index, resources }) => {
      const { severity, reason } = isGroupsAlone
        ? gradeGroupsAlone(held, snapshot.isWholeCluster)
        : gradeImpersonation(resources, held, snapshot.isWholeCluster);
      return violation(
        `rules[${index}]`,
        `impersonate ${resources.join(', ')}`,
        `rule ${index} allows to impersonate any of ${resources.join(', ')}; ${reason}; limit it with resourceNames`,
        severity,
      );
    });
  },
});

type Identity = (typeof identities)[number];

function impersonated(rule: PolicyRule): readonly Identity[] {
  return matchesVerb(rule, 'impersonate') && matchesGroup(rule, '')
    ? identities.filter((resource) => matchesResource(rule, resource))
    : [];
}

/** With one named user from another role it is everything: `--as=jane --as-group=system:masters`. */
function gradeGroupsAlone(
  held: readonly BoundRole[],
  isWholeCluster: boolean,
): { readonly severity: Severity; readonly reason: string } {
  const clusterWide = held.find(({ kind }) => kind === 'ClusterRoleBinding');
  if (clusterWide !== undefined) {
    const name = clusterWide.binding.metadata.name;
    const reason = `whoever holds it by ClusterRoleBinding "${name}" needs but one user from another role to be in any group`;
    return { severity: 'high', reason };
  }
  return isWholeCluster
    ? {
        severity: 'info',
        reason: 'groups cannot be impersonated without a user, and nobody holds the role cluster-wide',
      }
    : { severity: 'low', reason: 'groups cannot be impersonated without a user, whom another role may allow' };
}

function gradeImpersonation(
  resources: readonly Identity[],
  held: readonly BoundRole[],
  isWholeCluster: boolean,
): { readonly severity: Severity; readonly reason: string } {
  const clusterWide = held.find(({ kind }) => kind === 'ClusterRoleBinding');
  if (clusterWide !== undefined) {
    const name = clusterWide.binding.metadata.name;
    return { severity: 'critical', reason: `it is granted cluster-wide by ClusterRoleBinding "${name}"` };
  }
  const [inNamespace] = held;
  if (inNamespace === undefined) {
    return isWholeCluster
      ? { severity: 'low', reason: 'nobody holds the role at present' }
      : { severity: 'high', reason: 'who holds the role is not known from these files' };
  }
  const { name, namespace } = inNamespace.binding.metadata;
  if (!resources.includes('serviceaccounts')) {
    return { severity: 'low', reason: `users and groups need a ClusterRoleBinding, and only RoleBindings grant it` };
  }
  return { severity: 'high', reason: `it is granted in namespace "${namespace ?? ''}" by RoleBinding "${name}"` };
}

/** system:masters is allowed everything before RBAC is asked, so a binding to it alone grants nothing. */
function hasLiveSubject(binding: ObjectOf<'RoleBinding'>): boolean {
  return (binding.subjects ?? []).some(({ kind, name }) => kind !== 'Group' || name !== MASTERS);
}
