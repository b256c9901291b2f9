/** Which Pod Security level each namespace of a live cluster enforces and could enforce, with the caller's own rights. */
import { ClusterStore } from '../controller/store.ts';
import { labelsOf, namespacesOf } from '../core/judge.ts';
import { kindNames, kinds } from '../core/kinds.ts';
import { isReadable } from '../core/snapshot.ts';
import { collectMinorVersion } from '../evidence/minor-version.ts';
import { nameResource } from '../kube/resource-path.ts';
import type { Transport } from '../kube/transport.ts';
import { readVersion } from '../kube/version.ts';
import { adviceSources, adviseLevel } from '../pod-security/level-advisor.ts';
import type { LevelAdvice } from '../pod-security/level-advisor.ts';
import { readKind } from './cluster-scan.ts';
import type { ClusterScanOptions } from './cluster-scan.ts';

export interface NamespaceLevelsOptions extends Pick<ClusterScanOptions, 'scope' | 'onProgress'> {
  readonly transport: Transport;
}

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
export async function readNamespaceLevels(options: NamespaceLevelsOptions): Promise<NamespaceLevels> {
  const { transport, scope, onProgress } = options;
  const store = new ClusterStore(() => undefined);
  const wanted = kindNames.filter((kind) => kind === 'Namespace' || adviceSources.includes(kind));
  for (const kind of wanted) {
    onProgress(nameResource(kinds[kind]));
    await readKind(kind, store, { transport, scope });
  }
  const unobserved = 'not asked for';
  store.setEvidence({
    minorVersion: await collectMinorVersion(() => readVersion(transport)),
    anonymousRequests: { unobserved },
    unknownUserAllowed: { unobserved },
  });
  const missing = [...wanted, 'ServerVersion' as const].map((source) => store.observation(source));
  const nothing = explainNothing(scope, store);
  return {
    namespaces: nothing === undefined ? adviseAll(scope, store) : [],
    missing: missing.filter(({ state }) => state !== 'observed').map(({ message }) => message),
    ...(nothing === undefined ? {} : { nothing }),
  };
}

function adviseAll(scope: NamespaceLevelsOptions['scope'], store: ClusterStore): readonly NamespaceLevel[] {
  const names = scope === 'everything' ? namespacesOf(store).toSorted() : [scope.namespace];
  return names.map((namespace) => ({ namespace, advice: adviseLevel(store, namespace) }));
}

function explainNothing(scope: NamespaceLevelsOptions['scope'], store: ClusterStore): string | undefined {
  if (scope !== 'everything') {
    return labelsOf(store, scope.namespace) === undefined
      ? `namespace "${scope.namespace}" does not exist, or is being deleted`
      : undefined;
  }
  return isReadable(store.observation('Namespace'))
    ? undefined
    : 'namespaces could not be listed; name one with --namespace';
}
