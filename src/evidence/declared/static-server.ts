/** An API server that objects of the cluster tell of, and which of those that are asked it is. */
import type { Reading } from '../reading.ts';
import type { ServerFlags } from '../server-flags.ts';

/** Where nothing else is said. Source: kube-apiserver v1.37.2 --help, --secure-port; k3s server --help, --https-listen-port. */
export const DEFAULT_PORT = 6443;

export interface StaticServer {
  readonly flags: ServerFlags;
  readonly addresses: readonly string[];
  /** Undefined where it is not told. */
  readonly port: number | undefined;
}

export interface MatchedAmong {
  /** All that are asked, this one among them, as `10.0.0.5:6443`. */
  readonly instances: readonly string[];
  /** How many nodes the control plane has. */
  readonly nodes: number;
}

/**
 * The one that is asked at that address. Where there is only one of everything it needs no address: it may be asked
 * through one that it does not know.
 *
 * @param instance as `10.0.0.5:6443` or `[fd00::5]:6443`
 * @returns its flags, or why it cannot be told; undefined where there is nothing to tell apart
 */
export function matchServer(
  instance: string,
  servers: readonly StaticServer[],
  { instances, nodes }: MatchedAmong,
): Reading<ServerFlags> | undefined {
  const [first] = servers;
  if (first === undefined) return undefined;
  if (servers.length === 1 && instances.length === 1 && nodes === 1) return { read: first.flags };
  const { host, port } = splitInstance(instance);
  const there = servers.filter(
    (server) => server.port === port && server.addresses.some((address) => canonical(address) === host),
  );
  const [match] = there;
  if (match !== undefined && there.length === 1) return { read: match.flags };
  const who = first.flags.source + (servers.length > 1 ? ` and ${servers.length - 1} more` : '');
  return {
    missing:
      match === undefined
        ? `${who}: none is known to be at ${instance}`
        : `${who}: ${there.length} of them claim to be at ${instance}`,
  };
}

function splitInstance(instance: string): { readonly host: string; readonly port: number } {
  const [, host = instance, port] = /^(.*):(\d+)$/.exec(instance) ?? [];
  // A URL leaves out the port that is usual for it.
  return { host: canonical(host.replace(/^\[(.*)\]$/, '$1')), port: port === undefined ? 443 : Number(port) };
}

/** Addresses of version 6 are written in more than one way. */
function canonical(address: string): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : address;
}
