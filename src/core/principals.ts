/** Whom bindings name: users, groups and service accounts, each once. */
import type { RbacSubject } from './kinds.ts';
import { readOr } from './shape.ts';
import { isReadable } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';
import type { SubjectRef } from './subject-ref.ts';

const accountName = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** A service account by the name that it has as a user. @returns undefined for every other user */
export function parseAccountName(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = accountName.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** In the order in which bindings name them first; what cannot be read names nobody. @throws {NotObserved} */
export function* listPrincipals(snapshot: Snapshot): Generator<RbacSubject> {
  const seen = new Set<string>();
  for (const kind of bindingKinds) {
    if (!isReadable(snapshot.observation(kind))) continue;
    for (const binding of snapshot.list(kind)) {
      const named = readOr(
        () => (binding.subjects ?? []).flatMap((subject) => normalize(subject, binding.metadata.namespace)),
        () => [],
      );
      for (const principal of named) {
        const key = `${principal.kind}/${principal.namespace ?? ''}/${principal.name}`;
        if (seen.has(key)) continue;
        seen.add(key);
        yield principal;
      }
    }
  }
}

export const bindingKinds = ['ClusterRoleBinding', 'RoleBinding'] as const;

function normalize({ kind, name, namespace }: RbacSubject, ofBinding: string | undefined): readonly RbacSubject[] {
  if (kind === 'Group') return [{ kind, name }];
  if (kind === 'User') {
    const account = parseAccountName(name);
    return [account === undefined ? { kind, name } : { kind: 'ServiceAccount', ...account }];
  }
  const home = namespace ?? ofBinding;
  return kind === 'ServiceAccount' && home !== undefined ? [{ kind, namespace: home, name }] : [];
}

export function refOfPrincipal({ kind, namespace, name }: RbacSubject): SubjectRef {
  return namespace === undefined
    ? { apiVersion: 'rbac.authorization.k8s.io/v1', kind, name }
    : { apiVersion: 'v1', kind, namespace, name };
}
