/** What objects of the cluster declare of its API servers and nobody follows: read once a round, by at most two GETs. */
import { collectClientAuthorities } from '../client-authorities.ts';
import type { Get } from '../reading.ts';
import type { DeclaredObjects, FollowedObjects } from './control-plane-objects.ts';
import { collectOpenShiftConfiguration } from './openshift-configuration.ts';

/** Never rejects: what fails is missing, with the reason. */
export async function collectDeclared(followed: FollowedObjects, get: Get): Promise<DeclaredObjects> {
  const [clientAuthorities, openShift] = await Promise.all([
    collectClientAuthorities(get),
    collectOpenShiftConfiguration(get, followed.nodes),
  ]);
  return { ...followed, clientAuthorities, openShift };
}
