/** Which grants are Kubernetes' own, of the cluster that a snapshot shows. */
import { isReadable } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { namespaceOf } from './authorizer.ts';
import type { Grant } from './authorizer.ts';
import { isPredefinedRole, isPredefinedSubject } from './predefined.ts';
import type { ClusterMinor } from './predefined/select-baseline.ts';

/** Whether Kubernetes grants that: this very subject, by this binding, a role that is as Kubernetes made it. */
export function predefinedTest(snapshot: Snapshot): (grant: Grant) => boolean {
  const version = isReadable(snapshot.observation('ServerVersion')) ? snapshot.podSecurityVersion() : Infinity;
  const minor = Number.isFinite(version) ? version : undefined;
  const known = new WeakMap<Grant, boolean>();
  return (grant) => {
    let is = known.get(grant);
    if (is === undefined) known.set(grant, (is = isPredefinedGrant(grant, snapshot, minor)));
    return is;
  };
}

/**
 * The same of one grant. A role that is not there grants nothing, and is as Kubernetes made it.
 * @param minor as for `isPredefinedSubject`
 * @throws {NotObserved} if roles could not be read
 */
export function isPredefinedGrant(
  { bound, subject }: Pick<Grant, 'bound' | 'subject'>,
  snapshot: Snapshot,
  minor?: ClusterMinor,
): boolean {
  if (!isPredefinedSubject(bound, subject, minor)) return false;
  const { kind, name } = bound.binding.roleRef;
  if (kind === 'ClusterRole') {
    const role = snapshot.get('ClusterRole', '', name);
    return role === undefined || isPredefinedRole({ kind, role }, minor);
  }
  const role = snapshot.get('Role', namespaceOf(bound), name);
  return role === undefined || isPredefinedRole({ kind: 'Role', role }, minor);
}
