/**
 * Whether a proxy stands between Merlon and the API server. There is one server, so this is decided once at start, by
 * the rules that kubectl follows.
 *
 * Source: golang.org/x/net v0.57.0, http/httpproxy.
 */
import { BlockList, isIP } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param server address of the API server
 * @param environment holds HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the same in lower case
 * @returns the proxy's address, or undefined to connect directly
 * @throws {TypeError} if the address of the proxy is none
 */
export function selectProxy(server: string, environment: Environment): string | undefined {
  const url = new URL(server);
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = (environment[name] ?? '') || (environment[name.toLowerCase()] ?? '');
  if (proxy === '') return undefined;
  const noProxy = (environment['NO_PROXY'] ?? '') || (environment['no_proxy'] ?? '');
  return isExempt(url, noProxy) ? undefined : parseProxy(proxy, name);
}

/**
 * @param origin who named the proxy, for the message
 * @throws {TypeError} if it is no address of an HTTP proxy
 */
export function parseProxy(proxy: string, origin: string): string {
  const address = proxy.includes('://') ? proxy : `http://${proxy}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    // The value itself is not shown: it may hold a password.
    throw new TypeError(`${origin} must be the address of an HTTP proxy, as "http://proxy:3128"`);
  }
  return url.href;
}

/** The proxy's address as a message may show it: without a password. */
export function displayProxy(proxy: string): string {
  return new URL(proxy).origin;
}

function isExempt(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return true;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && matchesEntry(entry, host, port));
}

function matchesEntry(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const subnet = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (subnet !== null) return isInSubnet(host, subnet[1] ?? '', Number(subnet[2]));
  const [name, entryPort] = splitPort(entry);
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && isInSubnet(host, name, isIP(name) === 4 ? 32 : 128);
  if (isIP(host) !== 0 || name === '') return false;
  const suffix = name.startsWith('*.') ? name.slice(1) : name;
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

/** `host`, `host:port`, `[::1]:port` or a bare IPv6 address. */
function splitPort(entry: string): [name: string, port: string | undefined] {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(entry);
  if (bracketed !== null) return [bracketed[1] ?? '', bracketed[2]];
  if (isIP(entry) !== 0) return [entry, undefined];
  const named = /^(.*):(\d+)$/.exec(entry);
  return named === null ? [entry, undefined] : [named[1] ?? '', named[2]];
}

function isInSubnet(host: string, network: string, prefix: number): boolean {
  const family = isIP(host);
  if (family === 0 || isIP(network) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const subnet = new BlockList();
  subnet.addSubnet(network, prefix, type);
  return subnet.check(host, type);
}

function isLoopback(host: string): boolean {
  return isInSubnet(host, '127.0.0.0', 8) || isInSubnet(host, '::1', 128);
}
