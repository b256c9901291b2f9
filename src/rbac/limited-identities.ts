/**
 * What somebody can do as others by constrained impersonation: what these hold, as far as it may be done as them.
 *
 * What the API server asks in passing, it asks about whoever is impersonated, without a limit: whether they may `escalate`
 * or `bind` when a role or a binding is written, `approve` when a certificate is.
 *
 * Source: k8s.io/apiserver v0.37.2, pkg/endpoints/filters/impersonation/mode.go; k8s.io/kubernetes v1.37.2,
 * pkg/registry/rbac/escalation_check.go and plugin/pkg/admission/certificates.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { findCapabilities } from './capabilities.ts';
import { actionsAs, findConstrainedIdentities, isImpersonableIn } from './constrained-impersonation.ts';
import type { ConstrainedIdentities, Mode } from './constrained-impersonation.ts';
import { identityOfNode } from './escalation-node.ts';
import type { NodeKey } from './escalation-node.ts';
import type { HeldRules } from './held-rules.ts';
import type { HeldRole } from './held-roles.ts';
import { keyOfIdentity } from './identity.ts';
import type { Identity } from './identity.ts';
import type { Impersonable, ImpersonableBy } from './rights-alike.ts';
import { matchesGroup, matchesResource } from './rule-matching.ts';
import { meetRules } from './rule-meet.ts';

/** Somebody as somebody else. */
export interface LimitedIdentity {
  readonly node: NodeKey;
  /** One of those who hold the same. */
  readonly as: Identity;
  /** What lets them be that. */
  readonly by: ImpersonableBy;
  readonly through: HeldRole;
  readonly held: readonly HeldRole[];
}

/** Whom somebody may be, by what of theirs. */
export interface Reach {
  readonly through: HeldRole;
  readonly by: ImpersonableBy;
  readonly whom: Impersonable;
}

export function limitedNode(holder: NodeKey, as: Identity): NodeKey {
  return `${prefixOf(holder)}${keyOfIdentity(as)}`;
}

/** As whom somebody acts there; undefined for a node of another kind, or of another holder. */
export function limitedAs(node: NodeKey, holder: NodeKey): Identity | undefined {
  const prefix = prefixOf(holder);
  return node.startsWith(prefix) ? identityOfNode(node.slice(prefix.length) as NodeKey) : undefined;
}

function prefixOf(holder: NodeKey): `limited:${string}` {
  return `limited:${holder} as `;
}

/**
 * Nodes are left out, whose rights are no rules; and so is who holds every verb, and the older one among them; and what
 * somebody has of one group alone, as the group has it.
 * @param whom those whom a permission lets somebody be, as far as they lie in a namespace
 */
export function* findReaches(
  held: readonly HeldRole[],
  whom: (by: ImpersonableBy, namespace: string) => Impersonable,
): Generator<Reach> {
  const acts = new ActsByMode(held);
  const isUser = held.some(isOfUsers);
  for (const through of held) {
    for (const by of constrainedOf(through.rules)) {
      if (by.resource === 'nodes' || !isImpersonableIn(by, through.namespace)) continue;
      if (by.resource === 'groups' && !isUser) continue;
      const { groups, leadsOn, writesRoles } = acts.as(by.mode);
      const isOfGroup = !through.isOwn && groups.size === 1 && groups.has(groupOf(through));
      // Most may do as others what leads nowhere. What is written may be a role of one's own.
      if (leadsOn && (!isOfGroup || writesRoles)) yield { through, by, whom: whom(by, through.namespace) };
    }
  }
}

/** How much there is to look at, in rules that are held against others; those who hold the same count once. */
export function effortOf(reaches: readonly Reach[], held: readonly HeldRole[]): number {
  const acts = new ActsByMode(held);
  let effort = 0;
  for (const { by, whom } of reaches) {
    effort += whom.alike.size * rulesWorthANode + acts.as(by.mode).rules * whom.rules;
  }
  return effort;
}

function groupOf({ isOwn, grant }: HeldRole): string | undefined {
  return isOwn ? undefined : grant?.subject.name;
}

function isAboutRoles(rule: PolicyRule): boolean {
  if (!matchesGroup(rule, 'rbac.authorization.k8s.io')) return false;
  return matchesResource(rule, 'roles') || matchesResource(rule, 'clusterroles');
}

interface Acts {
  /** Those by which anything may be done as others. */
  readonly held: readonly HeldRole[];
  /** How many rules that are. */
  readonly rules: number;
  /** Those that hold them; undefined for somebody's own name. */
  readonly groups: ReadonlySet<string | undefined>;
  /** Whether anything of the catalogue may be done. */
  readonly leadsOn: boolean;
  /** Whether roles may be written, among other things that may be done to them. */
  readonly writesRoles: boolean;
}

class ActsByMode {
  readonly #held: readonly HeldRole[];
  readonly #known = new Map<Mode, Acts>();

  constructor(held: readonly HeldRole[]) {
    this.#held = held;
  }

  as(mode: Mode): Acts {
    const known = this.#known.get(mode);
    if (known !== undefined) return known;
    const held = this.#held.filter(({ rules }) => actionsAs(mode, rules).length > 0);
    const found = {
      held,
      rules: held.reduce((sum, { rules }) => sum + actionsAs(mode, rules).length, 0),
      groups: new Set(held.map(groupOf)),
      leadsOn: held.some(({ rules }) => findCapabilities(actionsAs(mode, rules)).length > 0),
      writesRoles: held.some(({ rules }) => actionsAs(mode, rules).some(isAboutRoles)),
    };
    this.#known.set(mode, found);
    return found;
  }
}

/** What somebody as somebody else costs at least, in memory above all. */
const rulesWorthANode = 25;

export function findLimited(
  holder: NodeKey,
  held: readonly HeldRole[],
  reaches: readonly Reach[],
): readonly LimitedIdentity[] {
  const found = new Map<NodeKey, LimitedIdentity>();
  const acts = new ActsByMode(held);
  const [first] = held;
  for (const { through, by, whom } of reaches) {
    for (const { as, held: theirs } of whom.alike.values()) {
      const node = limitedNode(holder, as);
      if (found.has(node)) continue;
      const limited = limitTo(acts.as(by.mode).held, theirs, by.mode, first);
      if (limited.length > 0) found.set(node, { node, as, by, through, held: limited });
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

/** Remembered, as everybody is asked about: the same for the same rules. */
function constrainedOf(rules: readonly PolicyRule[]): readonly ConstrainedIdentities[] {
  let found = known.get(rules);
  if (found === undefined) {
    found = findConstrainedIdentities(rules).filter(({ rule }) => rules[rule]?.verbs.includes('*') === false);
    known.set(rules, found);
  }
  return found;
}

function limitTo(
  acting: readonly HeldRole[],
  theirs: readonly HeldRules[],
  mode: Mode,
  first: HeldRole | undefined,
): readonly HeldRole[] {
  const met = acting.flatMap(({ role, namespace, rules, isThere, grant }) =>
    theirs.flatMap((own) => {
      const where = namespace === '' ? own.namespace : namespace;
      if (own.namespace !== '' && own.namespace !== where) return [];
      const both = meetRules(actionsAs(mode, rules), own.rules);
      return both.length === 0 ? [] : [{ role, namespace: where, rules: both, isThere, grant, isOwn: true }];
    }),
  );
  // Most may do as others what leads nowhere.
  if (!met.some(({ rules }) => findCapabilities(rules).length > 0)) return [];
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
