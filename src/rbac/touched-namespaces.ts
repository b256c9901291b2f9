/** Whose permissions a binding is about: the namespaces of the service accounts that it names. */
import type { BoundRole } from '../core/snapshot.ts';
import { identityOf } from './identity.ts';
import { AUTHENTICATED, SERVICE_ACCOUNTS } from './request.ts';
import { principalOf } from './subject-matching.ts';
import { namespaceOf } from './authorizer.ts';

/** `all` where a group of every service account is named. Its own namespace is not meant by that. */
export type TouchedNamespaces = ReadonlySet<string> | 'all';

export function namespacesTouchedBy(bindings: Iterable<BoundRole>): TouchedNamespaces {
  const touched = new Set<string>();
  for (const bound of bindings) {
    for (const subject of bound.binding.subjects ?? []) {
      const principal = principalOf(subject, namespaceOf(bound));
      if (principal === undefined) continue;
      const identity = identityOf(principal);
      if (identity.type === 'ServiceAccount') touched.add(identity.namespace);
      if (identity.type !== 'Group') continue;
      if (identity.name === AUTHENTICATED || identity.name === SERVICE_ACCOUNTS) return 'all';
      const ofNamespace = `${SERVICE_ACCOUNTS}:`;
      if (identity.name.startsWith(ofNamespace)) touched.add(identity.name.slice(ofNamespace.length));
    }
  }
  return touched;
}
