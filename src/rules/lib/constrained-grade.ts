/**
 * How bad constrained impersonation is: by what those who may be impersonated hold, and by what may be done as them.
 *
 * Where that leads to cluster-admin, the escalation graph says so. Otherwise both are compared by permissions of the
 * catalogue, in the namespaces that they have in common: verbs of one permission and names of objects are left aside.
 */
import type { RuleContext } from '../../core/rule.ts';
import type { Severity } from '../../core/severity.ts';
import { isReadable } from '../../core/snapshot.ts';
import { findCapabilities, isOfUse } from '../../rbac/capabilities.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import {
  actionsAs,
  findConstrainedIdentities,
  isEveryAction,
  isImpersonableIn,
} from '../../rbac/constrained-impersonation.ts';
import type { ConstrainedIdentities, IdentityKind } from '../../rbac/constrained-impersonation.ts';
import { escalationGraphOf } from '../../rbac/escalation-graph.ts';
import type { NodeKey } from '../../rbac/escalation-node.ts';
import type { HeldRules } from '../../rbac/held-rules.ts';
import { findGains } from '../../rbac/impersonable.ts';
import { limitedAs } from '../../rbac/limited-identities.ts';
import { permissions } from '../../rbac/permission-catalogue.ts';
import type { Permission, PermissionId } from '../../rbac/permission-catalogue.ts';
import { Impersonable } from '../../rbac/rights-alike.ts';
import { describeRules, summarize } from '../../rbac/rule-text.ts';
import { areWaysKnown, holdsPath, worse } from './holder-grade.ts';
import type { Grade } from './holder-grade.ts';
import { findLeading } from './named-identities.ts';

type Context = Pick<RuleContext, 'subject' | 'snapshot'>;
export type Held = Pick<HeldRules, 'namespace' | 'rules'>;

/** Whoever acts. */
export interface Actor {
  /** `User "jane"` */
  readonly who: string;
  /** All that they hold. */
  readonly held: readonly Held[];
  /** Undefined for whoever comes to hold a role. */
  readonly node?: NodeKey;
}

const legacyOf: Readonly<Record<IdentityKind['resource'], PermissionId>> = {
  users: 'impersonate-users',
  groups: 'impersonate-groups',
  serviceaccounts: 'impersonate-service-accounts',
  // Asked for by their names as users.
  nodes: 'impersonate-users',
};

/**
 * @param place that the identities are granted in; empty for everywhere
 * @returns undefined where it is limited to what is harmless
 */
export function gradeConstrained(
  identities: ConstrainedIdentities,
  place: string,
  actor: Actor,
  context: Context,
): Grade | undefined {
  const grade = gradeByGains(identities, place, actor, context);
  // What is worst already is not made worse by a path, and what nobody can use leads nowhere.
  if (grade === undefined || grade.severity === 'critical' || grade.severity === 'info') return grade;
  if (areWaysKnown(context.snapshot)) return grade;
  return { ...grade, reason: `${grade.reason}, and it is not known whether that leads to cluster-admin` };
}

function gradeByGains(
  identities: ConstrainedIdentities,
  place: string,
  { who, held, node }: Actor,
  context: Context,
): Grade | undefined {
  if (!isImpersonableIn(identities, place)) {
    return { severity: 'info', reason: 'only RoleBindings grant it, and it takes a ClusterRoleBinding' };
  }
  const older = findOlder(identities, place, held);
  if (older !== undefined) {
    const reason = `it is constrained in name only, as the verb impersonate lets ${who} do everything as them`;
    return { severity: severityOfAll({ ...identities, names: older.names }, place, context), reason };
  }
  const actions = held.map(({ namespace, rules }) => ({ namespace, rules: actionsAs(identities.mode, rules) }));
  if (actions.every(({ rules }) => rules.length === 0)) {
    return { severity: 'info', reason: `no role lets ${who} do anything as them` };
  }
  if (identities.resource === 'groups' && !held.some(isOfUsers)) {
    return { severity: 'info', reason: `groups go with a user, and no role lets ${who} be one` };
  }
  if (actions.some(({ namespace, rules }) => namespace === '' && isEveryAction(rules))) {
    const reason = `it is constrained in name only, as ${who} may do everything as them`;
    return { severity: severityOfAll(identities, place, context), reason };
  }
  if (node !== undefined && leadsToAdmin(identities, place, node, context)) {
    return { severity: 'critical', reason: `what ${who} may do as them leads to cluster-admin` };
  }
  const worst = findWorst(identities, place, actions, context);
  if (worst !== undefined) {
    const { severity, what, example } = worst;
    return { severity, reason: `${who} may ${what} as them, by ${example}` };
  }
  if (identities.names !== undefined || identities.mode === 'associated-node') return undefined;
  return { severity: 'low', reason: `${who} may be any of them, if only to ${describeActions(actions)}` };
}

/** The verb `impersonate` for some of the same identities, with those that it is for. */
function findOlder(
  { resource, names }: ConstrainedIdentities,
  place: string,
  held: readonly Held[],
): Pick<Capability, 'names'> | undefined {
  const all = held.flatMap(({ namespace, rules }) =>
    findCapabilities(rules)
      .filter((one) => one.permission === legacyOf[resource] && isOfUse(one, namespace))
      .filter(() => resource !== 'serviceaccounts' || namespace === '' || place === '' || namespace === place)
      .map((one) => commonNames(resource, names, one.names)),
  );
  const some = all.filter((common) => common?.length !== 0);
  if (some.length === 0) return undefined;
  return { names: some.includes(undefined) ? undefined : some.flatMap((common) => common ?? []) };
}

function commonNames(
  resource: IdentityKind['resource'],
  names: readonly string[] | undefined,
  older: readonly string[] | undefined,
): readonly string[] | undefined {
  const prefix = 'system:node:';
  const same =
    resource === 'nodes'
      ? older?.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
      : older;
  if (names === undefined) return same;
  return same === undefined ? names : names.filter((name) => same.includes(name));
}

function isOfUsers({ namespace, rules }: Held): boolean {
  return namespace === '' && findConstrainedIdentities(rules).some(({ resource }) => resource === 'users');
}

/** Whether it does as one of them; where that cannot be told, it is graded without. */
function leadsToAdmin(
  identities: ConstrainedIdentities,
  place: string,
  actor: NodeKey,
  { snapshot }: Context,
): boolean {
  if (identities.resource === 'nodes' || !isReadable(snapshot.observation('EscalationPaths'))) return false;
  const graph = escalationGraphOf(snapshot);
  const routes = graph.toAdmin();
  const whom = new Impersonable(identities, place);
  // One of those who hold the same stands for all of them.
  return graph.holdings.stepsFrom(actor).some(({ to }) => {
    const as = limitedAs(to, actor);
    return as !== undefined && whom.has(as) && routes.stepsFrom(to) !== undefined;
  });
}

const everything: readonly Held[] = [{ namespace: '', rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }];

/** Where everything may be done as them. */
function severityOfAll(identities: ConstrainedIdentities, place: string, context: Context): Severity {
  const { resource, names, rule } = identities;
  if (resource !== 'nodes' && names === undefined) {
    return place === '' || holdsPath(place, context.snapshot) ? 'critical' : 'high';
  }
  if (resource !== 'nodes') {
    const permission = legacyOf[resource];
    const [target] = permissions[permission].targets;
    const { names: leading } = findLeading({ permission, names, rule, target, example: '' }, place, context.snapshot);
    if (leading.length > 0) return 'critical';
  }
  return findWorst(identities, place, everything, context)?.severity ?? 'low';
}

interface Gain {
  readonly severity: Severity;
  readonly what: string;
  readonly example: string;
}

/** The worst that may be done as them and that they may do. */
function findWorst(
  identities: ConstrainedIdentities,
  place: string,
  actions: readonly Held[],
  { snapshot }: Context,
): Gain | undefined {
  const gains = findGains(identities, identities.names, place, snapshot);
  const found = actions.flatMap(({ namespace, rules }) =>
    findCapabilities(rules).flatMap(({ permission, example, target }) =>
      gains.flatMap((gain): readonly Gain[] => {
        const where = commonPlace(namespace, gain.namespace);
        if (gain.permission !== permission || where === undefined) return [];
        const { inCluster, inNamespace, what }: Permission = permissions[permission];
        const here = target.isClusterOnly === true ? undefined : inNamespace;
        const isWhole = where === '' || holdsPath(where, snapshot);
        const severity = where !== '' && here === undefined ? undefined : isWhole ? inCluster : here;
        return severity === undefined ? [] : [{ severity: limit(severity, identities), what, example }];
      }),
    ),
  );
  return found.length === 0 ? undefined : found.reduce(worse);
}

/** The narrower of two; undefined where they have nothing in common. */
function commonPlace(a: string, b: string): string | undefined {
  if (a === '' || a === b) return b;
  return b === '' ? a : undefined;
}

/** One's own node is one node. */
function limit(severity: Severity, { mode }: IdentityKind): Severity {
  return mode === 'associated-node' && severity === 'critical' ? 'high' : severity;
}

/** Without names: those of other namespaces are nobody's business in one. */
function describeActions(actions: readonly Held[]): string {
  const rules = actions.flatMap((one) => one.rules.map((rule) => ({ ...rule, resourceNames: [] })));
  return summarize([...new Set(describeRules(rules))], 2);
}
