/** How a command reaches the cluster that the person means: by their kubeconfig, with their own rights. */
import { homedir } from 'node:os';

import type { ServerAccess } from '../evidence/server-access.ts';
import { withoutCredentials } from '../kube/cluster-config.ts';
import { readUserConfig } from '../kube/config.ts';
import { openServerAccess } from '../kube/server-access.ts';
import { systemClock } from '../kube/system-clock.ts';
import { openHandshake } from '../kube/tls-handshake.ts';
import { openTransport } from '../kube/transport.ts';
import type { Transport } from '../kube/transport.ts';
import { version } from '../version.ts';

/** Which cluster. */
export interface ClusterChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Whether pods may be tried by dry runs. */
  readonly dryRunProbes?: boolean;
}

export interface ClusterAccess {
  readonly transport: Transport;
  /** The same API server, for what is asked of itself, as nobody too. */
  readonly server: ServerAccess;
  /** The namespace that the context means. */
  readonly namespace: string;
}

/** @throws {Error} that names the file and what to do, if there is no usable kubeconfig */
export async function openCluster(
  choice: ClusterChoice,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ClusterAccess> {
  const config = await readUserConfig({
    path: choice.kubeconfig,
    context: choice.context,
    environment: env,
    homeFolder: homedir(),
    loadPlugin: async (user) => {
      const { loadCredentialPlugin } = await import('../kube/client-node-auth.ts');
      return loadCredentialPlugin(user);
    },
  });
  const options = { version, clock: systemClock, environment: env };
  const transport = openTransport(config, options);
  return {
    transport,
    server: openServerAccess({
      transport,
      anonymous: openTransport(withoutCredentials(config), options),
      handshake: openHandshake(config),
      hasDryRunProbes: choice.dryRunProbes === true,
    }),
    namespace: config.namespace,
  };
}
