/** How a command reaches the cluster that the person means: by their kubeconfig, with their own rights. */
import { homedir } from 'node:os';

import type { ServerAccess } from '../evidence/server-access.ts';
import type { ServerSet } from '../evidence/server-set.ts';
import { readUserConfig } from '../kube/config.ts';
import { openServerSet } from '../kube/server-instances.ts';
import { systemClock } from '../kube/system-clock.ts';
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
  /** The API servers of the cluster, each by itself. To be closed, with the transport. */
  readonly servers: ServerSet;
  /** The namespace that the context means. */
  readonly namespace: string;
}

/**
 * @param endpoints of the API servers, as `10.0.0.5:6443`, where somebody names them
 * @throws {Error} that names the file and what to do, if there is no usable kubeconfig
 */
export async function openCluster(
  choice: ClusterChoice,
  env: Readonly<Record<string, string | undefined>>,
  endpoints: readonly string[] = [],
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
  const servers = openServerSet({
    config,
    transport,
    transportOptions: options,
    hasAnonymousProbe: true,
    hasDryRunProbes: choice.dryRunProbes === true,
    endpoints,
    // Whoever sits at a terminal mostly cannot reach what a cluster calls itself; in a pod nobody knows for sure.
    isInCluster: false,
  });
  return {
    transport,
    server: servers.configured,
    servers,
    namespace: config.namespace,
  };
}
