/** RBAC as a live cluster shows it to the caller, of which a part may be kept from them. */
import type { KindName } from '../core/kinds.ts';
import { buildObjectSnapshot } from '../core/object-snapshot.ts';
import type { ObjectsByKind } from '../core/object-snapshot.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Observation, Snapshot } from '../core/snapshot.ts';
import type { Transport } from '../kube/transport.ts';
import { readObjects } from './cluster-objects.ts';
import type { ReadScope } from './cluster-objects.ts';

export interface RbacCluster {
  /** Bindings that could not be read are as none in it; asking for a role that could not be read throws. */
  readonly snapshot: Snapshot;
  /** What could not be read, as `listing roles.rbac.authorization.k8s.io is forbidden`. */
  readonly missing: readonly string[];
}

/**
 * @param scope the whole cluster, or what counts in one namespace; in none of them, where its name is empty
 * @throws {RequestError} if the API server does not answer
 */
export async function readRbacCluster(transport: Transport, scope: ReadScope): Promise<RbacCluster> {
  const isClusterOnly = scope !== 'everything' && scope.namespace === '';
  const wanted = isClusterOnly ? clusterKinds : [...clusterKinds, ...namespacedKinds];
  const store = await readObjects(wanted, { transport, scope });
  const unread = wanted.map((kind) => store.observation(kind)).filter((one) => !isReadable(one));
  const objects: ObjectsByKind = Object.fromEntries(
    wanted
      .filter((kind) => isReadable(store.observation(kind)))
      .map((kind): [KindName, unknown] => [kind, [...store.list(kind)]]),
  );
  const snapshot = buildObjectSnapshot({ objects, isWholeCluster: true, missing: unread.filter(isOfRoles) });
  return { snapshot, missing: unread.map(({ message }) => message) };
}

const clusterKinds = ['ClusterRoleBinding', 'ClusterRole'] as const;
const namespacedKinds = ['RoleBinding', 'Role'] as const;

function isOfRoles({ source }: Observation): boolean {
  return source === 'Role' || source === 'ClusterRole';
}
