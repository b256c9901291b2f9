/** What the constrained verbs of a role come to, for the one of its holders for whom it is worst. */
import type { PolicyRule } from '../../core/rbac-shape.ts';
import type { RuleContext } from '../../core/rule.ts';
import { isAtLeast } from '../../core/severity.ts';
import { authorizerOf, namespaceOf } from '../../rbac/authorizer.ts';
import type { ConstrainedIdentities, Mode } from '../../rbac/constrained-impersonation.ts';
import { findHeldRules } from '../../rbac/held-rules.ts';
import { identityOf, keyOfIdentity } from '../../rbac/identity.ts';
import { principalOf } from '../../rbac/subject-matching.ts';
import { gradeConstrained } from './constrained-grade.ts';
import { worse } from './holder-grade.ts';
import type { Grade } from './holder-grade.ts';
import { nameHolders } from './role-holders.ts';
import type { Holder, Holders } from './role-holders.ts';

type Context = Pick<RuleContext, 'subject' | 'snapshot'>;

export interface ConstrainedCharge extends Grade {
  /** The index of the rule. */
  readonly rule: number;
  readonly mode: Mode;
  readonly resources: string;
  /** Behind `act as`. */
  readonly who: string;
  readonly advice: string;
}

/** @returns the worst for each rule, where it is not harmless @throws {NotObserved} */
export function chargeConstrained(
  identities: readonly ConstrainedIdentities[],
  rules: readonly PolicyRule[],
  { everywhere, inNamespaces }: Holders,
  context: Context,
): readonly ConstrainedCharge[] {
  const holders = [...everywhere, ...[...inNamespaces.values()].flat()];
  const charges = identities.flatMap((one) => {
    const grades =
      holders.length === 0
        ? [gradeUnheld(one, rules, context)]
        : holders.map((holder) => gradeHeld(one, holder, context));
    const found = grades.filter((grade) => grade !== undefined);
    if (found.length === 0) return [];
    return [{ ...describe(one), ...found.reduce(worse) }];
  });
  return [...Map.groupBy(charges, ({ rule }) => rule).values()].map((some) => some.reduce(worse));
}

function gradeHeld(identities: ConstrainedIdentities, holder: Holder, context: Context): Grade | undefined {
  const place = namespaceOf(holder.bound);
  const principal = principalOf(holder.subject, place);
  if (principal === undefined) return undefined;
  const identity = identityOf(principal);
  const held = [...findHeldRules(identity, authorizerOf(context.snapshot))];
  const who = nameHolders([holder], context.subject.namespace);
  return gradeConstrained(identities, place, { who, held, node: keyOfIdentity(identity) }, context);
}

/** By what the role itself allows; in files others may hold it, who are bound elsewhere. */
function gradeUnheld(
  identities: ConstrainedIdentities,
  rules: readonly PolicyRule[],
  context: Context,
): Grade | undefined {
  const place = context.subject.namespace ?? '';
  const grade = gradeConstrained(
    identities,
    place,
    { who: 'whoever holds it', held: [{ namespace: place, rules }] },
    context,
  );
  if (grade === undefined) return undefined;
  const { isWholeCluster } = context.snapshot;
  // An action that other roles may grant.
  if (!isWholeCluster && !isAtLeast(grade.severity, 'low')) return undefined;
  const reason = isWholeCluster
    ? `${grade.reason}; nobody holds it at present`
    : `${grade.reason}; who holds it is not known from these files`;
  return { severity: isWholeCluster && isAtLeast(grade.severity, 'low') ? 'low' : grade.severity, reason };
}

function describe({ rule, mode, resource, names }: ConstrainedIdentities): Omit<ConstrainedCharge, keyof Grade> {
  const some = (names ?? []).slice(0, 3).map((name) => JSON.stringify(name));
  const more = (names ?? []).length - some.length;
  const named = `${resource} ${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const every = mode === 'associated-node' ? 'the node that it runs on' : `any of ${resource}`;
  const advice =
    'name who is meant in resourceNames, grant what is needed as impersonate-on, and nothing as impersonate';
  return { rule, mode, resources: resource, who: names === undefined ? every : named, advice };
}
