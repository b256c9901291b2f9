/**
 * What somebody can do as others by constrained impersonation: what these hold, as far as it may be done as them.
 *
 * What the API server asks in passing, it asks about whoever is impersonated, without a limit: whether they may `escalate`
 * or `bind` when a role or a binding is written, `approve` when a certificate is.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation/mode.go; k8s.io/kubernetes v1.37.2,
 * pkg/registry/rbac/escalation_check.go and plugin/pkg/admission/certificates.
 */
import type { PolicyRule } from '../core/kinds.ts';
import type { Authorizer } from './authorizer.ts';
import { findCapabilities } from './capabilities.ts';
import { actionsAs, findConstrainedIdentities, isImpersonableIn } from './constrained-impersonation.ts';
import type { ConstrainedIdentities, Mode } from './constrained-impersonation.ts';
import type { NodeKey } from './escalation-node.ts';
import { findHeldRules } from './held-rules.ts';
import type { HeldRole } from './held-roles.ts';
import { keyOfIdentity } from './identity.ts';
import type { Identity } from './identity.ts';
import { identitiesOf } from './impersonable.ts';
import { meetRules } from './rule-meet.ts';

/** Somebody as somebody else. */
export interface LimitedIdentity {
  readonly node: NodeKey;
  readonly as: Identity;
  /** What lets them be that. */
  readonly by: ConstrainedIdentities;
  readonly through: HeldRole;
  readonly held: readonly HeldRole[];
}

export function limitedNode(holder: NodeKey, as: Identity): NodeKey {
  return `limited:${holder} as ${keyOfIdentity(as)}`;
}

/** Nodes are left out, whose rights are no rules; and so is who holds every verb, and the older one among them. */
export function findLimited(
  holder: NodeKey,
  held: readonly HeldRole[],
  authorizer: Authorizer,
): readonly LimitedIdentity[] {
  const found = new Map<NodeKey, LimitedIdentity>();
  for (const through of held) {
    for (const by of constrainedOf(through.rules)) {
      const { resource, names } = by;
      if (resource === 'nodes' || !isImpersonableIn(by, through.namespace)) continue;
      if (resource === 'groups' && !held.some(isOfUsers)) continue;
      for (const as of identitiesOf(resource, names, through.namespace, authorizer)) {
        const node = limitedNode(holder, as);
        if (found.has(node)) continue;
        const limited = limitTo(held, as, by.mode, authorizer);
        if (limited.length > 0) found.set(node, { node, as, by, through, held: limited });
      }
    }
  }
  return [...found.values()];
}

export function holdsConstrained(held: readonly HeldRole[]): boolean {
  return held.some(({ rules }) => constrainedOf(rules).length > 0);
}

function isOfUsers({ rules, namespace }: HeldRole): boolean {
  return namespace === '' && constrainedOf(rules).some(({ resource }) => resource === 'users');
}

const known = new WeakMap<readonly PolicyRule[], readonly ConstrainedIdentities[]>();

/** Remembered, as everybody is asked about. */
function constrainedOf(rules: readonly PolicyRule[]): readonly ConstrainedIdentities[] {
  let found = known.get(rules);
  if (found === undefined) {
    found = findConstrainedIdentities(rules).filter(({ rule }) => rules[rule]?.verbs.includes('*') === false);
    known.set(rules, found);
  }
  return found;
}

function limitTo(held: readonly HeldRole[], as: Identity, mode: Mode, authorizer: Authorizer): readonly HeldRole[] {
  const theirs = [...findHeldRules(as, authorizer)];
  const met = held.flatMap(({ role, namespace, rules, isThere, grant }) =>
    theirs.flatMap((own) => {
      const where = namespace === '' ? own.namespace : namespace;
      if (own.namespace !== '' && own.namespace !== where) return [];
      const both = meetRules(actionsAs(mode, rules), own.rules);
      return both.length === 0 ? [] : [{ role, namespace: where, rules: both, isThere, grant, isOwn: true }];
    }),
  );
  // Most may do as others what leads nowhere.
  if (!met.some(({ rules }) => findCapabilities(rules).length > 0)) return [];
  const [first] = held;
  const asked = theirs.map(({ namespace, rules }) => ({
    role: first?.role ?? '',
    namespace,
    rules: meetRules(askedInPassing, rules),
    isThere: first?.isThere,
    grant: met[0]?.grant,
    isOwn: true,
  }));
  return [...met, ...asked.filter(({ rules }) => rules.length > 0)];
}

const askedInPassing: readonly PolicyRule[] = [
  { verbs: ['escalate', 'bind', 'approve', 'attest', 'sign'], apiGroups: ['*'], resources: ['*'] },
];
