/** Which Pod Security level each namespace of a live cluster enforces and could enforce, with the caller's own rights. */
import type { ClusterStore } from '../controller/store.ts';
import { labelsOf, namespacesOf } from '../core/judge.ts';
import { kindNames } from '../core/kinds.ts';
import { isReadable } from '../core/snapshot.ts';
import type { Transport } from '../kube/transport.ts';
import { adviceSources, adviseLevel } from '../pod-security/level-advisor.ts';
import type { LevelAdvice } from '../pod-security/level-advisor.ts';
import { readObjectsAndVersion } from './cluster-objects.ts';
import type { ReadScope } from './cluster-objects.ts';

export interface NamespaceLevels {
  /** By name. */
  readonly namespaces: readonly NamespaceLevel[];
  /** What could not be read, in sentences; the advice says where it matters. */
  readonly missing: readonly string[];
  /** Set where there is nothing to advise on; says why. */
  readonly nothing?: string;
}

export interface NamespaceLevel {
  readonly namespace: string;
  readonly advice: LevelAdvice;
}

/** @throws {RequestError} if the API server does not answer at all */
export async function readNamespaceLevels(transport: Transport, scope: ReadScope): Promise<NamespaceLevels> {
  const wanted = kindNames.filter((kind) => kind === 'Namespace' || adviceSources.includes(kind));
  const store = await readObjectsAndVersion(wanted, { transport, scope });
  const missing = [...wanted, 'ServerVersion' as const].map((source) => store.observation(source));
  const nothing = explainNothing(scope, store);
  return {
    namespaces: nothing === undefined ? adviseAll(scope, store) : [],
    missing: missing.filter(({ state }) => state !== 'observed').map(({ message }) => message),
    ...(nothing === undefined ? {} : { nothing }),
  };
}

function adviseAll(scope: ReadScope, store: ClusterStore): readonly NamespaceLevel[] {
  const names = scope === 'everything' ? namespacesOf(store).toSorted() : [scope.namespace];
  return names.map((namespace) => ({ namespace, advice: adviseLevel(store, namespace) }));
}

function explainNothing(scope: ReadScope, store: ClusterStore): string | undefined {
  if (scope !== 'everything') {
    return labelsOf(store, scope.namespace) === undefined
      ? `namespace "${scope.namespace}" does not exist, or is being deleted`
      : undefined;
  }
  return isReadable(store.observation('Namespace'))
    ? undefined
    : 'namespaces could not be listed; name one with --namespace';
}
