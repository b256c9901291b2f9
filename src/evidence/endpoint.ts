/** Where one API server answers for itself, as `10.0.0.5:6443`, `[fd00::5]:6443` or `cp-1.example.com:6443`. */
import { isIP, isIPv6 } from 'node:net';

const nameOfHost = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** @param host an address or a name. @returns undefined where that is no place to connect to */
export function buildEndpoint(host: string, port: number): string | undefined {
  const isHost = isIP(host) !== 0 || (nameOfHost.test(host) && !/^[\d.]+$/.test(host));
  if (!isHost || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  // One way to write each, so that it is known again; the port even where it is the usual one.
  const { hostname } = new URL(`https://${isIPv6(host) ? `[${host}]` : host}`);
  return `${hostname}:${port}`;
}

/** @param text as somebody wrote it. @returns undefined where it is none, or lacks the port */
export function parseEndpoint(text: string): string | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text.trim().toLowerCase());
  const [, bracketed, plain = '', port = ''] = parts ?? [];
  if (bracketed !== undefined && !isIPv6(bracketed)) return undefined;
  return buildEndpoint(bracketed ?? plain, Number(port));
}

/** For whoever wrote one that is none. */
export const endpointForm = 'it must be a host and a port, as 10.0.0.5:6443 or [fd00::5]:6443.';
