/** Two namespaces for pods that are created on trial: one where a policy changes them, and one where none does. */
import type { Json } from '../pod-security/generator.ts';
import type { Cluster } from '../support/cluster.ts';

/** Labelled `warn`. */
export const PLAIN = 'plain';
/** Labelled `deny`. */
export const CHANGED = 'changed';

/** Namespaces in which no pod differs by itself: the token volume of each has another name. */
export async function createNamespaces({ client }: Cluster): Promise<void> {
  await client.createNamespace(PLAIN, { 'merlon.dev/enforce': 'warn' });
  await client.createNamespace(CHANGED, { 'merlon.dev/enforce': 'deny' });
  for (const namespace of [PLAIN, CHANGED]) {
    const accounts = client.resource('v1', 'serviceaccounts', namespace);
    await accounts.patch('default', { automountServiceAccountToken: false });
  }
}

export function tryPod({ client }: Cluster, namespace: string, pod: Json) {
  const body = { apiVersion: 'v1', kind: 'Pod', ...pod };
  return client.request<Json>('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body });
}
