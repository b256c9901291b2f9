/** Whom bindings name: users, groups and service accounts, each once. */
import type { ObjectOf } from './kinds.ts';
import type { RbacSubject } from './rbac-shape.ts';
import { bindingKinds } from './rbac-kinds.ts';
import { readOr } from './shape.ts';
import { isReadable } from './snapshot.ts';
import type { Derivation, Snapshot } from './snapshot.ts';
import { compareSubjects } from './subject-ref.ts';
import type { SubjectRef } from './subject-ref.ts';

const accountName = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** A service account by the name that it has as a user. @returns undefined for every other user */
export function parseAccountName(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = accountName.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** Each once, and the same object for as long as any binding names it; what cannot be read names nobody. */
export function listPrincipals(snapshot: Snapshot): Iterable<RbacSubject> {
  return snapshot.derive(derivation).list();
}

/** The metadata of the first binding that names a principal; undefined for what no binding names. */
export function namedBy(principal: RbacSubject, snapshot: Snapshot): object | undefined {
  return snapshot.derive(derivation).namedBy(principal);
}

type Binding = ObjectOf<'RoleBinding'>;

interface Named {
  readonly principal: RbacSubject;
  readonly by: Binding['metadata'];
  times: number;
}

class NamedPrincipals {
  readonly #named = new Map<string, Named>();
  #sorted: readonly RbacSubject[] | undefined;

  /** In order, so that what is found of them need not be sorted each time. */
  list(): readonly RbacSubject[] {
    this.#sorted ??= [...this.#named.values()]
      .map(({ principal }) => principal)
      .sort((a, b) => compareSubjects(refOfPrincipal(a), refOfPrincipal(b)));
    return this.#sorted;
  }

  namedBy(principal: RbacSubject): object | undefined {
    return this.#named.get(keyOf(principal))?.by;
  }

  add(binding: Binding): void {
    for (const principal of principalsOf(binding)) {
      const key = keyOf(principal);
      const known = this.#named.get(key);
      if (known !== undefined) {
        known.times += 1;
        continue;
      }
      this.#named.set(key, { principal, by: binding.metadata, times: 1 });
      this.#sorted = undefined;
    }
  }

  remove(binding: Binding): void {
    for (const principal of principalsOf(binding)) {
      const key = keyOf(principal);
      const known = this.#named.get(key);
      if (known === undefined) continue;
      known.times -= 1;
      if (known.times > 0) continue;
      this.#named.delete(key);
      this.#sorted = undefined;
    }
  }
}

const derivation: Derivation<NamedPrincipals> = {
  reads: ['ClusterRoleBinding', 'RoleBinding'],
  build(snapshot) {
    const named = new NamedPrincipals();
    for (const kind of bindingKinds) {
      if (!isReadable(snapshot.observation(kind))) continue;
      for (const binding of snapshot.list(kind)) named.add(binding);
    }
    return named;
  },
  update(named, changes) {
    for (const { before, after } of changes) {
      if (after !== undefined) named.add(after as Binding);
      if (before !== undefined) named.remove(before as Binding);
    }
    return named;
  },
};

function principalsOf(binding: Binding): readonly RbacSubject[] {
  return readOr(
    () => (binding.subjects ?? []).flatMap((subject) => normalize(subject, binding.metadata.namespace)),
    () => [],
  );
}

function keyOf({ kind, namespace = '', name }: RbacSubject): string {
  return `${kind}/${namespace}/${name}`;
}

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
