/**
 * The resources that Kubernetes itself serves, and which of them have a namespace. Those of CustomResourceDefinitions and
 * aggregated API servers are not known here: every answer about them is `undefined`. What people mean by what they type
 * is told by `buildResourceTable`.
 *
 * Recorded from API servers of several releases, all API versions on, by `make baselines`.
 */
import type { PolicyRule } from '../core/rbac-shape.ts';
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

/**
 * @param resource plural; what follows a slash does not count, as a subresource lives where its resource does
 * @returns undefined for what Kubernetes does not serve itself: custom resources, and the virtual `users` and `signers`
 */
export function isNamespaced({ group, resource }: GroupResource): boolean | undefined {
  const slash = resource.indexOf('/');
  return index().scopes.get(`${slash === -1 ? resource : resource.slice(0, slash)}.${group}`);
}

/** Whether Kubernetes itself serves the API group; the core group is the empty one. */
export function isBuiltInGroup(group: string): boolean {
  return index().groups.has(group);
}

/** Whether a rule grants something of what Kubernetes itself serves, or of everything. */
export function isBuiltIn({ apiGroups = [], resources = [], nonResourceURLs = [] }: PolicyRule): boolean {
  const isOwnGroup = (group: string): boolean => group === '*' || isBuiltInGroup(group);
  return nonResourceURLs.length > 0 || (resources.length > 0 && apiGroups.some(isOwnGroup));
}

interface Index {
  readonly groups: ReadonlySet<string>;
  /** Whether it is namespaced, by `resource.group`. */
  readonly scopes: ReadonlyMap<string, boolean>;
}

let built: Index | undefined;

function index(): Index {
  built ??= {
    groups: new Set(apiResources.map(({ group }) => group)),
    scopes: new Map(apiResources.map(({ group, resource, namespaced }) => [`${resource}.${group}`, namespaced])),
  };
  return built;
}
