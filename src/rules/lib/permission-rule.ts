/**
 * Makes a permission of the catalogue a rule about roles: which of their rules grant it, who holds the role, and how bad
 * that is. One careless ClusterRole is one finding with all who hold it.
 *
 * What grants everything is told once, by `rbac-wildcards`; and of a role that is as Kubernetes made it only matters to
 * whom else it is bound, which `rbac-predefined-role-bound` tells.
 */
import type { ObjectOf } from '../../core/kinds.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { CheckResult, Rule, RuleContext, RuleDefinition, Source, Violation } from '../../core/rule.ts';
import { rankOf } from '../../core/severity.ts';
import { findCapabilities, isOfUse } from '../../rbac/capabilities.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission, PermissionId } from '../../rbac/permission-catalogue.ts';
import { isPredefinedRole } from '../../rbac/predefined.ts';
import { rulesOfRole } from '../../rbac/role-rules.ts';
import { isWholesale } from '../../rbac/wholesale.ts';
import { gradeHolders, worse } from './holder-grade.ts';
import type { Grade } from './holder-grade.ts';
import { findHolders, knownMinor } from './role-holders.ts';
import type { Holders } from './role-holders.ts';

export interface PermissionRuleDefinition extends Omit<
  RuleDefinition<'Role', undefined>,
  'severity' | 'subject' | 'reads' | 'check' | 'params'
> {
  /** One of the catalogue, or several of one kind; the rule is as severe as the worst of them. */
  readonly permissions: readonly PermissionId[];
  /** What to do, in a few words: `name the Secrets that it needs in resourceNames`. */
  readonly advice: string;
}

/** What every rule about who holds a role reads. */
export const holderReads: readonly Source[] = ['RoleBinding', 'ClusterRoleBinding', 'EscalationPaths', 'ServerVersion'];

export function definePermissionRule({
  permissions: ids,
  advice,
  ...metadata
}: PermissionRuleDefinition): Rule<'Role'> {
  const [first, ...others] = ids.map((id) => permissions[id].inCluster);
  return defineRule({
    ...metadata,
    severity: others.reduce((worst, one) => (rankOf(one) < rankOf(worst) ? one : worst), first ?? 'info'),
    subject: 'Role',
    reads: holderReads,
    check: (role, context) => checkRole(role, context, ids, advice),
  });
}

function checkRole(
  role: ObjectOf<'ClusterRole'>,
  context: RuleContext<object>,
  ids: readonly PermissionId[],
  advice: string,
): CheckResult {
  const { subject, snapshot } = context;
  const { rules, doubt } = rulesOfRole(role, snapshot);
  const minorVersion = snapshot.podSecurityVersion();
  const held = findCapabilities(rules, { minorVersion }).filter(
    (one) =>
      ids.includes(one.permission) &&
      isOfUse(one, subject.namespace ?? '') &&
      !isWholesale(rules[one.rule]) &&
      !isLimited(one),
  );
  if (held.length === 0) return doubt === undefined ? [] : unknown(doubt);
  const kind = subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
  if (isPredefinedRole({ kind, role }, knownMinor(minorVersion))) {
    return notApplicable('it is as Kubernetes made it; rbac-predefined-role-bound tells to whom else it is bound');
  }
  const holders = findHolders(context);
  return [...Map.groupBy(held, ({ rule }) => rule)].map(([rule, some]) =>
    toViolation(rule, some, holders, context, advice),
  );
}

/** Whether names make it what the advice asks for. */
function isLimited({ permission, names }: Capability): boolean {
  const { names: worth }: Permission = permissions[permission];
  return names !== undefined && worth === 'objects';
}

function toViolation(
  rule: number,
  held: readonly Capability[],
  holders: Holders,
  context: RuleContext<object>,
  advice: string,
): Violation {
  const what = [...new Set(held.map(({ permission }) => permissions[permission].what))].join(', and ');
  const { severity, reason } = held
    .map(({ permission }): Grade => gradeHolders(permissions[permission], holders, context))
    .reduce(worse);
  const examples = [...new Set(held.map(({ example }) => example))].join(', ');
  return violation(`rules[${rule}]`, examples, `whoever holds it may ${what}: ${reason}; ${advice}`, severity);
}
