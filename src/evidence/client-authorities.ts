/**
 * Which authorities of client certificates the API servers publish for those that they delegate requests to. It is the
 * union of what all of them were ever started with: what is not there is certain, what is there may be of the past.
 *
 * One GET a round for all API servers; needs `get` on that ConfigMap.
 */
import { X509Certificate } from 'node:crypto';

import { subjectOf } from './distinguished-name.ts';
import { messageOf, missingObject, readJson, unusable } from './reading.ts';
import type { ClientAuthorities, Get, Reading } from './reading.ts';

const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
const name = 'ConfigMap kube-system/extension-apiserver-authentication';

export async function collectClientAuthorities(get: Get): Promise<Reading<ClientAuthorities>> {
  try {
    const { status, body } = await get(path, { accept: 'application/json' });
    if (status !== 200) return missingObject(name, status);
    return readAuthorities(readJson(body)) ?? unusable(`${name} is not what an API server publishes`);
  } catch (error) {
    return unusable(`reading ${name} was not answered: ${messageOf(error)}`);
  }
}

function readAuthorities(json: unknown): { readonly read: ClientAuthorities } | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const data: unknown = (json as { readonly data?: unknown }).data ?? {};
  if (typeof data !== 'object' || data === null) return undefined;
  const texts = data as Readonly<Record<string, unknown>>;
  const stated = texts['requestheader-allowed-names'] ?? '[]';
  const names: unknown = typeof stated === 'string' ? readJson(stated) : undefined;
  if (!Array.isArray(names)) return undefined;
  return {
    read: {
      hasClientAuthority: 'client-ca-file' in texts,
      hasFrontProxyAuthority: 'requestheader-client-ca-file' in texts,
      sharesAuthority: sharesKey(texts['requestheader-client-ca-file'], texts['client-ca-file']),
      clientSubjects: readSubjects(texts['client-ca-file']),
      frontProxySubjects: readSubjects(texts['requestheader-client-ca-file']),
      frontProxyNames: names.map(String),
    },
  };
}

/** A certificate that was issued anew for the same key vouches for the same: what it signed counts for both. */
function sharesKey(one: unknown, other: unknown): boolean {
  const keys = new Set(readKeys(other));
  return readKeys(one).some((key) => keys.has(key));
}

function readSubjects(text: unknown): readonly string[] {
  return readCertificates(text).flatMap((der) => subjectOf(der) ?? []);
}

/** Of each certificate, its public key; of one that does not parse, what it is written as. */
function readKeys(text: unknown): readonly string[] {
  return readCertificates(text).map((der) => {
    try {
      return new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    } catch {
      return der.toString('base64');
    }
  });
}

/** DER. */
function readCertificates(text: unknown): readonly Buffer[] {
  if (typeof text !== 'string') return [];
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, base64 = '']) => Buffer.from(base64, 'base64'));
}
