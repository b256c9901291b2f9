/** Which resources an API server serves, by its discovery, in the order in which clients prefer them. */
import type { ApiResource } from '../../../src/rbac/api-resources.ts';
import { bodyOf } from '../../support/api-client.ts';
import type { ApiClient } from '../../support/api-client.ts';

/** Source: k8s.io/api v0.37.2, apidiscovery/v2 (served since 1.30). */
interface GroupDiscoveryList {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources?: readonly DiscoveredResource[] }[];
  }[];
}
interface DiscoveredResource {
  readonly resource: string;
  readonly responseKind?: { readonly kind: string };
  readonly scope: string;
  readonly singularResource: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly subresources?: readonly { readonly subresource: string; readonly verbs: readonly string[] }[];
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export async function readApiResources(client: ApiClient): Promise<readonly ApiResource[]> {
  const lists = await Promise.all(
    ['/api', '/apis'].map(async (path) =>
      bodyOf(path, await client.request<GroupDiscoveryList>('GET', path, { headers: { accept } })),
    ),
  );
  const found = lists.flatMap(({ items }) =>
    items.flatMap(({ metadata: { name = '' }, versions }) =>
      versions.flatMap(({ version, resources = [] }) => resources.map((one) => toResource(name, version, one))),
    ),
  );
  return mergeApiResources([found]);
}

function toResource(group: string, version: string, found: DiscoveredResource): ApiResource {
  return {
    group,
    resource: found.resource,
    singular: found.singularResource,
    kind: found.responseKind?.kind ?? '',
    ...(found.shortNames && { shortNames: found.shortNames }),
    namespaced: found.scope === 'Namespaced',
    versions: [version],
    verbs: [...found.verbs].sort(),
    ...(found.subresources && {
      subresources: Object.fromEntries(
        found.subresources
          .map(({ subresource, verbs }) => [subresource, [...verbs].sort()] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    }),
  };
}

/**
 * One row for each resource, with the versions, verbs and subresources of all.
 * @param lists what counts first comes first: the names of a resource are those of its first row
 * @throws {Error} where they do not agree whether a resource is namespaced
 */
export function mergeApiResources(lists: readonly (readonly ApiResource[])[]): readonly ApiResource[] {
  const merged = new Map<string, ApiResource>();
  for (const one of lists.flat()) {
    const key = `${one.group}/${one.resource}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? one : mergeResource(known, one));
  }
  // Resources of one group stand together, in the order in which the groups appear.
  return [...Map.groupBy(merged.values(), ({ group }) => group).values()].flat();
}

function mergeResource(known: ApiResource, other: ApiResource): ApiResource {
  if (known.namespaced !== other.namespaced) throw new Error(`${known.resource}.${known.group} has two scopes`);
  const subresources = { ...known.subresources };
  for (const [name, verbs] of Object.entries(other.subresources ?? {})) {
    subresources[name] = mergeSorted(subresources[name] ?? [], verbs);
  }
  const names = Object.entries(subresources).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...known,
    versions: [...new Set([...known.versions, ...other.versions])],
    verbs: mergeSorted(known.verbs, other.verbs),
    ...(names.length > 0 && { subresources: Object.fromEntries(names) }),
  };
}

function mergeSorted(some: readonly string[], others: readonly string[]): readonly string[] {
  return [...new Set([...some, ...others])].sort();
}
