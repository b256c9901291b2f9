/**
 * Finds the API servers of a cluster and opens each as itself: by TLS as `kubernetes.default.svc` with the cluster's own
 * authority, whoever named the address. Until somebody has shown that certificate nothing is sent there.
 */
import { collectServerAddresses } from '../evidence/server-addresses.ts';
import { isRead } from '../evidence/reading.ts';
import type { ServerAccess } from '../evidence/server-access.ts';
import { ServerSet } from '../evidence/server-set.ts';
import type { FoundServers, ServerSetOptions } from '../evidence/server-set.ts';
import { withoutCredentials } from './cluster-config.ts';
import type { ClusterConfig } from './cluster-config.ts';
import { selectProxy } from './proxy.ts';
import { openServerAccess } from './server-access.ts';
import { openHandshake } from './tls-handshake.ts';
import { openTransport } from './transport.ts';
import type { Transport, TransportOptions } from './transport.ts';

/** Every API server's certificate has it: it is what pods call it. */
const SERVER_NAME = 'kubernetes.default.svc';
/** More than any cluster has; each costs requests. */
const MAX_INSTANCES = 16;
const NAME_THEM = 'name each with --api-server-endpoint';

export interface InstanceOptions {
  readonly config: ClusterConfig;
  /** To the configured address. It stays open. */
  readonly transport: Transport;
  readonly transportOptions: TransportOptions;
  readonly hasAnonymousProbe: boolean;
  /** Whether pods may be tried by dry runs. */
  readonly hasDryRunProbes?: boolean;
  /** Named by somebody, as `10.0.0.5:6443`: the cluster itself is not asked then. */
  readonly endpoints: readonly string[];
  /** Whether Merlon runs where the addresses that the cluster names for itself lead somewhere. */
  readonly isInCluster: boolean;
  /** By default what the cluster says. */
  readonly find?: ServerSetOptions['find'];
}

export function openServerSet(options: InstanceOptions): ServerSet {
  const { config, endpoints, find } = options;
  const configured = openConfigured(options);
  const named = endpoints.length > 0 ? () => Promise.resolve({ addresses: endpoints }) : undefined;
  return new ServerSet({
    configured,
    configuredAddress: addressOf(config.server),
    find: find ?? named ?? (() => findServers(options, configured)),
    open: (address) => openInstance(address, options),
  });
}

/** What the cluster says, as far as somebody in this place can use it. */
async function findServers(
  { config, transportOptions, isInCluster }: InstanceOptions,
  { get, instance }: ServerAccess,
): Promise<FoundServers> {
  const alone = `only ${instance} was asked`;
  const found = await collectServerAddresses(get);
  if (!isRead(found)) return { addresses: undefined, doubt: `there may be other API servers: ${found.missing}` };
  const { read: addresses } = found;
  if (addresses.length === 0) {
    const doubt = `EndpointSlice default/kubernetes names no API server; ${alone}: if there are others, ${NAME_THEM}`;
    return { addresses, doubt };
  }
  const several = `there are ${addresses.length} API servers (${addresses.slice(0, MAX_INSTANCES).join(', ')})`;
  if (!isInCluster)
    return { addresses: [], ...(addresses.length > 1 && { doubt: `${several}; ${alone}; ${NAME_THEM}` }) };
  if ([config.server, ...addresses.map(serverOf)].some((one) => isProxied(config, one, transportOptions))) {
    // Which of them the proxy leads to nobody can tell.
    const doubt = `${several}, behind a proxy; ${alone}; add their addresses to NO_PROXY`;
    return addresses.length > 1
      ? { addresses: [], doubt, unasked: addresses.slice(0, MAX_INSTANCES) }
      : { addresses: [] };
  }
  if (addresses.length <= MAX_INSTANCES) return { addresses };
  return {
    addresses: addresses.slice(0, MAX_INSTANCES),
    doubt: `${several}, more than are asked`,
    unasked: addresses.slice(MAX_INSTANCES, 2 * MAX_INSTANCES),
  };
}

function openConfigured(options: InstanceOptions): ServerAccess {
  const { config, transport, transportOptions, hasAnonymousProbe, hasDryRunProbes = false } = options;
  const anonymous = hasAnonymousProbe ? openTransport(withoutCredentials(config), transportOptions) : undefined;
  const handshake = isProxied(config, config.server, transportOptions) ? undefined : openHandshake(config);
  const access = openServerAccess({ transport, anonymous, handshake, hasDryRunProbes });
  return {
    ...access,
    close: () => {
      access.close();
      anonymous?.close();
    },
  };
}

function openInstance(address: string, options: InstanceOptions): ServerAccess {
  const { transportOptions, hasAnonymousProbe, hasDryRunProbes = false } = options;
  // Nobody who cannot show the certificate is spoken to, whatever a kubeconfig says of its own address.
  const config = { ...options.config, server: serverOf(address), serverName: SERVER_NAME, isInsecure: false };
  const transport = openTransport(config, transportOptions);
  const anonymous = hasAnonymousProbe ? openTransport(withoutCredentials(config), transportOptions) : undefined;
  const handshake = isProxied(config, config.server, transportOptions) ? undefined : openHandshake(config);
  const closed = new AbortController();
  const access = openServerAccess({ transport, anonymous, handshake, hasDryRunProbes });
  return {
    ...access,
    instance: address,
    whyUnreached: async () => {
      if (handshake === undefined) {
        return { missing: `not reached: a proxy stands before it; add ${address} to NO_PROXY` };
      }
      const answer = await handshake({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' }, closed.signal);
      if (answer.outcome === 'agreed') return undefined;
      if (answer.outcome === 'refused') return { missing: 'not reached: it refuses TLS 1.2 and 1.3' };
      if (answer.outcome === 'failed') return { missing: `not reached as ${SERVER_NAME}: ${answer.message}` };
      const { notAfter } = answer;
      return {
        missing: `not reached: its certificate has ended, at ${notAfter}`,
        certificate: { read: { notAfter, state: 'expired' } },
      };
    },
    close: () => {
      closed.abort();
      access.close();
      transport.close();
      anonymous?.close();
    },
  };
}

function addressOf(server: string): string {
  const { protocol, hostname, port } = new URL(server);
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
}

function serverOf(address: string): string {
  return `https://${address}`;
}

function isProxied({ proxyUrl }: ClusterConfig, server: string, { environment }: TransportOptions): boolean {
  return proxyUrl !== undefined || selectProxy(server, environment) !== undefined;
}
