/** Whether a create by name of a role is of use to somebody who holds it, by what they hold by other roles. */
import type { PolicyRule } from '../../core/kinds.ts';
import type { RuleContext } from '../../core/rule.ts';
import { readOr } from '../../core/shape.ts';
import { isReadable } from '../../core/snapshot.ts';
import type { BoundRole } from '../../core/snapshot.ts';
import { authorization, authorizerReads, namespaceOf } from '../../rbac/authorizer.ts';
import type { Authorizer } from '../../rbac/authorizer.ts';
import { mayWriteNew } from '../../rbac/creating-writes.ts';
import { findHeldRules } from '../../rbac/held-rules.ts';
import { identityOf } from '../../rbac/identity.ts';
import { principalOf } from '../../rbac/subject-matching.ts';

/**
 * Which groups somebody is in, only whoever issues their credentials knows: what they may hold by these is not counted, nor
 * is what cannot be read.
 * @param rule of the role that is judged
 */
export function mayHoldersWrite(
  { apiGroups = [], resources = [], resourceNames = [] }: PolicyRule,
  { subject, snapshot }: Pick<RuleContext, 'subject' | 'snapshot'>,
): boolean {
  if (!authorizerReads.every((kind) => isReadable(snapshot.observation(kind)))) return false;
  const kind = subject.kind === 'ClusterRole' ? 'ClusterRole' : 'Role';
  const bindings = snapshot.bindingsOf({ kind, namespace: subject.namespace ?? '', name: subject.name });
  const isWritten = (rules: readonly PolicyRule[]): boolean =>
    apiGroups.some((group) =>
      resources.some((resource) => resourceNames.some((name) => mayWriteNew(name, group, resource, rules))),
    );
  return snapshot.ask(authorization, (authorizer) =>
    bindings.some((bound) => isWrittenBy(bound, authorizer, isWritten)),
  );
}

function isWrittenBy(
  bound: BoundRole,
  authorizer: Authorizer,
  isWritten: (rules: readonly PolicyRule[]) => boolean,
): boolean {
  const place = namespaceOf(bound);
  const identities = readOr(
    () => (bound.binding.subjects ?? []).flatMap((one) => principalOf(one, place) ?? []).map(identityOf),
    () => [],
  );
  return identities.some((identity) =>
    [...findHeldRules(identity, authorizer)].some(
      ({ namespace, rules }) => (place === '' || namespace === '' || namespace === place) && isWritten(rules),
    ),
  );
}
