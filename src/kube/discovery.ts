/**
 * Which resources an API server serves, in the two requests of aggregated discovery.
 *
 * Source: k8s.io/api v0.37.2, apidiscovery/v2/generated.proto; v2beta1 has the same fields, and is what Kubernetes 1.27 to
 * 1.29 serve. Groups and versions are listed in the order that the server prefers.
 */
import { hasMalformedField, project } from '../core/project.ts';
import { list, message, required, string, value } from '../core/shape.ts';
import type { Infer } from '../core/shape.ts';
import type { NamedResource } from '../rbac/resource-table.ts';
import { readStatus } from './object-source.ts';
import { ProtocolError } from './protocol-error.ts';
import { StatusError } from './request-error.ts';
import type { Resource } from './resource-path.ts';
import type { Transport } from './transport.ts';

const resourceShape = message({
  resource: required(1, string),
  responseKind: value(2, message({ kind: value(3, string) })),
  scope: value(3, string),
  singularResource: value(4, string),
  verbs: value(5, list(string)),
  shortNames: value(6, list(string)),
});
const groupShape = message({
  metadata: value(1, message({ name: value(1, string) })),
  versions: value(
    2,
    list(
      message({
        version: required(1, string),
        resources: value(2, list(resourceShape)),
        freshness: value(3, string),
      }),
    ),
  ),
});
const groupListShape = message({ items: value(2, list(groupShape)) });

const accept = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/**
 * @returns preferred ones first; undefined where the server is too old for aggregated discovery
 * @throws {RequestError | ProtocolError}
 */
export async function discoverResources(transport: Transport): Promise<readonly NamedResource[] | undefined> {
  const [core, groups] = await Promise.all([readGroups(transport, '/api'), readGroups(transport, '/apis')]);
  return core === undefined || groups === undefined ? undefined : [...core, ...groups].flatMap(resourcesOf);
}

export interface NamespacedKinds {
  readonly kinds: readonly (Resource & { readonly kind: string })[];
  /** Groups of which the API server has not heard lately what they serve. */
  readonly staleGroups: readonly string[];
}

/**
 * The kinds of which objects are stored in namespaces: those that can be listed and deleted. Of a kind that several
 * versions have, the group's preferred one.
 * @returns undefined where the server is too old for aggregated discovery
 * @throws {RequestError | ProtocolError}
 */
export async function discoverNamespacedKinds(transport: Transport): Promise<NamespacedKinds | undefined> {
  const [core, groups] = await Promise.all([readGroups(transport, '/api'), readGroups(transport, '/apis')]);
  if (core === undefined || groups === undefined) return undefined;
  const all = [...core, ...groups];
  const stale = all.filter(({ versions = [] }) => versions.some(({ freshness }) => freshness === 'Stale'));
  return { kinds: all.flatMap(kindsOf), staleGroups: stale.map(({ metadata }) => metadata?.name ?? '') };
}

function kindsOf({ metadata, versions = [] }: Infer<typeof groupShape>): NamespacedKinds['kinds'] {
  const group = metadata?.name ?? '';
  const byName = new Map<string, NamespacedKinds['kinds'][number]>();
  for (const { version, resources = [] } of versions) {
    for (const { resource: plural, scope, verbs = [], responseKind } of resources) {
      const isStored = scope === 'Namespaced' && verbs.includes('list') && verbs.includes('delete');
      if (isStored && !byName.has(plural)) {
        byName.set(plural, { group, version, plural, kind: responseKind?.kind ?? plural });
      }
    }
  }
  return [...byName.values()];
}

async function readGroups(
  transport: Transport,
  path: string,
): Promise<readonly Infer<typeof groupShape>[] | undefined> {
  const response = await transport.request({ method: 'GET', path, accept });
  const { status, headers, body } = response;
  if (status === 406) return undefined;
  const name = `GET ${transport.server}${path}`;
  if (status !== 200) throw new StatusError(name, readStatus(response));
  const json = parse(name, body);
  if (headers['content-type']?.includes('as=APIGroupDiscoveryList') !== true) return undefined;
  const answer = project(groupListShape, json);
  if (hasMalformedField(answer)) throw new ProtocolError(`${name}: an answer that is no discovery`);
  return answer.items ?? [];
}

function parse(name: string, body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new ProtocolError(`${name}: an answer that is no JSON`, { cause });
  }
}

/** Of a resource that several versions have, the preferred one's. */
function resourcesOf({ metadata, versions = [] }: Infer<typeof groupShape>): readonly NamedResource[] {
  const group = metadata?.name ?? '';
  const byName = new Map<string, NamedResource>();
  for (const { resource, scope, singularResource = '', shortNames = [] } of versions.flatMap(
    ({ resources = [] }) => resources,
  )) {
    if (byName.has(resource)) continue;
    byName.set(resource, {
      group,
      resource,
      singular: singularResource,
      shortNames,
      namespaced: scope === 'Namespaced',
    });
  }
  return [...byName.values()];
}
