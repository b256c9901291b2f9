/**
 * Who may impersonate any user or any service account has the sum of all their permissions, cluster-admin included; names
 * limit that to what those who bear them can become.
 *
 * Source: kube-apiserver impersonation filter (serviceaccounts are authorized in their namespace, users and groups
 * without one, so a RoleBinding grants only the former; groups are asked only besides a user) and RBAC authorizer
 * (resourceNames absent means every name).
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { authorizerReads } from '../../rbac/authorizer.ts';
import { isPredefinedRole } from '../../rbac/predefined.ts';
import { rulesOfRole } from '../../rbac/role-rules.ts';
import { chargeImpersonation, findImpersonated } from '../lib/impersonation-charges.ts';
import { findHolders, knownMinor } from '../lib/role-holders.ts';

export const impersonateAny = defineRule({
  id: 'rbac-impersonate-any',
  title: 'Impersonation must be limited to who may do no harm',
  severity: 'critical',
  severityReason:
    'Whoever may impersonate anybody may do what anybody may do; limited by names it is as severe as the worst that one of them may do.',
  subject: 'Role',
  reads: [...authorizerReads, 'EscalationPaths', 'ServerVersion'],
  controls: ['cis-1.12/5.1.8', 'nsa/authentication-and-authorization', 'attack/T1078'],
  rationale:
    'Impersonating any user, group or service account is holding all their permissions at once; resourceNames limit it to the identities that are meant, and to what those can do.',
  remediation:
    'List the identities that may be impersonated in resourceNames, in one rule per resource and none that leads to cluster-admin or may do what the impersonator should not, or remove the verb impersonate. From Kubernetes 1.36 on, constrained impersonation also limits what may be done as somebody else.',
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

  check(role, context) {
    const { subject, snapshot } = context;
    const { rules, doubt } = rulesOfRole(role, snapshot);
    const impersonated = findImpersonated(rules);
    if (impersonated.length === 0) return doubt === undefined ? [] : unknown(doubt);
    const kind = subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
    if (isPredefinedRole({ kind, role }, knownMinor(snapshot.podSecurityVersion()))) {
      return notApplicable('it is as Kubernetes made it; rbac-predefined-role-bound tells to whom else it is bound');
    }
    const { charges, doubt: doubtOfNames } = chargeImpersonation(
      impersonated,
      rules,
      findHolders(role, context),
      context,
    );
    const why = doubtOfNames ?? doubt;
    if (charges.length === 0 && why !== undefined) return unknown(why);
    return charges.map(({ rule, resources, what, severity, reason, advice }) =>
      violation(
        `rules[${rule}]`,
        `impersonate ${resources.join(', ')}`,
        `whoever holds it may ${what}: ${reason}; ${advice}`,
        severity,
      ),
    );
  },
});
