/**
 * Whether a certificate would be believed if only it had not ended: OpenSSL says "expired" of strangers' certificates as
 * well. Nothing is trusted because of it; it tells people what is wrong.
 */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

export interface ExpectedServer {
  /** What it has to be signed by in the end. */
  readonly authorities: readonly X509Certificate[];
  /** An address, or the name that its certificate has to have. */
  readonly host: string;
}

/** Longer chains nobody has. */
const MAX_DEPTH = 8;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_PURPOSE = '2.5.29.37.0';

/**
 * @param shown as the server showed them, its own first
 * @param nowMs milliseconds since 1970
 * @returns when the first of those that lead to an authority ended, in milliseconds since 1970; undefined where none has,
 *   where they lead to none, where it is of another host, or where anything but an end is wrong
 */
export function findExpiry(
  shown: readonly X509Certificate[],
  { authorities, host }: ExpectedServer,
  nowMs: number,
): number | undefined {
  const [own, ...others] = shown;
  if (own === undefined || !isOf(own, host) || !mayServe(own)) return undefined;
  const path = findPath(own, others, authorities);
  if (path === undefined) return undefined;
  const dates = path.map(({ validFrom, validTo }) => ({ from: Date.parse(validFrom), to: Date.parse(validTo) }));
  if (!dates.every(({ from, to }) => from <= nowMs && !Number.isNaN(to))) return undefined;
  const end = Math.min(...dates.map(({ to }) => to));
  return end <= nowMs ? end : undefined;
}

function isOf(certificate: X509Certificate, host: string): boolean {
  return isIP(host) === 0
    ? certificate.checkHost(host, { subject: 'never' }) !== undefined
    : certificate.checkIP(host) !== undefined;
}

/** One that names no purposes may be for any. */
function mayServe({ keyUsage: purposes }: { readonly keyUsage?: readonly string[] | undefined }): boolean {
  return purposes === undefined || purposes.includes(SERVER_AUTH) || purposes.includes(ANY_PURPOSE);
}

/** From a certificate to an authority, each signed by the next. */
function findPath(
  own: X509Certificate,
  others: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const path = [own];
  const left = new Set(others);
  for (let last = own; path.length <= MAX_DEPTH;) {
    const authority = authorities.find((one) => isSignedBy(last, one));
    if (authority !== undefined) return [...path, authority];
    const next = [...left].find((one) => isSignedBy(last, one));
    if (next === undefined) return undefined;
    left.delete(next);
    path.push(next);
    last = next;
  }
  return undefined;
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
