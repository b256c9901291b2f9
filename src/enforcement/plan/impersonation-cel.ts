/** Which rules of roles let act as just anybody, in CEL: the same as of the catalogue of permissions, as far as nobody is named. */
import { identityKinds } from '../../rbac/constrained-impersonation.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission, PermissionId } from '../../rbac/permission-catalogue.ts';
import { celLiteral } from './cel.ts';

const plain = [
  'impersonate-users',
  'impersonate-groups',
  'impersonate-service-accounts',
  'impersonate-extras',
] as const satisfies readonly PermissionId[];

interface Held {
  readonly group: string;
  readonly verb: string;
  /** `plural`, or `plural/*` for any of its subresources. */
  readonly resources: readonly string[];
}

/**
 * @param rule the variable that it is in
 * @param scope of a role; in a namespace there are service accounts alone
 * @returns whether it is one that names nobody
 */
export function printUnnamedImpersonation(rule: string, scope: 'Namespaced' | 'Cluster'): string {
  const held = [...plainOf(scope), ...constrainedOf(scope)].map((one) => printHeld(rule, one));
  return `${rule}.?resourceNames.orValue([]).size() == 0 && (
    ${held.join(' ||\n    ')})`;
}

function plainOf(scope: 'Namespaced' | 'Cluster'): readonly Held[] {
  const targets = plain.flatMap((id) => {
    const { inNamespace, targets: all }: Permission = permissions[id];
    return scope === 'Namespaced' && inNamespace === undefined ? [] : all;
  });
  const held = targets.flatMap(({ verbs, group, resources }) => verbs.map((verb) => ({ group, verb, resources })));
  return [...Map.groupBy(held, ({ group, verb }) => `${group} ${verb}`).values()].flatMap((some) => {
    const [first] = some;
    return first === undefined ? [] : [{ ...first, resources: some.flatMap(({ resources }) => resources) }];
  });
}

/** But as the node that one runs on: of those there is one. */
function constrainedOf(scope: 'Namespaced' | 'Cluster'): readonly Held[] {
  const kinds = identityKinds.filter(
    ({ mode, resource }) => mode !== 'associated-node' && (scope === 'Cluster' || resource === 'serviceaccounts'),
  );
  return [...Map.groupBy(kinds, ({ mode }) => mode)].map(([mode, some]) => ({
    group: 'authentication.k8s.io',
    verb: `impersonate:${mode}`,
    resources: some.map(({ resource }) => resource),
  }));
}

function printHeld(rule: string, { group, verb, resources }: Held): string {
  const parts = resources.filter((one) => one.endsWith('/*')).map((one) => one.slice(0, -'/*'.length));
  const whole = celLiteral([...resources.filter((one) => !one.endsWith('/*')), '*']);
  const subresources =
    parts.length === 0 ? '' : ` || x.matches(${celLiteral(`^(${parts.join('|')}|[*])/([^*]|[*].)`)})`;
  return `${rule}.?apiGroups.orValue([]).exists(g, g in ${celLiteral([group, '*'])}) &&
      ${rule}.verbs.exists(v, v in ${celLiteral([verb, '*'])}) &&
      ${rule}.?resources.orValue([]).exists(x, x in ${whole}${subresources})`;
}
