/** Pods that nobody thought of, created on trial where a policy changes them and where none does. */
import { expect } from 'chai';

import type { PodTemplate } from '../../src/core/pod-template.ts';
import { forEachConcurrently } from '../bench/concurrently.ts';
import { generatePod } from '../pod-security/generator.ts';
import type { Json } from '../pod-security/generator.ts';
import type { Cluster } from '../support/cluster.ts';
import { numbersFrom } from '../support/campaign.ts';

/** Labelled `warn`. */
export const PLAIN = 'plain';
/** Labelled `deny`. */
export const CHANGED = 'changed';

export interface ComparedPod {
  readonly plain: Json;
  readonly changed: Json;
  /** How it was made, for messages. */
  readonly what: string;
}

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

/**
 * Expects of each that it is taken in both namespaces or in none, and comes back as it is predicted.
 * @returns how many were taken
 */
export async function comparePods(
  cluster: Cluster,
  { seed, count }: { readonly seed: number; readonly count: number },
  predict: (plain: PodTemplate) => PodTemplate,
  onPod: (pod: ComparedPod) => void,
): Promise<number> {
  let taken = 0;
  await forEachConcurrently(numbersFrom(0, count), 16, async (index) => {
    const { metadata, spec } = generatePod(seed, index, false);
    const manifest = { metadata: { ...metadata, name: 'pod' }, spec };
    const [plain, changed] = [await tryPod(cluster, PLAIN, manifest), await tryPod(cluster, CHANGED, manifest)];
    const what = `SEED=${seed}, pod ${index}: ${JSON.stringify(manifest)}`;
    expect(changed.status, `${what}: ${String(changed.body['message'])}`).to.equal(plain.status);
    if (plain.status !== 201) return;
    taken += 1;
    expect(changed.body['spec'], what).to.deep.equal(predict(plain.body as unknown as PodTemplate).spec);
    onPod({ plain: plain.body, changed: changed.body, what });
  });
  expect(taken).to.be.greaterThan(count * 0.95);
  return taken;
}
