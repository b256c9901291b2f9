/** What there is to gain by acting as others: the permissions of the catalogue that they hold. */
import type { Derivation, Snapshot } from '../core/snapshot.ts';
import { authorizerOf, authorizerReads } from './authorizer.ts';
import type { Authorizer } from './authorizer.ts';
import { findCapabilities, isOfUse } from './capabilities.ts';
import type { IdentityKind } from './constrained-impersonation.ts';
import { findHeldRules } from './held-rules.ts';
import { identityOf } from './identity.ts';
import type { Identity } from './identity.ts';
import type { PermissionId } from './permission-catalogue.ts';
import { MASTERS } from './request.ts';

/** A permission, and where it is held; everywhere, where that is empty. */
export interface PlacedPermission {
  readonly permission: PermissionId;
  readonly namespace: string;
}

/**
 * What the Node authorizer lets a node do, in the words of the catalogue: for the pods that run there.
 *
 * Source: k8s.io/kubernetes v1.37.2, plugin/pkg/auth/authorizer/node and bootstrappolicy (`NodeRules`).
 */
const ofNodes: readonly PermissionId[] = [
  'secrets-read',
  'tokens-create',
  'configuration-read',
  'nodes-write',
  'pods-delete',
  'traffic-redirect',
];

/** Remembered by whose they are: many roles may be about the same identities. */
const knownGains: Derivation<Map<string, readonly PlacedPermission[]>> = {
  reads: authorizerReads,
  build: () => new Map(),
};

/**
 * @param names undefined for all that bindings name; somebody whom none names holds no more than everybody
 * @param namespace of the service accounts; empty for every one
 */
export function findGains(
  { resource }: IdentityKind,
  names: readonly string[] | undefined,
  namespace: string,
  snapshot: Snapshot,
): readonly PlacedPermission[] {
  if (resource === 'nodes') return ofNodes.map((permission) => ({ permission, namespace: '' }));
  const known = snapshot.derive(knownGains);
  const key = `${resource} ${namespace} ${JSON.stringify(names)}`;
  let gains = known.get(key);
  if (gains === undefined) known.set(key, (gains = lookForGains(resource, names, namespace, authorizerOf(snapshot))));
  return gains;
}

function lookForGains(
  resource: 'users' | 'groups' | 'serviceaccounts',
  names: readonly string[] | undefined,
  namespace: string,
  authorizer: Authorizer,
): readonly PlacedPermission[] {
  const gains = new Map<string, PlacedPermission>();
  for (const identity of identitiesOf(resource, names, namespace, authorizer)) {
    for (const held of findHeldRules(identity, authorizer)) {
      for (const one of findCapabilities(held.rules)) {
        if (!isOfUse(one, held.namespace)) continue;
        const { permission } = one;
        gains.set(`${permission} ${held.namespace}`, { permission, namespace: held.namespace });
      }
    }
  }
  return [...gains.values()];
}

/** @param names undefined for all of whom bindings name somebody; accounts of a namespace, or where it is empty of any */
export function* identitiesOf(
  resource: 'users' | 'groups' | 'serviceaccounts',
  names: readonly string[] | undefined,
  namespace: string,
  authorizer: Authorizer,
): Generator<Identity> {
  if (names !== undefined && resource === 'users') for (const name of names) yield { type: 'User', name };
  else if (names !== undefined && resource === 'groups') for (const name of names) yield { type: 'Group', name };
  else if (names !== undefined && namespace !== '')
    for (const name of names) yield { type: 'ServiceAccount', namespace, name };
  else {
    const type = resource === 'users' ? 'User' : resource === 'groups' ? 'Group' : 'ServiceAccount';
    for (const principal of authorizer.principals()) {
      const identity = identityOf(principal);
      if (identity.type !== type || identity.name === MASTERS) continue;
      if (names?.includes(identity.name) === false) continue;
      if (identity.type === 'ServiceAccount' && namespace !== '' && identity.namespace !== namespace) continue;
      yield identity;
    }
  }
}
