/**
 * The resources that Kubernetes itself serves: which of them have a namespace, which subresources they have, and which
 * one people mean by what they type. Those of CustomResourceDefinitions and aggregated API servers are not known here:
 * every answer about them is `undefined`.
 *
 * Recorded from API servers of several releases, all API versions on, by `make baselines`.
 *
 * Source: k8s.io/apimachinery v0.37.2, pkg/api/meta/restmapper.go and pkg/runtime/schema (ParseResourceArg);
 * k8s.io/client-go v0.37.2, restmapper/shortcut.go.
 */
import type { PolicyRule } from '../core/kinds.ts';
import recorded from './predefined/api-resources.json' with { type: 'json' };

export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  /** Plural: `pods`. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly shortNames?: readonly string[];
  readonly namespaced: boolean;
  /** Of the API, as some release serves it; preferred ones first. */
  readonly versions: readonly string[];
  readonly verbs: readonly string[];
  /** Name to verbs. */
  readonly subresources?: Readonly<Record<string, readonly string[]>>;
}

export interface GroupResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly resource: string;
}

/** Where two have the same name, the API server's preference decides: `events` are those of the core group. */
export const apiResources = recorded as unknown as readonly ApiResource[];

/** @param resource plural; what follows a slash does not count, as a subresource lives where its resource does */
export function findApiResource({ group, resource }: GroupResource): ApiResource | undefined {
  const slash = resource.indexOf('/');
  return index().byName.get(`${slash === -1 ? resource : resource.slice(0, slash)}.${group}`);
}

/** @returns undefined for what Kubernetes does not serve itself: custom resources, and the virtual `users` and `signers` */
export function isNamespaced(resource: GroupResource): boolean | undefined {
  return findApiResource(resource)?.namespaced;
}

/** Whether a rule grants something of what Kubernetes itself serves, or of everything. */
export function isBuiltIn({ apiGroups = [], resources = [], nonResourceURLs = [] }: PolicyRule): boolean {
  const isOwnGroup = (group: string): boolean => group === '*' || index().groups.has(group);
  return nonResourceURLs.length > 0 || (resources.length > 0 && apiGroups.some(isOwnGroup));
}

/** @returns without the resource's name, as `['exec', 'log']`; undefined where the resource is not known */
export function subresourcesOf(resource: GroupResource): readonly string[] | undefined {
  const found = findApiResource(resource);
  return found === undefined ? undefined : Object.keys(found.subresources ?? {});
}

/**
 * What kubectl takes it for: plural, singular, short name or kind, alone or as `resource.group` or
 * `resource.version.group`, in any case. A group may be a beginning of one, where it is not one itself.
 * @returns undefined where no resource of Kubernetes itself has that name
 */
export function resolveResource(typed: string): GroupResource | undefined {
  const [name = '', ...rest] = typed.toLowerCase().split('.');
  const named = index().byTyped.get(name) ?? [];
  // Three parts and more may hold a version, which is tried first.
  const [version = '', ...groupParts] = rest;
  const found =
    (rest.length > 1 ? findOfVersion(named, version, groupParts.join('.')) : undefined) ??
    findOfGroup(named, rest.length === 0 ? undefined : rest.join('.'));
  return found === undefined ? undefined : { group: found.group, resource: found.resource };
}

function findOfVersion(named: readonly ApiResource[], version: string, group: string): ApiResource | undefined {
  return named.find((one) => one.group === group && one.versions.includes(version));
}

/** @param group undefined where none was typed */
function findOfGroup(named: readonly ApiResource[], group: string | undefined): ApiResource | undefined {
  if (group === undefined) return named[0];
  return named.find((one) => one.group === group) ?? named.find((one) => group !== '' && one.group.startsWith(group));
}

interface Index {
  readonly groups: ReadonlySet<string>;
  /** By `resource.group`. */
  readonly byName: ReadonlyMap<string, ApiResource>;
  /** By whatever people call it; those that count first come first. */
  readonly byTyped: ReadonlyMap<string, readonly ApiResource[]>;
}

let built: Index | undefined;

function index(): Index {
  built ??= buildIndex();
  return built;
}

function buildIndex(): Index {
  const byTyped = new Map<string, ApiResource[]>();
  const add = (name: string, one: ApiResource): void => {
    const known = byTyped.get(name) ?? [];
    byTyped.set(name, known);
    if (!known.includes(one)) known.push(one);
  };
  // kubectl expands short names before it looks for anything else.
  for (const one of apiResources) for (const name of one.shortNames ?? []) add(name, one);
  for (const one of apiResources) {
    for (const name of [one.resource, one.singular, one.kind.toLowerCase()]) add(name, one);
  }
  const groups = new Set(apiResources.map(({ group }) => group));
  return { groups, byName: new Map(apiResources.map((one) => [`${one.resource}.${one.group}`, one])), byTyped };
}
