/** Transports to a test's real API server. */
import { homedir } from 'node:os';
import { readKubeconfig } from '../../src/kube/kubeconfig.ts';
import { systemClock } from '../../src/kube/system-clock.ts';
import { openTransport } from '../../src/kube/transport.ts';
import type { Transport } from '../../src/kube/transport.ts';

/**
 * @param path of a kubeconfig that a `Cluster` gave
 * @param port of a gate on this machine to go through
 */
export async function openClusterTransport(path: string, port?: number): Promise<Transport> {
  const config = await readKubeconfig({ path, environment: {}, homeFolder: homedir() });
  const server = port === undefined ? config.server : `https://127.0.0.1:${port}`;
  return openTransport({ ...config, server }, { version: 'test', clock: systemClock, environment: {} });
}
