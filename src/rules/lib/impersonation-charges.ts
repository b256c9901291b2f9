/** Whom the rules of a role let impersonate, by the verb `impersonate`, and how bad that is. */
import type { PolicyRule } from '../../core/rbac-shape.ts';
import type { RuleContext } from '../../core/rule.ts';
import { findCapabilities } from '../../rbac/capabilities.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import type { PermissionId } from '../../rbac/permission-catalogue.ts';
import { isWholesale } from '../../rbac/wholesale.ts';
import { findCharges } from './charges.ts';
import type { Charge } from './charges.ts';
import { gradeHolders, worse } from './holder-grade.ts';
import type { Grade } from './holder-grade.ts';
import { findAccompanied, gradeGroupsAlone, isOfSomebody } from './impersonated-groups.ts';
import { chargeGains } from './named-gains.ts';
import type { Holders } from './role-holders.ts';

type Context = Pick<RuleContext, 'subject' | 'snapshot'>;

export interface ImpersonationCharge extends Grade {
  /** The index of the rule. */
  readonly rule: number;
  readonly resources: readonly string[];
  /** Behind `may`. */
  readonly what: string;
  readonly advice: string;
}

const resourcesOf = new Map<PermissionId, string>([
  ['impersonate-users', 'users'],
  ['impersonate-groups', 'groups'],
  ['impersonate-service-accounts', 'serviceaccounts'],
]);

/** What rules allow to impersonate; of those that grant everything another rule tells. */
export function findImpersonated(rules: readonly PolicyRule[]): readonly Capability[] {
  const order = [...resourcesOf.keys()];
  return findCapabilities(rules)
    .filter(({ permission, rule }) => resourcesOf.has(permission) && !isWholesale(rules[rule]))
    .sort((a, b) => a.rule - b.rule || order.indexOf(a.permission) - order.indexOf(b.permission));
}

/**
 * @param impersonated of the rules
 * @returns one for each rule that counts
 * @throws {NotObserved} where it depends on who can become what, or on who holds what, and that is not known
 */
export function chargeImpersonation(
  impersonated: readonly Capability[],
  rules: readonly PolicyRule[],
  holders: Holders,
  context: Context,
): { readonly charges: readonly ImpersonationCharge[]; readonly doubt?: string } {
  const found = findCharges(impersonated, holders, context);
  const ofGroups = impersonated.filter(({ permission }) => permission === 'impersonate-groups');
  const isAlone = ofGroups.length > 0 && areGroupsAlone(rules, holders, context);
  const others = impersonated.filter((one) => found.charges.every(({ capability }) => capability !== one));
  const inert = isAlone ? others.filter((one) => ofGroups.includes(one)) : [];
  const gains = others.filter((one) => !inert.includes(one)).flatMap((one) => chargeGains(one, holders, context));
  const counted = [...found.charges, ...gains].sort(
    (a, b) => impersonated.indexOf(a.capability) - impersonated.indexOf(b.capability),
  );
  const byRule = Map.groupBy(counted, ({ capability }) => capability.rule);
  const charges = [
    ...[...byRule].map(([rule, some]) => chargeRule(rule, some, { isAlone, holders, context })),
    ...inert.filter(({ rule }) => !byRule.has(rule)).map((one) => chargeInert(one, holders, context)),
  ].sort((a, b) => a.rule - b.rule);
  return found.doubt === undefined ? { charges } : { charges, doubt: found.doubt };
}

/** Where nobody holds the role, it counts what the role itself allows. */
function areGroupsAlone(rules: readonly PolicyRule[], holders: Holders, context: Context): boolean {
  return holders.everywhere.length > 0
    ? findAccompanied(holders, context).length === 0
    : !findCapabilities(rules).some(isOfSomebody);
}

interface Circumstances {
  readonly isAlone: boolean;
  readonly holders: Holders;
  readonly context: Context;
}

function chargeRule(
  rule: number,
  charges: readonly Charge[],
  { isAlone, holders, context }: Circumstances,
): ImpersonationCharge {
  const resources = charges.map(({ capability }) => resourcesOf.get(capability.permission) ?? '');
  const isNamed = charges.some(({ capability }) => capability.names !== undefined);
  const grades = charges.map((charge) =>
    isAlone && charge.capability.permission === 'impersonate-groups'
      ? gradeGroupsAlone(true, holders, context)
      : gradeCharge(charge, holders, context),
  );
  return {
    rule,
    resources,
    what: isNamed
      ? [...new Set(charges.map(({ what }) => what))].join(', and ')
      : `impersonate any of ${resources.join(', ')}`,
    ...grades.reduce(worse),
    advice: isNamed ? 'name in resourceNames who may do less' : 'limit it with resourceNames, to who may do no harm',
  };
}

/** Whoever binds it first decides where: until then it is as bad as in a namespace. */
function gradeCharge({ severities, holders: some }: Charge, holders: Holders, context: Context): Grade {
  const isUnbound = holders.everywhere.length === 0 && holders.inNamespaces.size === 0;
  return gradeHolders(isUnbound ? { inNamespace: 'high', ...severities } : severities, some, context);
}

function chargeInert({ rule, names }: Capability, holders: Holders, context: Context): ImpersonationCharge {
  const named = (names ?? []).map((name) => JSON.stringify(name)).join(', ');
  return {
    rule,
    resources: ['groups'],
    what: `impersonate groups ${named}, which is nothing for itself`,
    ...gradeGroupsAlone(false, holders, context),
    advice: 'allow the users that are meant as well, by resourceNames, or remove it',
  };
}
