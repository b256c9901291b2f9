/**
 * The verbs `impersonate:MODE` say as whom somebody may act, and `impersonate-on:MODE:VERB` what they may do as such. That
 * limits nobody who may do everything, or who still holds the verb `impersonate`: the API server tries one after the other.
 *
 * Source: KEP-5284, on by default since Kubernetes 1.36; k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation.
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { authorizerReads } from '../../rbac/authorizer.ts';
import { constrainedSince, findConstrainedIdentities } from '../../rbac/constrained-impersonation.ts';
import { isPredefinedRole } from '../../rbac/predefined.ts';
import { rulesOfRole } from '../../rbac/role-rules.ts';
import { isWholesale } from '../../rbac/wholesale.ts';
import { chargeConstrained } from '../lib/constrained-charges.ts';
import { findHolders, knownMinor } from '../lib/role-holders.ts';

export const impersonationConstrained = defineRule({
  id: 'rbac-impersonation-constrained',
  title: 'Constrained impersonation must be limited in fact',
  severity: 'critical',
  severityReason: 'Whoever may do everything as anybody is cluster-admin, whichever verbs allow it.',
  subject: 'Role',
  reads: [...authorizerReads, 'EscalationPaths', 'ServerVersion'],
  controls: ['cis-1.12/5.1.8', 'nsa/authentication-and-authorization', 'attack/T1078'],
  rationale:
    'Constrained impersonation is worth what those who may be impersonated hold and what may be done as them, whichever is less. Beside the verb impersonate for the same identities it limits nothing.',
  remediation:
    'Name those who may be impersonated in resourceNames, grant the actions that are needed as impersonate-on:MODE:VERB on the resources that are meant, and take the verb impersonate away.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: support }
rules:
  - apiGroups: [authentication.k8s.io]
    resources: [users]
    verbs: ["impersonate:user-info"]
  - apiGroups: [""]
    resources: [users]
    verbs: [impersonate]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: support }
rules:
  - apiGroups: [authentication.k8s.io]
    resources: [users]
    resourceNames: [jane]
    verbs: ["impersonate:user-info"]
  - apiGroups: [""]
    resources: [pods]
    verbs: ["impersonate-on:user-info:list"]
`,
  },

  check(role, context) {
    const { subject, snapshot } = context;
    const { rules, doubt } = rulesOfRole(role, snapshot);
    const isOfUse = (resource: string): boolean => subject.kind === 'ClusterRole' || resource === 'serviceaccounts';
    const identities = findConstrainedIdentities(rules).filter(
      ({ rule, resource }) => isOfUse(resource) && !isWholesale(rules[rule]),
    );
    if (identities.length === 0) return doubt === undefined ? [] : unknown(doubt);
    const minor = snapshot.podSecurityVersion();
    if (minor === constrainedSince - 1) {
      return unknown('Kubernetes 1.35 has constrained impersonation behind a feature gate that is off by default');
    }
    if (minor < constrainedSince) return notApplicable('constrained impersonation came with Kubernetes 1.35');
    const kind = subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
    if (isPredefinedRole({ kind, role }, knownMinor(minor))) {
      return notApplicable('it is as Kubernetes made it; rbac-predefined-role-bound tells to whom else it is bound');
    }
    const charges = chargeConstrained(identities, rules, findHolders(role, context), context);
    if (charges.length === 0 && !snapshot.isWholeCluster) {
      return unknown('what those who may be impersonated hold is not known from these files');
    }
    return charges.map(({ rule, mode, resources, who, severity, reason, advice }) =>
      violation(
        `rules[${rule}]`,
        `impersonate:${mode} ${resources}`,
        `whoever holds it may act as ${who}: ${reason}; ${advice}`,
        severity,
      ),
    );
  },
});
