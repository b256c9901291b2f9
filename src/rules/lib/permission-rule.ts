/**
 * Makes a permission of the catalogue a rule about roles: which of their rules grant it, who holds the role, and how bad
 * that is. One careless ClusterRole is one finding with all who hold it.
 *
 * What grants everything is told once, by `rbac-wildcards`; and of a role that is as Kubernetes made it only matters to
 * whom else it is bound, which `rbac-predefined-role-bound` tells.
 */
import type { ObjectOf } from '../../core/kinds.ts';
import { defineRule, notApplicable, unknown, violation } from '../../core/rule.ts';
import type { CheckResult, Rule, RuleContext, RuleDefinition, Violation } from '../../core/rule.ts';
import type { Source } from '../../core/source.ts';
import { worseOf } from '../../core/severity.ts';
import { findCapabilities, isOfUse } from '../../rbac/capabilities.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission, PermissionId } from '../../rbac/permission-catalogue.ts';
import { isPredefinedRole } from '../../rbac/predefined.ts';
import { rulesOfRole } from '../../rbac/role-rules.ts';
import { isWholesale } from '../../rbac/wholesale.ts';
import { findCharges } from './charges.ts';
import type { Charge } from './charges.ts';
import { gradeHolders, worse } from './holder-grade.ts';
import type { Grade, Severities } from './holder-grade.ts';
import { findHolders, knownMinor } from './role-holders.ts';

export interface PermissionRuleDefinition extends Omit<
  RuleDefinition<'Role', undefined>,
  'severity' | 'subject' | 'reads' | 'check' | 'params'
> {
  /** One of the catalogue, or several of one kind; the rule is as severe as the worst of them. */
  readonly permissions: readonly PermissionId[];
  /** What permissions of one role are together, and each for itself is not; the first counts that it holds. */
  readonly together?: readonly Combination[];
  /** What to do, in a few words: `name the Secrets that it needs in resourceNames`. */
  readonly advice: string;
}

export interface Combination extends Severities {
  readonly permissions: readonly PermissionId[];
  /** Behind `may`. */
  readonly what: string;
}

/** What every rule about who holds a role reads. */
export const holderReads: readonly Source[] = ['RoleBinding', 'ClusterRoleBinding', 'EscalationPaths', 'ServerVersion'];

export function definePermissionRule({
  permissions: ids,
  together = [],
  advice,
  ...metadata
}: PermissionRuleDefinition): Rule<'Role'> {
  const severities = [...ids.map((id) => permissions[id].inCluster), ...together.map(({ inCluster }) => inCluster)];
  return defineRule({
    ...metadata,
    severity: severities.reduce(worseOf, 'info'),
    subject: 'Role',
    reads: holderReads,
    check: (role, context) => checkRole(role, context, { ids, together, advice }),
  });
}

interface Sought {
  readonly ids: readonly PermissionId[];
  readonly together: readonly Combination[];
  readonly advice: string;
}

function checkRole(role: ObjectOf<'ClusterRole'>, context: RuleContext<object>, sought: Sought): CheckResult {
  const { subject, snapshot } = context;
  const { rules, doubt } = rulesOfRole(role, snapshot);
  const minorVersion = snapshot.podSecurityVersion();
  const all = findCapabilities(rules, { minorVersion });
  const isHere = (one: Capability): boolean => isOfUse(one, subject.namespace ?? '');
  const held = all.filter((one) => {
    if (!sought.ids.includes(one.permission) || !isHere(one)) return false;
    const { names: worth }: Permission = permissions[one.permission];
    // Names are what the advice asks for.
    const isLimited = one.names !== undefined && worth === 'objects';
    return !isLimited && !isWholesale(rules[one.rule]);
  });
  if (held.length === 0) return doubt === undefined ? [] : unknown(doubt);
  const kind = subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
  if (isPredefinedRole({ kind, role }, knownMinor(minorVersion))) {
    return notApplicable('it is as Kubernetes made it; rbac-predefined-role-bound tells to whom else it is bound');
  }
  const found = findCharges(held, findHolders(role, context), context);
  if (found.charges.length === 0) {
    const why = found.doubt ?? doubt;
    return why === undefined ? [] : unknown(why);
  }
  const together = sought.together.find(({ permissions: parts }) =>
    parts.every((id) => all.some((one) => one.permission === id && isHere(one))),
  );
  return [...Map.groupBy(found.charges, ({ capability }) => capability.rule)].map(([rule, charges]) =>
    toViolation(rule, charges, context, together, sought.advice),
  );
}

function toViolation(
  rule: number,
  charges: readonly Charge[],
  context: RuleContext<object>,
  together: Combination | undefined,
  advice: string,
): Violation {
  const what = together?.what ?? [...new Set(charges.map((one) => one.what))].join(', and ');
  const { severity, reason } = charges
    .map(({ severities, holders }): Grade => gradeHolders(together ?? severities, holders, context))
    .reduce(worse);
  const examples = [...new Set(charges.map(({ capability }) => capability.example))].join(', ');
  return violation(`rules[${rule}]`, examples, `whoever holds it may ${what}: ${reason}; ${advice}`, severity);
}
