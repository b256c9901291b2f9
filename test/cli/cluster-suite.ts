/** A cluster with the kinds of Merlon and without an operator, as somebody with a kubeconfig sees it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { untilKindsServed } from '../e2e/installation.ts';
import type { ClientIdentity } from '../support/certificates.ts';
import type { Cluster } from '../support/cluster.ts';
import type { ControlPlane } from '../support/control-plane.ts';
import { useControlPlane } from '../support/integration.ts';
import { repository } from './merlon-process.ts';

/** Call it inside `describe`. */
export function useClusterWithKinds(): () => ControlPlane {
  const suite = useControlPlane({ own: {} });
  before('the kinds of Merlon', async function () {
    this.timeout(60_000);
    const { code, stderr } = await suite().kubectl(['apply', '-k', join(repository, 'crds')]);
    if (code !== 0) throw new Error(stderr);
    await untilKindsServed(suite());
  });
  return suite;
}

/** @returns path of a kubeconfig whose context means that namespace */
export async function kubeconfigIn(namespace: string, cluster: Cluster, identity: ClientIdentity): Promise<string> {
  const path = await cluster.kubeconfigFor(identity);
  return editKubeconfig(path, (text) => text.replace('"namespace": "default"', `"namespace": "${namespace}"`));
}

/** @returns path of a changed copy. @throws {Error} if nothing changed */
export async function editKubeconfig(path: string, edit: (text: string) => string): Promise<string> {
  const before = await readFile(path, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`nothing to change in ${before}`);
  const copy = `${path}.${(copies += 1)}`;
  await writeFile(copy, after, { mode: 0o600 });
  return copy;
}
let copies = 0;
