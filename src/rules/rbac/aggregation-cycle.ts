/**
 * ClusterRoles that aggregate each other keep each other's rules: what one of them was given once, it goes on getting
 * from the others.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/controller/clusterroleaggregation (a role's rules become the union of those of
 * the roles that it selects, itself left out), and what a real controller manager does with such roles
 * (test/rbac/aggregation-cycles.integration.test.ts).
 */
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import { aggregationCyclesOf } from '../../rbac/aggregation-cycles.ts';

const MOST_NAMES = 5;

export const aggregationCycle = defineRule({
  id: 'rbac-aggregation-cycle',
  title: 'ClusterRoles must not aggregate each other',
  severity: 'medium',
  severityReason: 'A right that is taken away from the role that it came from stays in every role of the cycle.',
  subject: 'Role',
  reads: ['ClusterRole'],
  controls: ['nsa/authentication-and-authorization'],
  rationale:
    'The controller gives each role the rules of those that it selects. In a cycle a rule that came in once goes round: delete the role that it came from, and those of the cycle go on giving it to each other.',
  remediation:
    'Select by labels that no aggregated role carries, so that rules flow in one direction; the controller then takes away what nothing grants any more.',
  example: {
    fails: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: monitoring, labels: { to-operations: "true" } }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { to-monitoring: "true" } }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: operations, labels: { to-monitoring: "true" } }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { to-operations: "true" } }]
`,
    passes: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: monitoring, labels: { to-operations: "true" } }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { to-monitoring: "true" } }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: operations }
aggregationRule:
  clusterRoleSelectors: [{ matchLabels: { to-operations: "true" } }]
`,
  },

  check(role, { subject, snapshot }) {
    if (subject.kind !== 'ClusterRole' || role.aggregationRule === undefined) {
      return notApplicable('the role has no aggregation rule');
    }
    const cycle = aggregationCyclesOf(snapshot).get(subject.name);
    if (cycle === undefined) {
      return snapshot.isWholeCluster ? [] : unknown('the roles that it aggregates may not all be among the files');
    }
    const others = cycle.filter((name) => name !== subject.name);
    const more = others.length > MOST_NAMES ? ` and ${others.length - MOST_NAMES} more` : '';
    const names = `${others
      .slice(0, MOST_NAMES)
      .map((name) => `"${name}"`)
      .join(', ')}${more}`;
    return [
      violation(
        'aggregationRule.clusterRoleSelectors',
        undefined,
        `the role gets its own rules back through ${names}, so that none is ever taken away; select in one direction only`,
      ),
    ];
  },
});
