/**
 * Granting oneself everything by `escalate`, which lets somebody write roles that hold what they do not: change a role that
 * is theirs, or that they may bind; or make one that they are bound to already, or may bind.
 *
 * What is asked of whom: `escalate` on the name in the request, and none where a new role is posted; `update` or `patch` to
 * change; `create` without a name to post, or by its name besides `update` or `patch` where a write of the name creates it.
 *
 * Source: k8s.io/kubernetes v1.37.2, pkg/registry/rbac (escalation_check.go, role and clusterrole/policybased);
 * k8s.io/apiserver v0.37.2, pkg/endpoints/handlers/{patch,update}.go.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
import type { RoleKind } from '../core/rbac-kinds.ts';
import { ADMIN, allOfNode, EVERYWHERE } from './escalation-node.ts';
import type { Step, Surroundings } from './step.ts';
import type { HeldByGrant, HeldRole } from './held-roles.ts';
import { allows, isUnrestrictedByName, matchesGroup, matchesResource, matchesVerb } from './rule-matching.ts';

const RBAC = 'rbac.authorization.k8s.io';
const resources = { Role: 'roles', ClusterRole: 'clusterroles' } as const;
const permissions = { Role: 'escalate-roles', ClusterRole: 'escalate-cluster-roles' } as const;

/** A role by which somebody may come to everything. */
interface Lever {
  readonly kind: RoleKind;
  readonly name: string;
  /** Its namespace; empty for a ClusterRole, and for Roles of every namespace. */
  readonly home: string;
  /** Where it grants: empty for everywhere, `*` for each namespace by itself. */
  readonly place: string;
  /** Undefined where that is not known. */
  readonly isThere: boolean | undefined;
  /** What it takes besides to write it: `bind roles, create rolebindings`. */
  readonly besides?: string;
  readonly assumes?: string;
}

/** @param roles all that somebody holds */
export function* findRoleSteps(roles: readonly HeldRole[], surroundings: Surroundings): Generator<Step<HeldByGrant>> {
  if (!roles.some(({ rules }) => mayEscalate(rules))) return;
  const rights = new RoleRights(roles);
  for (const lever of [...ownLevers(roles), ...bindableLevers(rights, surroundings)]) {
    const write = findWrite(rights, lever);
    if (write !== undefined) yield toStep(write, lever);
  }
}

/** Of each role that is bound to them, where. */
function* ownLevers(roles: readonly HeldRole[]): Generator<Lever> {
  const seen = new Set<string>();
  for (const { role, namespace, isThere } of roles) {
    const key = `${namespace}/${role}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const [kind, name] = splitRole(role);
    yield { kind, name, home: kind === 'Role' ? namespace : '', place: namespace, isThere };
  }
}

function splitRole(role: string): readonly [RoleKind, string] {
  const slash = role.indexOf('/');
  return [role.startsWith('Role/') ? 'Role' : 'ClusterRole', role.slice(slash + 1)];
}

/** No rule has it among its names: only a rule without names is about it. */
const ANY = '\0';

/** Whoever may bind any ClusterRole needs no other. */
function* bindableLevers(rights: RoleRights, surroundings: Surroundings): Generator<Lever> {
  for (const place of rights.places()) {
    for (const kind of ['ClusterRole', 'Role'] as const) {
      const bindings =
        place === '' && kind === 'ClusterRole' ? ['clusterrolebindings', 'rolebindings'] : ['rolebindings'];
      for (const binding of bindings) {
        const written = findBindingWrite(rights, place, binding);
        if (written === undefined) continue;
        const names =
          kind === 'Role' ? [ANY, ...rights.namesTo('bind', 'roles')] : rights.namesTo('bind', 'clusterroles');
        for (const name of names) {
          if (rights.find(place, 'bind', resources[kind], name) === undefined) continue;
          const home = kind === 'Role' ? place : '';
          const isUnknown = name === ANY || (kind === 'Role' && (home === '' || home === EVERYWHERE));
          yield {
            kind,
            name,
            home,
            place: place === '' && binding === 'rolebindings' ? EVERYWHERE : place,
            isThere: isUnknown ? undefined : surroundings.isRoleThere(kind, home, name),
            besides: `bind ${resources[kind]}, ${written.verb} ${binding}`,
            ...(written.isOfExisting ? { assumes: 'there is a binding of it' } : {}),
          };
        }
      }
    }
  }
}

interface BindingWrite {
  readonly verb: string;
  /** The role of a binding never changes. */
  readonly isOfExisting: boolean;
}

function findBindingWrite(rights: RoleRights, place: string, binding: string): BindingWrite | undefined {
  const isCreated =
    rights.find(place, 'create', binding, '') !== undefined ||
    rights.namesTo('create', binding).some((name) => mayCreateByName(rights, place, binding, name));
  if (isCreated) return { verb: 'create', isOfExisting: false };
  const verb = changing.find((one) => rights.holdsAny(place, one, binding));
  return verb === undefined ? undefined : { verb, isOfExisting: true };
}

const changing = ['update', 'patch'] as const;

function mayCreateByName(rights: RoleRights, place: string, resource: string, name: string): boolean {
  return (
    rights.find(place, 'create', resource, name) !== undefined &&
    changing.some((verb) => rights.find(place, verb, resource, name) !== undefined)
  );
}

interface Write {
  readonly escalate: Right;
  readonly verb: string;
  readonly assumes?: string;
}

/** How somebody comes to decide what the role holds. */
function findWrite(rights: RoleRights, { kind, name, home, isThere }: Lever): Write | undefined {
  const resource = resources[kind];
  const changed = changing.find((verb) => rights.find(home, verb, resource, name) !== undefined);
  const named = rights.find(home, 'escalate', resource, name);
  const unnamed = rights.find(home, 'escalate', resource, '');
  const change = isThere === false || changed === undefined ? undefined : named;
  const post = rights.find(home, 'create', resource, '') === undefined ? undefined : unnamed;
  const make =
    isThere === true ? undefined : (post ?? (mayCreateByName(rights, home, resource, name) ? named : undefined));
  const what = name === ANY ? kind : `${kind} ${JSON.stringify(name)}`;
  const isKnown = isThere !== undefined || (change !== undefined && make !== undefined);
  if (change !== undefined && changed !== undefined) {
    return { escalate: change, verb: changed, ...(isKnown ? {} : { assumes: `there is a ${what}` }) };
  }
  if (make === undefined) return undefined;
  // There is always room for one more.
  return { escalate: make, verb: 'create', ...(isKnown || name === ANY ? {} : { assumes: `there is no ${what} yet` }) };
}

function toStep({ escalate: { role, index, rule }, verb, ...write }: Write, lever: Lever): Step<HeldByGrant> {
  const { kind, place, besides } = lever;
  const example = `escalate ${resources[kind]}`;
  const namespace = role.namespace === EVERYWHERE ? '' : role.namespace;
  const isInOne = place !== '' && place !== EVERYWHERE && namespace === '';
  const assumes = [write.assumes, lever.assumes].filter((one) => one !== undefined).join(', and ');
  return {
    to: place === '' && kind === 'ClusterRole' ? ADMIN : allOfNode(place === EVERYWHERE ? '' : place),
    held: {
      permission: permissions[kind],
      namespace,
      names: isUnrestrictedByName(rule) ? undefined : rule.resourceNames,
      example,
      grant: role.grant,
      rule: index,
    },
    by: `${[example, `${verb} ${resources[kind]}`, besides].filter((one) => one !== undefined).join(', ')}${isInOne ? ` in ${place}` : ''}`,
    ...(assumes === '' ? {} : { assumes }),
    effort: 1,
  };
}

/** A rule that grants something, and by which role. */
interface Right {
  readonly role: HeldRole;
  readonly index: number;
  readonly rule: PolicyRule;
}

/** What somebody may do to roles and bindings, asked as the API server asks. */
class RoleRights {
  readonly #byPlace = new Map<string, Right[]>();

  constructor(roles: readonly HeldRole[]) {
    for (const role of roles) {
      for (const [index, rule] of role.rules.entries()) {
        if (!matchesGroup(rule, RBAC)) continue;
        const some = this.#byPlace.get(role.namespace);
        if (some === undefined) this.#byPlace.set(role.namespace, [{ role, index, rule }]);
        else some.push({ role, index, rule });
      }
    }
  }

  /** @param name empty for a request without one */
  find(place: string, verb: string, resource: string, name: string): Right | undefined {
    const request = { verb, group: RBAC, resource, subresource: '', name, namespace: place };
    return this.#at(place).find(({ rule }) => allows(rule, request));
  }

  /** Whether they may do it to anything of that name or another. */
  holdsAny(place: string, verb: string, resource: string): boolean {
    return this.#at(place).some(({ rule }) => matchesVerb(rule, verb) && matchesResource(rule, resource));
  }

  /** The names that rules grant it for. */
  namesTo(verb: string, resource: string): readonly string[] {
    const named = this.#all().filter(({ rule }) => matchesVerb(rule, verb) && matchesResource(rule, resource));
    return [...new Set(named.flatMap(({ rule }) => rule.resourceNames ?? []))].filter((name) => name !== '');
  }

  /** Where they hold anything of it; empty for everywhere, `*` for each namespace. */
  places(): Iterable<string> {
    return this.#byPlace.keys();
  }

  /** What is held everywhere counts in each place. */
  #at(place: string): readonly Right[] {
    const own = this.#byPlace.get(place) ?? [];
    if (place === '') return own;
    const everywhere = this.#byPlace.get('') ?? [];
    return [...own, ...everywhere, ...(place === EVERYWHERE ? [] : (this.#byPlace.get(EVERYWHERE) ?? []))];
  }

  #all(): readonly Right[] {
    return [...this.#byPlace.values()].flat();
  }
}

const escalating = new WeakMap<readonly PolicyRule[], boolean>();

/** Remembered, as everybody is asked about. */
function mayEscalate(rules: readonly PolicyRule[]): boolean {
  let known = escalating.get(rules);
  if (known === undefined) escalating.set(rules, (known = rules.some(escalatesRoles)));
  return known;
}

function escalatesRoles(rule: PolicyRule): boolean {
  return (
    matchesVerb(rule, 'escalate') &&
    matchesGroup(rule, RBAC) &&
    (matchesResource(rule, 'roles') || matchesResource(rule, 'clusterroles'))
  );
}
