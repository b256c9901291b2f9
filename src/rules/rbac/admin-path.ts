/**
 * Whoever can become cluster-admin by what they are granted is cluster-admin for everybody who takes their credentials.
 *
 * Source: Kubernetes "RBAC Good Practices", "Privilege escalation risks"; CIS Kubernetes Benchmark 1.12, 5.1.
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { Violation } from '../../core/rule.ts';
import { assertReadable } from '../../core/snapshot.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { adminPaths, standingOf, wayFrom } from '../../rbac/admin-paths.ts';
import { describeGrant } from '../../rbac/authorizer.ts';
import { ADMIN } from '../../rbac/escalation-node.ts';
import type { NodeKey } from '../../rbac/escalation-node.ts';
import { buildPath, printChain, printPath } from '../../rbac/escalation-path.ts';
import { identityOf, keyOfIdentity } from '../../rbac/identity.ts';
import { isStep } from '../../rbac/routes.ts';
import { principalOf } from '../../rbac/subject-matching.ts';
import { grantedPartOf, hopsOf } from '../../rbac/ways.ts';
import type { Way } from '../../rbac/ways.ts';
import { sharedRole, sharedRoleReads } from '../lib/shared-role.ts';

export const adminPath = defineRule({
  id: 'rbac-admin-path',
  title: 'Nobody must be able to become cluster-admin who is not meant to be',
  severity: 'critical',
  severityReason: 'The chain needs nothing but what is granted today.',
  subject: 'Principal',
  reads: ['EscalationPaths', ...sharedRoleReads],
  controls: ['cis-1.12/5.1.1', 'nsa/authentication-and-authorization', 'attack/T1078'],
  rationale:
    'Single permissions look harmless: to create pods in one namespace, to bind a role in another. Chained they lead to cluster-admin, through service accounts, running pods and nodes. All who can by one role are one finding, on that role.',
  remediation:
    'Take away the grant that the finding names, or narrow it: by resourceNames, by a RoleBinding in place of a ClusterRoleBinding, or by moving the powerful service account into a namespace of its own. "merlon paths" shows every chain.',
  example: {
    fails: `kind: User
name: jane
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: role-manager }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [escalate, update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: role-manager }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-manager }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
`,
    passes: `kind: User
name: jane
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: role-manager }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [update]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: role-manager }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-manager }
subjects:
  - { kind: User, apiGroup: rbac.authorization.k8s.io, name: jane }
`,
  },

  check(subject, { snapshot }) {
    const principal = principalOf(subject, '');
    if (principal === undefined) return notApplicable('it is nobody whom RBAC knows');
    const node = keyOfIdentity(identityOf(principal));
    assertReadable(snapshot.observation('EscalationPaths'));
    const standing = snapshot.ask(adminPaths, standingOf, node);
    if (standing === 'builtIn') return notApplicable('Kubernetes itself grants it that');
    if (standing === 'admin') return notApplicable('it is cluster-admin; the rules about roles tell by what');
    if (standing === 'unknown') return unknown('the cluster is larger than what paths are looked for in');
    if (standing === 'none') {
      return snapshot.isWholeCluster ? [] : notApplicable('what else it is granted is not known from these files');
    }
    const way = snapshot.ask(adminPaths, wayFrom, node);
    return way === undefined ? [] : [toViolation(node, way, snapshot)];
  },
});

function toViolation(node: NodeKey, way: Way, snapshot: Snapshot): Violation {
  const path = buildPath(node, ADMIN, hopsOf(way));
  const printed = printPath(path);
  const condition = [...new Set(path.legs.flatMap(({ assumes }) => assumes))].join(' and ');
  const what = `can become cluster-admin${condition === '' ? '' : ` if ${condition}`}`;
  const severity = condition === '' ? undefined : 'high';
  const granted = grantedPartOf(way);
  if (granted === undefined || !isStep(granted.hop)) {
    return violation('name', printed, `it ${what}: ${printed}`, severity);
  }
  const { held, from } = granted.hop;
  const message = `it ${what}: ${printed}; take away ${describeGrant(granted.grant)}`;
  // To be in a group is no step: then all are there to whom the role is granted.
  const own = buildPath(from, ADMIN, hopsOf(granted));
  const chain = own.steps === path.steps ? printChain(own) : printed;
  const cause = sharedRole(granted.grant, held.rule, { observed: held.example, what: `${what}: ${chain}` }, snapshot);
  return { ...violation('name', printed, message, severity), cause };
}
