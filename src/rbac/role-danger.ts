/** How dangerous a role is: by the worst of the permissions that it holds, where it is granted or could be. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { rankOf } from '../core/severity.ts';
import type { Severity } from '../core/severity.ts';
import { findCapabilities, grantsEverything } from './capabilities.ts';
import { permissions } from './permission-catalogue.ts';
import type { Permission } from './permission-catalogue.ts';

export interface RoleDanger {
  readonly severity: Severity;
  /** The permissions of that severity, behind `may`: `read Secrets`. */
  readonly permissions: readonly string[];
}

/** Tells it of the rules of a role. @returns undefined where they hold no permission of the catalogue */
export type RoleGrader = (rules: readonly PolicyRule[], scope: 'cluster' | 'namespace') => RoleDanger | undefined;

/** @param minor of the API server; undefined for the latest */
export function buildRoleGrader(minor: number | undefined): RoleGrader {
  return (rules, scope) => {
    if (grantsEverything(rules)) {
      return { severity: scope === 'cluster' ? 'critical' : 'high', permissions: ['do everything'] };
    }
    const found = findCapabilities(rules, minor === undefined ? {} : { minorVersion: minor });
    const graded = found.flatMap(({ permission }) => {
      const { what, inCluster, inNamespace }: Permission = permissions[permission];
      const severity = scope === 'cluster' ? inCluster : inNamespace;
      return severity === undefined ? [] : [{ severity, what }];
    });
    const [worst] = graded.map(({ severity }) => severity).sort((a, b) => rankOf(a) - rankOf(b));
    if (worst === undefined) return undefined;
    const texts = graded.filter(({ severity }) => severity === worst).map(({ what }) => what);
    return { severity: worst, permissions: [...new Set(texts)] };
  };
}
