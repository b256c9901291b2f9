/** Who is granted what by which role, as pictures: the answers of `merlon who-can` and `merlon permissions`. */
import type { BoundRole } from '../core/snapshot.ts';
import { describeBinding, namespaceOf } from '../rbac/authorizer.ts';
import type { Holder } from '../rbac/who-can.ts';
import { describeDeadWeight, explainHolders, NOBODY } from './holders-report.ts';
import type { HoldersReport } from './holders-report.ts';
import { namePermission } from './permissions-report.ts';
import type { PermissionsReport } from './permissions-report.ts';
import type { Arrow, Picture } from './picture.ts';
import { printable } from './terminal.ts';

/** From those who may, through the roles by which they may, to what was asked. */
export function drawHolders({ holders, question, scope, isEverywhere }: HoldersReport): Picture {
  const end = `${question} ${scope}`.trim();
  return {
    end,
    arrows: distinct(
      holders.flatMap((holder) => {
        const { bound, rule, names } = holder;
        const place = isEverywhere ? namespaceOf(bound) : '';
        const role = nameRoleIn(bound, place);
        const alone = place === '' ? '' : ` in ${place} alone`;
        return [
          { from: nameHolder(holder), to: role, label: describeBinding(bound), ...markOf(holder) },
          { from: role, to: end, label: `rule ${rule}${namesOf(names)}${alone}`, ...markOf(holder) },
        ];
      }),
    ),
  };
}

/** What is in the table and has no place in the picture. */
export function* tellBesideHolders(report: HoldersReport): Generator<string> {
  const { holders } = report;
  if (holders.length === 0) yield NOBODY;
  for (const holder of holders) {
    const { deadWeight, note } = holder;
    const said = deadWeight === undefined ? note : describeDeadWeight(deadWeight);
    if (said === undefined) continue;
    yield `note: ${printable(`${nameHolder(holder)} by ${describeBinding(holder.bound)}: ${said}`)}\n`;
  }
  yield* explainHolders(report);
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
  return { start: subject, arrows: distinct(arrows) };
}

function nameHolder({ subject: { kind, namespace, name } }: Holder): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function nameRole(bound: BoundRole): string {
  const { kind, name } = bound.binding.roleRef;
  return kind === 'Role' ? `${kind} ${namespaceOf(bound)}/${name}` : `${kind} ${name}`;
}

/** What a ClusterRole grants in one namespace is not what it grants everywhere. */
function nameRoleIn(bound: BoundRole, namespace: string): string {
  const isOfAll = bound.binding.roleRef.kind !== 'Role';
  return isOfAll && namespace !== '' ? `${nameRole(bound)} in ${namespace}` : nameRole(bound);
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
