/**
 * Which authorities of client certificates the API servers publish for those that they delegate requests to. It is the
 * union of what all of them were ever started with: what is not there is certain, what is there may be of the past.
 *
 * One GET a round for all API servers; needs `get` on that ConfigMap.
 */
import { messageOf, missingObject, readJson } from './reading.ts';
import type { ClientAuthorities, Get, Reading } from './reading.ts';

const path = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
const name = 'ConfigMap kube-system/extension-apiserver-authentication';

export async function collectClientAuthorities(get: Get): Promise<Reading<ClientAuthorities>> {
  try {
    const { status, body } = await get(path, { accept: 'application/json' });
    if (status !== 200) return missingObject(name, status);
    return readAuthorities(readJson(body)) ?? { missing: `${name} is not what an API server publishes` };
  } catch (error) {
    return { missing: `reading ${name} was not answered: ${messageOf(error)}` };
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
      sharesAuthority: readCertificates(texts['requestheader-client-ca-file']).some((certificate) =>
        readCertificates(texts['client-ca-file']).includes(certificate),
      ),
      frontProxyNames: names.map(String),
    },
  };
}

/** Without line breaks: the same certificate is wrapped in more than one way. */
function readCertificates(text: unknown): readonly string[] {
  if (typeof text !== 'string') return [];
  const blocks = text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, base64 = '']) => base64.replaceAll(/\s/g, ''));
}
