/**
 * What it is worth to impersonate groups: nothing without a user or a service account to go with them, which the same role
 * may allow, or another one.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation (a request with groups and without a user is
 * refused, and each mode authorizes all headers of a request by its own verb).
 */
import type { RuleContext } from '../../core/rule.ts';
import { authorizerOf, namespaceOf } from '../../rbac/authorizer.ts';
import { findCapabilities, isOfUse } from '../../rbac/capabilities.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import { findHeldRules } from '../../rbac/held-rules.ts';
import { identityOf } from '../../rbac/identity.ts';
import { splitServiceAccountName } from '../../rbac/request.ts';
import { principalOf } from '../../rbac/subject-matching.ts';
import type { Grade } from './holder-grade.ts';
import { nameHolders } from './role-holders.ts';
import type { Holder, Holders } from './role-holders.ts';

type Context = Pick<RuleContext, 'subject' | 'snapshot'>;

/** Those who hold a role cluster-wide and may also impersonate somebody, so that groups are of use to them. */
export function findAccompanied({ everywhere }: Holders, { snapshot }: Context): readonly Holder[] {
  const authorizer = authorizerOf(snapshot);
  return everywhere.filter(({ bound, subject }) => {
    const principal = principalOf(subject, namespaceOf(bound));
    if (principal === undefined) return false;
    return findHeldRules(identityOf(principal), authorizer).some(({ namespace, rules }) =>
      findCapabilities(rules).some((one) => isOfUse(one, namespace) && isOfSomebody(one)),
    );
  });
}

/** Whether it allows to impersonate a user or a service account. */
export function isOfSomebody({ permission, names }: Capability): boolean {
  if (permission === 'impersonate-service-accounts') return true;
  // Service accounts are asked for as such, by whichever name.
  return (
    permission === 'impersonate-users' && names?.every((name) => splitServiceAccountName(name) !== undefined) !== true
  );
}

/** @param leads whether cluster-admin is among the groups, or may be reached from one */
export function gradeGroupsAlone(leads: boolean, { everywhere }: Holders, { subject, snapshot }: Context): Grade {
  const alone = 'groups cannot be impersonated without a user or a service account';
  if (everywhere.length > 0 && leads) {
    const reason = `${nameHolders(everywhere, subject.namespace)} needs but one user from another role to be in such a group`;
    return { severity: 'high', reason };
  }
  if (!snapshot.isWholeCluster) return { severity: 'low', reason: `${alone}, whom another role may allow` };
  return everywhere.length > 0
    ? { severity: 'info', reason: `${alone}, and no role allows one to ${nameHolders(everywhere, subject.namespace)}` }
    : { severity: 'info', reason: `${alone}, and nobody holds the role cluster-wide` };
}
