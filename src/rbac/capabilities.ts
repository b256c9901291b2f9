/** Which permissions of the catalogue rules hold. */
import type { PolicyRule } from '../core/rbac-shape.ts';
import { mayWriteNew } from './creating-writes.ts';
import { enablers, permissions } from './permission-catalogue.ts';
import type { EnablerId, Permission, PermissionId, Target } from './permission-catalogue.ts';
import {
  allowsNameless,
  isUnrestrictedByName,
  matchesGroup,
  matchesResource,
  matchesVerb,
  matchesWrittenResource,
  namelessVerbs,
} from './rule-matching.ts';

export interface Capability<Id extends string = PermissionId> {
  readonly permission: Id;
  /** The index of the rule that grants it. */
  readonly rule: number;
  /** Of the objects that it is limited to; undefined for all of them. */
  readonly names: readonly string[] | undefined;
  /** Which of the permission's targets it is of. */
  readonly target: Target;
  /** The first thing that grants it: `get secrets`. */
  readonly example: string;
}

export interface CapabilityOptions {
  /** Of the API server; by default the latest. */
  readonly minorVersion?: number;
}

/** One of what is looked for. */
interface Sought<Id extends string> {
  readonly permission: Id;
  readonly target: Target;
}

/** All that is looked for, in the order of the catalogue. */
class Catalogue<Id extends string> {
  readonly all: readonly Sought<Id>[];
  /** By group and plural, the places in `all`. */
  readonly #places = new Map<string, number[]>();

  constructor(all: readonly Sought<Id>[]) {
    this.all = all;
    for (const [place, { target }] of all.entries()) {
      for (const plural of new Set(target.resources.map(pluralOf))) {
        const key = placeKey(target.group, plural);
        this.#places.set(key, [...(this.#places.get(key) ?? []), place]);
      }
    }
  }

  /** All that a rule may hold, and perhaps more, in the same order: most rules are about few resources, and of most nothing is sought. */
  near({ apiGroups = [], resources = [] }: PolicyRule): readonly Sought<Id>[] {
    const plurals = resources.map(pluralOf);
    if (apiGroups.includes('*') || plurals.includes('*')) return this.all;
    const places = new Set(
      apiGroups.flatMap((group) => plurals.flatMap((plural) => this.#places.get(placeKey(group, plural)) ?? [])),
    );
    return [...places].sort((a, b) => a - b).flatMap((place) => this.all[place] ?? []);
  }
}

/** Of `pods/exec` that is `pods`. */
function pluralOf(resource: string): string {
  const slash = resource.indexOf('/');
  return slash === -1 ? resource : resource.slice(0, slash);
}

function placeKey(group: string, plural: string): string {
  return `${group}/${plural}`;
}

const sought = new Catalogue(
  Object.entries(permissions).flatMap(([id, { targets }]: [string, Permission]) =>
    targets.map((target) => ({ permission: id as PermissionId, target })),
  ),
);
const soughtEnablers = new Catalogue(
  Object.entries(enablers).flatMap(([id, targets]: [string, readonly Target[]]) =>
    targets.map((target) => ({ permission: id as EnablerId, target })),
  ),
);
const known = new WeakMap<readonly PolicyRule[], { readonly version: number; readonly found: readonly Capability[] }>();
const knownEnablers = new WeakMap<readonly PolicyRule[], readonly Capability<EnablerId>[]>();

/** Remembered for each list of rules: roles are held by many, and asked about by every rule of the catalogue. */
export function findCapabilities(
  rules: readonly PolicyRule[],
  { minorVersion = Infinity }: CapabilityOptions = {},
): readonly Capability[] {
  const remembered = known.get(rules);
  if (remembered?.version === minorVersion) return remembered.found;
  const found = capabilitiesOf(rules, minorVersion, sought);
  known.set(rules, { version: minorVersion, found });
  return found;
}

/** Which of the enablers rules hold. */
export function findEnablers(
  rules: readonly PolicyRule[],
  { minorVersion = Infinity }: CapabilityOptions = {},
): readonly Capability<EnablerId>[] {
  let found = knownEnablers.get(rules);
  if (found === undefined) {
    found = capabilitiesOf(rules, Infinity, soughtEnablers);
    knownEnablers.set(rules, found);
  }
  return found.filter(({ target }) => isOfVersion(target, minorVersion));
}

function capabilitiesOf<Id extends string>(
  rules: readonly PolicyRule[],
  minorVersion: number,
  catalogue: Catalogue<Id>,
): readonly Capability<Id>[] {
  return rules.flatMap((rule, index) => {
    const found: Capability<Id>[] = [];
    for (const { permission, target } of catalogue.near(rule)) {
      if (!isOfVersion(target, minorVersion)) continue;
      const held = findHeld(rule, target, rules);
      if (held !== undefined) found.push({ permission, rule: index, target, ...held });
    }
    return found;
  });
}

type NamedCreate = Capability<PermissionId | EnablerId> & {
  readonly resource: string;
  readonly names: readonly string[];
};

const namedCreates = new WeakMap<readonly PolicyRule[], readonly NamedCreate[]>();

/**
 * What rules with names let somebody create only together with what another role lets them write; in the order of the
 * rules.
 * @param beside the rules of the other
 */
export function findJoinedCreates(
  rules: readonly PolicyRule[],
  beside: readonly PolicyRule[],
  { minorVersion = Infinity }: CapabilityOptions = {},
): readonly Capability<PermissionId | EnablerId>[] {
  return namedCreatesOf(rules).flatMap(({ resource, ...one }) => {
    if (!isOfVersion(one.target, minorVersion)) return [];
    const names = one.names.filter((name) => mayWriteNew(name, one.target.group, resource, beside));
    return names.length === 0 ? [] : [{ ...one, names }];
  });
}

/** Whether another role might let somebody create more. */
export function holdsNamedCreate(rules: readonly PolicyRule[]): boolean {
  return namedCreatesOf(rules).length > 0;
}

/** Those of which they grant no other write; remembered, as everybody is asked about. */
function namedCreatesOf(rules: readonly PolicyRule[]): readonly NamedCreate[] {
  let found = namedCreates.get(rules);
  if (found === undefined) {
    found = rules.flatMap((rule, index) => (isNamedCreate(rule) ? [...namedCreatesOfRule(rule, index, rules)] : []));
    namedCreates.set(rules, found);
  }
  return found;
}

function* namedCreatesOfRule(rule: PolicyRule, index: number, rules: readonly PolicyRule[]): Generator<NamedCreate> {
  for (const { permission, target } of [...sought.near(rule), ...soughtEnablers.near(rule)]) {
    if (!target.verbs.includes('create') || !matchesGroup(rule, target.group)) continue;
    for (const resource of target.resources) {
      if (resource.includes('/') || !matchesResource(rule, resource)) continue;
      const names = namesOf(rule, target)?.filter((name) => !mayWriteNew(name, target.group, resource, rules)) ?? [];
      if (names.length > 0) {
        yield { permission, rule: index, target, resource, names, example: `create ${resource}` };
      }
    }
  }
}

function isNamedCreate(rule: PolicyRule): boolean {
  return matchesVerb(rule, 'create') && !allowsNameless(rule);
}

function isOfVersion({ since = 0, until = Infinity }: Target, minorVersion: number): boolean {
  return since <= minorVersion && minorVersion <= until;
}

/** Such a request names no object, so that no other name than the empty one ever allows it. */
const NEVER_NAMED: ReadonlySet<string> = new Set(['create', 'deletecollection']);

type HeldTarget = Pick<Capability, 'names' | 'example'>;

/** @param rules of the same role, the rule among them */
function findHeld(rule: PolicyRule, target: Target, rules: readonly PolicyRule[]): HeldTarget | undefined {
  if (!matchesGroup(rule, target.group)) return undefined;
  for (const resource of target.resources) {
    const isMatch = resource.endsWith('/*')
      ? matchesAnySubresource(rule, resource.slice(0, -'/*'.length))
      : matchesWrittenResource(rule, resource);
    if (!isMatch) continue;
    const names = namesOf(rule, target);
    const held = target.verbs.filter((one) => matchesVerb(rule, one));
    const isObject = !resource.includes('/');
    const whole =
      isObject && names !== undefined && allowsNameless(rule) ? held.find((one) => namelessVerbs.has(one)) : undefined;
    if (whole !== undefined) return { names: undefined, example: `${whole} ${resource}` };
    if (names?.length === 0) continue;
    const verb = held.find((one) => names === undefined || !isObject || !NEVER_NAMED.has(one));
    if (verb !== undefined) return { names, example: `${verb} ${resource}` };
    const applied = held.includes('create')
      ? names?.filter((name) => mayWriteNew(name, target.group, resource, rules))
      : undefined;
    if (applied !== undefined && applied.length > 0) return { names: applied, example: `create ${resource}` };
  }
  return undefined;
}

/** `plural/*` is no wildcard: no subresource has that name. */
function matchesAnySubresource({ resources = [] }: PolicyRule, plural: string): boolean {
  return resources.some((one) => {
    const slash = one.indexOf('/');
    const [of, subresource] = [one.slice(0, slash), one.slice(slash + 1)];
    return one === '*' || (slash !== -1 && (of === '*' || of === plural) && subresource !== '' && subresource !== '*');
  });
}

/** @returns undefined for every name, and none where the rule is about other objects; none has an empty name */
function namesOf({ resourceNames = [] }: PolicyRule, { names }: Target): readonly string[] | undefined {
  if (resourceNames.length === 0) return undefined;
  return resourceNames.filter((name) => name !== '' && names?.includes(name) !== false);
}

/**
 * Whether a capability is of any use where it is granted.
 * @param namespace of the binding; empty for a ClusterRoleBinding, `*` for RoleBindings of every namespace
 */
export function isOfUse(
  { permission, target }: Pick<Capability<PermissionId | EnablerId>, 'permission' | 'target'>,
  namespace: string,
): boolean {
  if (namespace === '') return true;
  if (target.isClusterOnly === true || !liesInNamespaces(permission)) return false;
  return namespace === '*' || target.namespaces?.includes(namespace) !== false;
}

function liesInNamespaces(permission: PermissionId | EnablerId): boolean {
  if (permission in enablers) return true;
  const { inNamespace }: Permission = permissions[permission as PermissionId];
  return inNamespace !== undefined;
}

/** Whether rules grant everything: each verb on each resource of each group. */
export function grantsEverything(rules: readonly PolicyRule[]): boolean {
  return rules.some(isEverything);
}

export function isEverything(rule: PolicyRule): boolean {
  return (
    rule.verbs.includes('*') &&
    rule.apiGroups?.includes('*') === true &&
    rule.resources?.includes('*') === true &&
    isUnrestrictedByName(rule)
  );
}
