/**
 * Whether a rule of a role lets act as somebody whom it does not name, by the catalogue of permissions. It is printed in CEL
 * by `impersonation-cel.ts`; that the two say the same is held against a real API server by
 * test/enforcement/rbac-guard.integration.test.ts.
 */
import type { PolicyRule } from '../../core/rbac-shape.ts';
import { findCapabilities } from '../../rbac/capabilities.ts';
import { findConstrainedIdentities } from '../../rbac/constrained-impersonation.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission } from '../../rbac/permission-catalogue.ts';

/** @param isCluster whether it is of a ClusterRole: in a namespace there are service accounts alone */
export function letsActAsAnybody(rule: PolicyRule, isCluster: boolean): boolean {
  const plain = findCapabilities([rule]).some(({ permission, names }) => {
    const { inNamespace }: Permission = permissions[permission];
    return permission.startsWith('impersonate-') && names === undefined && (isCluster || inNamespace !== undefined);
  });
  // But as the node that one runs on: of those there is one.
  const isOfMany = ({ mode }: { readonly mode: string }): boolean => mode !== 'associated-node';
  return (
    plain ||
    findConstrainedIdentities([rule]).some(
      (one) => one.names === undefined && isOfMany(one) && (isCluster || one.resource === 'serviceaccounts'),
    )
  );
}
