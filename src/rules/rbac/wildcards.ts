/**
 * A wildcard grants what nobody listed, and what Kubernetes learns later: the verbs `impersonate:…` of 1.36 came to every
 * rule with the verb `*`.
 *
 * Source: CIS Kubernetes Benchmark 1.12, 5.1.1 and 5.1.3; Kubernetes "RBAC Good Practices", "Least privilege".
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { findCapabilities, isOfUse } from '../../rbac/capabilities.ts';
import { isPredefinedRole } from '../../rbac/predefined.ts';
import { rulesOfRole } from '../../rbac/role-rules.ts';
import { hasLeadingName } from '../lib/charges.ts';
import { gradeHolders } from '../lib/holder-grade.ts';
import { holderReads } from '../lib/permission-rule.ts';
import { findHolders, knownMinor } from '../lib/role-holders.ts';
import { hasWildcard, readWildcard } from '../lib/wildcard.ts';

export const wildcards = defineRule({
  id: 'rbac-wildcards',
  title: 'Roles must list what they grant instead of using wildcards',
  severity: 'critical',
  severityReason: 'Whoever holds every verb on every resource is cluster-admin by another name.',
  subject: 'Role',
  reads: holderReads,
  controls: ['cis-1.12/5.1.1', 'cis-1.12/5.1.3', 'nsa/authentication-and-authorization', 'attack/T1078'],
  rationale:
    'A wildcard hides what is granted from whoever reads the role, and grows with each release and each CustomResourceDefinition.',
  remediation:
    'List the verbs and resources that are needed, from the audit log of what was asked for; for people, bind the predefined roles view or edit in single namespaces.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: deployer }
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: ["*"]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: deployer }
rules:
  - apiGroups: [apps]
    resources: [deployments]
    verbs: [get, list, watch, patch]
`,
  },

  check(role, context) {
    const { subject, snapshot } = context;
    const { rules, doubt } = rulesOfRole(role, snapshot);
    if (!rules.some(hasWildcard)) return doubt === undefined ? [] : unknown(doubt);
    const minorVersion = snapshot.podSecurityVersion();
    const held = findCapabilities(rules, { minorVersion }).filter((one) => isOfUse(one, subject.namespace ?? ''));
    const opened = Map.groupBy(held, ({ rule }) => rule);
    const holders = findHolders(role, context);
    const found = rules.flatMap((rule, index) => {
      const some = opened.get(index) ?? [];
      const wildcard = readWildcard(rule, some, () => hasLeadingName(some, holders, context));
      return wildcard === undefined ? [] : [{ index, ...wildcard }];
    });
    if (found.length === 0) return doubt === undefined ? [] : unknown(doubt);
    const kind = subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
    if (isPredefinedRole({ kind, role }, knownMinor(minorVersion))) {
      return notApplicable('it is as Kubernetes made it; rbac-predefined-role-bound tells to whom else it is bound');
    }
    return found.map(({ index, what, observed, severities }) => {
      const { severity, reason } = gradeHolders(severities, holders, context);
      const message = `whoever holds it may ${what}: ${reason}; list what is needed instead of a wildcard`;
      return violation(`rules[${index}]`, observed, message, severity);
    });
  },
});
