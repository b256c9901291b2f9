/** Who is granted what by which role, as pictures: the answers of `merlon who-can` and `merlon permissions`. */
import type { BoundRole } from '../core/snapshot.ts';
import { describeBinding, namespaceOf } from '../rbac/authorizer.ts';
import type { Permission } from '../rbac/permissions.ts';
import type { Holder } from '../rbac/who-can.ts';
import { nameRuleResource } from './grant.ts';
import type { HoldersReport } from './holders-report.ts';
import type { PermissionsReport } from './permissions-report.ts';
import type { Arrow, Picture } from './picture.ts';

/** From those who may, through the roles by which they may, to what was asked. */
export function drawHolders({ holders, question, scope }: HoldersReport): Picture {
  const end = `${question} ${scope}`.trim();
  return {
    end,
    arrows: distinct(
      holders.flatMap((holder) => [
        {
          from: nameHolder(holder),
          to: nameRole(holder.bound),
          label: describeBinding(holder.bound),
          ...markOf(holder),
        },
        {
          from: nameRole(holder.bound),
          to: end,
          label: `rule ${holder.rule}${namesOf(holder.names)}`,
          ...markOf(holder),
        },
      ]),
    ),
  };
}

/** From whoever is asked about, through groups and roles, to what these allow there. */
export function drawPermissions({ subject, scopes }: PermissionsReport): Picture {
  const arrows = scopes.flatMap(({ namespace, origins }) =>
    origins.flatMap(({ bound, principal, permissions }): Arrow[] => {
      const group = principal.isGroup && subject !== `group:${principal.name}` ? `group:${principal.name}` : undefined;
      const membership = group === undefined ? [] : [{ from: subject, to: group, label: 'is in the group' }];
      return [
        ...membership,
        { from: group ?? subject, to: nameRole(bound), label: describeBinding(bound) },
        ...permissions.map(({ rule, dead }): Arrow => ({
          from: nameRole(bound),
          to: namePermission(rule, namespace),
          label: `${rule.verbs.join(',')}${namesOf(rule.resourceNames)}`,
          ...(dead?.isWhole === true ? { mark: 'dead' } : {}),
        })),
      ];
    }),
  );
  return { arrows: distinct(arrows) };
}

function nameHolder({ subject: { kind, namespace, name } }: Holder): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function nameRole(bound: BoundRole): string {
  const { kind, name } = bound.binding.roleRef;
  return kind === 'Role' ? `${kind} ${namespaceOf(bound)}/${name}` : `${kind} ${name}`;
}

function namePermission(rule: Permission['rule'], namespace: string): string {
  const what = rule.nonResourceURLs?.join(',') ?? nameRuleResource(rule);
  return namespace === '' ? `${what} everywhere` : `${what} in ${namespace}`;
}

function namesOf(names: readonly string[] | undefined): string {
  return names === undefined ? '' : ` named ${names.map((name) => JSON.stringify(name)).join(',')}`;
}

function markOf({ deadWeight }: Holder): Pick<Arrow, 'mark'> {
  return deadWeight === undefined ? {} : { mark: 'dead' };
}

/** Several who hold a role share what it allows. */
function distinct(arrows: readonly Arrow[]): readonly Arrow[] {
  return [...new Map(arrows.map((arrow) => [JSON.stringify(arrow), arrow])).values()];
}
