/** What names that limit a permission are worth: as much as those who bear them can become. */
import type { Snapshot } from '../../core/snapshot.ts';
import type { Capability } from '../../rbac/capabilities.ts';
import { escalationGraphOf } from '../../rbac/escalation-graph.ts';
import type { Routes } from '../../rbac/routes.ts';
import { accountNode, ADMIN, EVERYWHERE, identityOfNode, roleNode } from '../../rbac/escalation-node.ts';
import type { NodeKey } from '../../rbac/escalation-node.ts';
import type { PermissionId } from '../../rbac/permission-catalogue.ts';
import { MASTERS } from '../../rbac/request.ts';

export interface Leading {
  /** Of the names, those that lead to cluster-admin. */
  readonly names: readonly string[];
  /** Why others may as well. */
  readonly doubt?: string;
}

/**
 * @param capability whose names are those of identities or roles
 * @param namespace that it is granted in; empty for everywhere
 * @throws {NotObserved} where it is not known who can become what
 */
export function findLeading(capability: Capability, namespace: string, snapshot: Snapshot): Leading {
  const routes = escalationGraphOf(snapshot).toAdmin();
  const all = capability.names ?? [];
  const names = all.filter((name) => canBecomeAdmin(capability, name, namespace, routes));
  const [other] = all.filter((name) => !names.includes(name));
  if (other === undefined || (snapshot.isWholeCluster && !routes.isCut)) return { names };
  const source = snapshot.isWholeCluster ? 'within the bounds of what is looked at' : 'from these files';
  return { names, doubt: `what ${JSON.stringify(other)} leads to is not known ${source}` };
}

function canBecomeAdmin({ permission }: Capability, name: string, namespace: string, routes: Routes): boolean {
  const isOfAccounts = permission === 'tokens-create' || permission === 'impersonate-service-accounts';
  if (isOfAccounts && namespace === '') return isAccountNamed(name, routes);
  return nodesOf[permission]?.(name, namespace).some((node) => routes.stepsFrom(node) !== undefined) === true;
}

/** Where a name leads to; with an empty namespace, of what is granted everywhere. */
const nodesOf: { readonly [P in PermissionId]?: (name: string, namespace: string) => readonly NodeKey[] } = {
  'tokens-create': (name, namespace) => [accountNode(namespace, name)],
  'impersonate-service-accounts': (name, namespace) => [accountNode(namespace, name)],
  'impersonate-users': (name) => [`user:${name}`],
  'impersonate-groups': (name) => [name === MASTERS ? ADMIN : `group:${name}`],
  'bind-cluster-roles': (name, namespace) =>
    namespace === ''
      ? // Of a role that nobody can bind at present the graph knows nothing.
        [name === ADMIN ? ADMIN : roleNode('ClusterRole', '', name), roleNode('ClusterRole', EVERYWHERE, name)]
      : [roleNode('ClusterRole', namespace, name)],
  'bind-roles': (name, namespace) => [roleNode('Role', namespace === '' ? EVERYWHERE : namespace, name)],
};

/** Whether a service account of that name, in whichever namespace, can. */
function isAccountNamed(name: string, routes: Routes): boolean {
  for (const node of routes.nodes()) {
    if (!node.endsWith(`/${name}`)) continue;
    const identity = identityOfNode(node);
    if (identity?.type === 'ServiceAccount' && identity.name === name) return true;
  }
  return false;
}
