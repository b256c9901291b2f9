/** Whom changes of roles and bindings are about. */
import { isBindingKind, isRoleKind } from '../core/rbac-kinds.ts';
import type { BoundRole, ObjectChange, Snapshot } from '../core/snapshot.ts';
import { namespaceOf } from './authorizer.ts';
import type { NodeKey } from './escalation-node.ts';
import { identityOf, keyOfIdentity } from './identity.ts';
import { AUTHENTICATED, SERVICE_ACCOUNTS, UNAUTHENTICATED } from './request.ts';
import { principalOf } from './subject-matching.ts';

/** Those whose rights a change may touch; all, where a group is concerned that the API server puts others in. */
export function affectedBy(changes: readonly ObjectChange[], snapshot: Snapshot): Set<NodeKey> | 'all' {
  const affected = new Set<NodeKey>();
  for (const { kind, before, after } of changes) {
    for (const bound of boundBy(kind, before, after, snapshot)) {
      for (const subject of bound.binding.subjects ?? []) {
        const principal = principalOf(subject, namespaceOf(bound));
        if (principal === undefined) continue;
        if (principal.isGroup && isImplied(principal.name)) return 'all';
        affected.add(keyOfIdentity(identityOf(principal)));
      }
    }
  }
  return affected;
}

function isImplied(group: string): boolean {
  return group === AUTHENTICATED || group === UNAUTHENTICATED || group.startsWith(SERVICE_ACCOUNTS);
}

function boundBy(
  kind: ObjectChange['kind'],
  before: ObjectChange['before'],
  after: ObjectChange['after'],
  snapshot: Snapshot,
): readonly BoundRole[] {
  const objects = [before, after].filter((object) => object !== undefined);
  if (isBindingKind(kind)) {
    return objects.map((object) => ({ kind, binding: object as BoundRole['binding'] }));
  }
  if (!isRoleKind(kind)) return [];
  return objects.flatMap(({ metadata: { name, namespace = '' } }) => snapshot.bindingsOf({ kind, namespace, name }));
}
