/** Service accounts of a live cluster with the roles and bindings that grant to them; what may not be read is told. */
import { ClusterStore } from '../controller/store.ts';
import type { KindName } from '../core/kinds.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { Transport } from '../kube/transport.ts';
import { readKind } from './cluster-scan.ts';

/** @throws {RequestError} if the API server does not answer at all */
export async function readGrantedAccounts(
  transport: Transport,
  wanted: readonly KindName[],
  scope: { readonly namespace: string } | 'everything',
): Promise<Snapshot> {
  const store = new ClusterStore(() => undefined);
  for (const kind of wanted) await readKind(kind, store, { transport, scope });
  return store;
}
