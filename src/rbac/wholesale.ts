/** Rules that grant all there is, at least of a group in which that is all there is to have. */
import type { PolicyRule } from '../core/rbac-shape.ts';

/** Groups in which every verb on every resource leads to cluster-admin, or takes the guards away. */
export const escalatingGroups: readonly string[] = [
  '',
  'rbac.authorization.k8s.io',
  'authentication.k8s.io',
  'certificates.k8s.io',
  'admissionregistration.k8s.io',
];

/** Every verb on every resource of such a group: one finding says it all. */
export function isWholesale(rule: PolicyRule | undefined): boolean {
  return (
    rule?.verbs.includes('*') === true &&
    rule.resources?.includes('*') === true &&
    rule.apiGroups?.some((group) => group === '*' || escalatingGroups.includes(group)) === true
  );
}
